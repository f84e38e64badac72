"""Forms about programmes: what it is, what is pledged, who is in it, which tasks are its key tasks."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.forms import DayField
from core.period import Period
from improvement.models import LOCKED, PledgeAverage, PledgedKpi, PledgePrices, PledgeStage

RESERVED = {"new"}  # an address of its own
HUNDRED = Decimal(100)


def _day(label: Any) -> forms.DateField:
    return DayField(label=label)


class LinesField(forms.CharField):
    """Text of several lines, which browsers part by CR LF: kept as the API keeps it, by LF."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class FactsForm(forms.Form):
    """What a programme is called, and the days that it compares."""

    name = forms.CharField(label=pgettext_lazy("programme", "Name"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    baseline_from = _day(_("Baseline from"))
    baseline_to = _day(_("Baseline to"))
    report_from = _day(_("Report period from"))
    report_to = _day(_("Report period to"))
    source_note = LinesField(
        label=_("Where the pledge is written"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        """Put the days together: `baseline` and `report_period`."""
        values = super().clean() or {}
        days = {
            name: values.pop(name, None)
            for name in ("baseline_from", "baseline_to", "report_from", "report_to")
        }
        if None in days.values():
            return values
        for first, last in (("baseline_from", "baseline_to"), ("report_from", "report_to")):
            if days[last] < days[first]:
                self.add_error(last, _("The last day lies before the first."))
            elif not Period(days[first], days[last]).may_be_meant:
                self.add_error(last, _("A period has at most ten years."))
        if self.errors:
            return values
        if days["report_from"] <= days["baseline_to"]:
            self.add_error("report_from", _("The report period begins after the baseline."))
        return values | {
            "baseline": Period(days["baseline_from"], days["baseline_to"]),
            "report_period": Period(days["report_from"], days["report_to"]),
        }


class ProgrammeForm(FactsForm):
    """A new programme: its short name stays, since links are made of it."""

    slug = forms.SlugField(
        label=_("Short name for the address"), max_length=40, help_text=_("Letters, digits and dashes.")
    )

    field_order = ("name", "name_en", "slug")

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"].lower()
        if slug in RESERVED:
            raise forms.ValidationError(_("This short name is taken. Choose another."))
        return slug


class EditFactsForm(FactsForm):
    """The same of a programme that is there; days that are locked are shown and not taken."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, locked: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in LOCKED if locked else ():
            self.fields[name].disabled = True
            self.fields[name].help_text = _("Locked: the report period has begun.")


class PledgeForm(forms.Form):
    """A pledge names its reading: the stage of a rate, or average and prices of a turnover."""

    kpi = forms.ChoiceField(label=_("KPI"), choices=PledgedKpi.choices)
    stage = forms.ChoiceField(
        label=_("Stage of a rate"), choices=[("", "—"), *PledgeStage.choices], required=False
    )
    average = forms.ChoiceField(
        label=_("Average stock by"), choices=[("", "—"), *PledgeAverage.choices], required=False
    )
    prices = forms.ChoiceField(label=_("Prices"), choices=[("", "—"), *PledgePrices.choices], required=False)
    by_change = forms.BooleanField(label=_("The target is a change against the baseline"), required=False)
    target = forms.DecimalField(
        label=_("Target"),
        max_digits=9,
        decimal_places=3,
        min_value=Decimal("0.001"),
        help_text=_("Rates and changes in per cent (99.2, 19), a turnover in turns a year (10)."),
    )

    def clean(self) -> dict[str, Any]:
        """Turn per cent into a fraction, and drop what the KPI has no use for."""
        values = super().clean() or {}
        if "kpi" not in values or "target" not in values:
            return values
        of_stock = values["kpi"] in {PledgedKpi.TURNOVER, PledgedKpi.CHAIN_TURNOVER}
        needed, unused = (
            (("average", "prices"), ("stage",)) if of_stock else (("stage",), ("average", "prices"))
        )
        for name in needed:
            if not values.get(name):
                self.add_error(name, _("Say which reading the pledge means."))
        if not of_stock or values["by_change"]:
            values["target"] /= HUNDRED
        return values | dict.fromkeys(unused, "")


class MemberForm(forms.Form):
    """A supplier by its code, from a day on."""

    supplier = forms.CharField(
        label=_("Supplier"),
        max_length=32,
        help_text=_("Its code; your suppliers are offered as you type."),
        widget=forms.TextInput(attrs={"list": "suppliers", "autocomplete": "off"}),
    )
    joined_on = _day(_("Member since"))


class ReadingForm(forms.Form):
    """A pledge by the reading that it names."""

    kpi = forms.ChoiceField(choices=PledgedKpi.choices)
    stage = forms.ChoiceField(choices=PledgeStage.choices, required=False)
    average = forms.ChoiceField(choices=PledgeAverage.choices, required=False)
    prices = forms.ChoiceField(choices=PledgePrices.choices, required=False)


class LeaveForm(forms.Form):
    supplier = forms.CharField(max_length=32)
    left_on = _day(_("No member from"))


class KeyTaskForm(forms.Form):
    """A task by its number: T-0138, or 138."""

    task = forms.RegexField(
        r"^\s*[Tt]?-?0*(\d{1,9})\s*$",
        label=pgettext_lazy("number", "Task"),
        help_text=_("Its number; the members' open tasks are offered as you type."),
        widget=forms.TextInput(attrs={"list": "open-tasks", "autocomplete": "off"}),
        error_messages={"invalid": _("Write a task's number, like T-0138.")},
    )

    def clean_task(self) -> int:
        return int("".join(sign for sign in self.cleaned_data["task"] if sign.isdigit()))


class MoveForm(KeyTaskForm):
    up = forms.BooleanField(required=False)
