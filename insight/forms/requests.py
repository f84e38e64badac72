"""Forms about data requests."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayField
from suppliers.queries.asking import KINDS, RHYTHMS, SENDERS
from suppliers.services import LATEST_AFTER_LOT, LONGEST_GRACE, Rule, fits


class RuleForm(forms.Form):
    """How often data are asked for, by when, with how much grace."""

    rhythm = forms.ChoiceField(label=_("Rhythm"), choices=list(RHYTHMS.items()), initial="monthly")
    due_day = forms.IntegerField(
        label=_("Due day"),
        min_value=0,
        max_value=LATEST_AFTER_LOT,
        initial=31,
        help_text=_(
            "Monthly: day of the month, 31 is its last. Weekly: 1 is Monday. Daily: working days after. "
            "With every lot: days after."
        ),
    )
    due_next = forms.BooleanField(label=_("In the month or week after"), required=False)
    grace_days = forms.IntegerField(label=_("Days of grace"), min_value=0, max_value=LONGEST_GRACE, initial=3)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and not fits(self.rule(values)):
            self.add_error("due_day", _("This day does not fit the rhythm."))
        return values

    def rule(self, values: dict[str, Any] | None = None) -> Rule:
        given = self.cleaned_data if values is None else values
        return Rule(given["rhythm"], given["due_day"], given["due_next"], given["grace_days"])


class AskForm(RuleForm):
    """A new request on several partnerships."""

    partnerships = forms.TypedMultipleChoiceField(
        label=_("Suppliers"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    kind = forms.ChoiceField(label=_("Kind of data"), choices=list(KINDS.items()))
    sender = forms.ChoiceField(label=_("Sent by"), choices=list(SENDERS.items()), initial="supplier")
    valid_from = DayField(label=_("Asked from"))

    field_order = (
        "partnerships", "kind", "sender", "rhythm", "due_day", "due_next", "grace_days", "valid_from",
    )  # fmt: skip

    def __init__(self, *args: Any, partnerships: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        cast("forms.ChoiceField", self.fields["partnerships"]).choices = partnerships


class ChosenForm(forms.Form):
    """Requests that were chosen in the list."""

    requests = forms.TypedMultipleChoiceField(coerce=int, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, requests: list[int], **more: Any) -> None:
        super().__init__(*args, **more)
        cast("forms.ChoiceField", self.fields["requests"]).choices = [(pk, pk) for pk in requests]


class ChangeForm(ChosenForm, RuleForm):
    from_day = DayField(label=_("From"))


class EndForm(ChosenForm):
    last_day = DayField(label=_("Last day"))


class NothingForm(forms.Form):
    """That a period has nothing to send."""

    period = DayField()
    reason = forms.CharField(max_length=200, required=False)
