"""What a person fills in about the units of a part."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from core.forms import DayField
from suppliers.models import FactorKind


class UnitFactorForm(forms.Form):
    """A factor from a day on: the weight of a piece in grams, or the pieces in a box."""

    kind = forms.ChoiceField(choices=FactorKind.choices)
    amount = forms.DecimalField(min_value=0, max_digits=14, decimal_places=6)
    valid_from = DayField()

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        amount = asked.get("amount")
        if amount is not None and not amount:
            self.add_error("amount", _("The factor is above zero."))
        elif amount is not None and asked.get("kind") == FactorKind.BOX and amount % 1:
            self.add_error("amount", _("A box holds whole pieces."))
        return asked
