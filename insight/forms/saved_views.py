"""Forms of saved views."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import formatting
from insight.models import Span
from insight.queries.saved_views import Address, read_address


class NameForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("saved view", "Name"), max_length=80)


class KeepForm(NameForm):
    """A name for an address, and whether its days move along with the data."""

    address = forms.CharField(widget=forms.HiddenInput, max_length=2_200)
    span = forms.ChoiceField(label=gettext_lazy("Period"), required=False)

    field_order = ("name", "span", "address")

    def __init__(self, *args: Any, address: Address, spans: list[Span], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [(span.value, _("moves along: %(span)s") % {"span": span.label}) for span in spans]
        if address.days is None:
            del self.fields["span"]
            return
        days = formatting.day_range(address.days.first, address.days.last)
        self.fields["span"].choices = [*choices, ("", _("always these days: %(days)s") % {"days": days})]  # type: ignore[attr-defined]
        self.fields["span"].initial = choices[0][0] if choices else ""

    def clean_address(self) -> Address:
        address = read_address(self.cleaned_data["address"])
        if address is None:
            raise forms.ValidationError(_("This page cannot be kept."))
        return address
