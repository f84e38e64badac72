"""How django-allauth is bent to our rules: nobody signs up unasked, links come from our own address."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class Adapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("E-mail or password is wrong. Try again or reset it"),
        "enter_current_password": _("This is not your present password"),
        "incorrect_password": _("This is not your password"),
        "incorrect_code": _("The code is wrong or was used. Type the one that the app shows now"),
        "too_many_login_attempts": _(
            "Too many tries from here. Try again in 15 minutes; your login is not locked"
        ),
        "rate_limited": _("Too many tries from here. Try again in some minutes"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from invitations alone."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = super().get_reset_password_from_key_url(key)
        return settings.SITE_URL + "/" + path.split("//", 1)[-1].split("/", 1)[-1]
