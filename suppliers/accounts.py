"""How django-allauth is bent to our rules.

Nobody signs up unasked; mails are letters whose links begin with our own address, never with the Host
header; wrong passwords slow down whoever types them and not the owner of the address.
"""

import hashlib
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

import outbox.services as outbox
from core import clock
from core.text import number_or_none
from suppliers import queries
from suppliers.models import User

RATES = "allauth.account"  # whose settings hold the rates
KNOWN_DEVICE = "known_device"  # a cookie: somebody has logged in here before
KNOWN_FOR = 180 * 24 * 3600  # seconds


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

    # -- wrong passwords ------------------------------------------------------------------------
    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a try, on the address and the network it comes from.

        A device on which this login was used before has a count of its own: who types wrong passwords next
        door does not lock out the owner.
        """
        email = str(credentials.get("email", "")).lower()
        device = _known_device(request, email)
        self._login_failed_rl_usage = ratelimit.consume(
            request,
            app=RATES,
            action="login_failed_on_known_device" if device else "login_failed",
            key=f"{device or self.get_client_ip(request)} {email}",
        )
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return the login of these credentials, if it stands for anybody still."""
        user = super().authenticate(request, **credentials)
        return user if user and queries.people_of_user(user).exists() else None

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        response = super().post_login(request, user, **more)
        response.set_signed_cookie(
            KNOWN_DEVICE,
            f"{secrets.token_hex(8)} {user.pk}",
            max_age=KNOWN_FOR,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
        return response

    # -- mails ----------------------------------------------------------------------------------
    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Write the letter, unless the address has several from this hour, all of them good."""
        if queries.people_of_user(user).exists() and ratelimit.consume(
            self.request, app=RATES, action="reset_letter", key=email
        ):
            super().send_password_reset_mail(user, email, context)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write a letter in the language of who gets it; nothing in it comes from the request."""
        user = context.get("user")
        words = {**context, "email": email, "site": settings.SITE_URL}
        words.pop("request", None)
        with translation.override(user.language if user else translation.get_language()):
            subject = render_to_string(f"{template_prefix}_subject.txt", words)
            text = render_to_string(f"{template_prefix}_message.txt", words)
        about = hashlib.sha256(text.encode()).hexdigest()[:24]  # a link of its own each time
        outbox.write_letter(
            subject_key=f"{template_prefix.rpartition('/')[2]}:{about}",
            to=email,
            language=user.language if user else translation.get_language(),
            subject=subject,
            text=text,
            organisation_id=queries.first_organisation_of(user) if user else None,
            secret=True,
            now=clock.now(),
        )

    def get_reset_password_from_key_url(self, key: str) -> str:
        user, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": user, "key": token})
        return settings.SITE_URL + path


def _known_device(request: HttpRequest, email: str) -> str:
    """Return what tells this device, if the login of this address was used on it before."""
    cookie = request.get_signed_cookie(KNOWN_DEVICE, "", max_age=KNOWN_FOR) or ""
    device, _, user = cookie.partition(" ")
    known = User.objects.filter(pk=number_or_none(user) or 0, email__iexact=email).exists()
    return device if known else ""
