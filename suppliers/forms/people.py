"""Forms about people: invitations, roles, keys, and how somebody likes Tongpin."""

from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from suppliers.models import Role


class LanguageField(forms.ChoiceField):
    def __init__(self, **more: Any) -> None:
        super().__init__(label=_("Language"), choices=settings.LANGUAGES, **more)


class InviteColleagueForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.UPLOADER)
    language = LanguageField()


class InviteSupplierForm(forms.Form):
    """A supplier that is on our list, or a new one by its name."""

    partnership = forms.TypedChoiceField(label=_("Supplier"), coerce=int, empty_value=None, required=False)
    name = forms.CharField(label=_("Name of a new supplier"), max_length=120, required=False)
    code = forms.CharField(label=_("Your code for it"), max_length=32, required=False)
    email = forms.EmailField(label=_("E-mail of its first person"), max_length=254)
    language = LanguageField()

    def __init__(self, *args: Any, partnerships: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [("", _("A new one")), *partnerships]
        cast("forms.ChoiceField", self.fields["partnership"]).choices = choices

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "partnership" in values and values["partnership"] is None and not values.get("name"):
            self.add_error("name", _("Choose a supplier, or write the name of a new one."))
        return values


class AcceptForm(forms.Form):
    """What a new login needs; the address is that of the invitation."""

    name = forms.CharField(label=_("Your name"), max_length=120)
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters, not only digits, not a common word."),
    )
    language = LanguageField()

    def clean_password1(self) -> str:
        password = self.cleaned_data["password1"]
        password_validation.validate_password(password)
        return password


class ProfileForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=120)
    language = LanguageField()
    zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        help_text=_("Such as Asia/Shanghai."),
        widget=forms.TextInput(attrs={"list": "zones"}),
    )

    def clean_zone(self) -> str:
        zone = self.cleaned_data["zone"]
        if zone not in available_timezones():
            raise ValidationError(_("There is no zone of this name. Write it like Asia/Shanghai."))
        return zone


class KeyForm(forms.Form):
    name = forms.CharField(label=_("What the key is for"), max_length=80)
    may_write = forms.BooleanField(label=_("May also hand in files"), required=False)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
