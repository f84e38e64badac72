"""Forms about mails: what is to be told, and when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.utils.dates import WEEKDAYS
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from insight.models import Rhythm, What
from insight.services.subscriptions import Unfit
from kpis import definitions
from suppliers.queries.seats import CUSTOMER

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
# As ISO counts them: Django's own begin with 0.
DAYS_OF_WEEK = [(number + 1, name) for number, name in WEEKDAYS.items()]
DAYS_OF_MONTH = [(day, str(day)) for day in range(1, 32)]
STAGES = [("", gettext_lazy("as usual for this KPI")), *definitions.READINGS.items()]
KPIS = lazy(
    lambda: [("", "—"), *((name, definitions.definition(name).title) for name in definitions.names())], list
)
ONLY_CUSTOMERS = ("mine", "suppliers")
# Fields that one answer to another field asks for; with any other they do not apply.
NEEDS = {
    "kpi": ("what", What.KPI.value),
    "stage": ("what", What.KPI.value),
    "day_of_week": ("rhythm", Rhythm.WEEKLY.value),
    "day_of_month": ("rhythm", Rhythm.MONTHLY.value),
}
GROUPS = (
    (pgettext_lazy("mail", "What it tells"), ("what", "kpi", "stage")),
    (gettext_lazy("Whose figures"), ("mine", "suppliers", "customer", "parts")),
    (
        pgettext_lazy("mail", "When, and in which language"),
        ("rhythm", "day_of_week", "day_of_month", "hour", "language"),
    ),
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A field in its group; `needs` is the answer that asks for it, `off` says that another one is given."""

    field: BoundField
    needs: str = ""
    off: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    fields: Sequence[Placed]


class CodesField(forms.CharField):
    """Codes or numbers as one types them: with commas, semicolons or spaces between."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, max_length=2000, **more)

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]  # several of them
        text = super().to_python(value) or ""
        return text.translate(str.maketrans("，；;、", ",,,,")).replace(",", " ").split()

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value


class SubscriptionForm(forms.Form):
    what = forms.ChoiceField(label=gettext_lazy("What about"), choices=What.choices)
    kpi = forms.ChoiceField(label=gettext_lazy("Which KPI"), choices=KPIS, required=False)
    stage = forms.ChoiceField(label=gettext_lazy("Of which inspection"), choices=STAGES, required=False)
    mine = forms.BooleanField(label=gettext_lazy("Only suppliers that I look after"), required=False)
    suppliers = CodesField(
        label=gettext_lazy("Only these suppliers"),
        help_text=gettext_lazy("Their codes, with commas between. Blank means all."),
    )
    customer = forms.CharField(
        label=gettext_lazy("Only this customer"),
        required=False,
        max_length=32,
        help_text=gettext_lazy("Its code. Blank means all."),
    )
    parts = CodesField(
        label=gettext_lazy("Only these parts"), help_text=gettext_lazy("Their numbers. Blank means all.")
    )
    rhythm = forms.ChoiceField(label=gettext_lazy("How often"), choices=Rhythm.choices, initial=Rhythm.WEEKLY)
    day_of_week = forms.TypedChoiceField(
        label=gettext_lazy("Every week on"), choices=DAYS_OF_WEEK, coerce=int, initial=1
    )
    day_of_month = forms.TypedChoiceField(
        label=gettext_lazy("Every month on day"),
        choices=DAYS_OF_MONTH,
        coerce=int,
        initial=1,
        help_text=gettext_lazy("In a shorter month its last day."),
    )
    hour = forms.TypedChoiceField(
        label=pgettext_lazy("time of day", "Hour"), choices=HOURS, coerce=int, initial=8
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, side: str, zone: str, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("customer",) if side == CUSTOMER else ONLY_CUSTOMERS:
            del self.fields[name]
        self.fields["hour"].help_text = _("In your zone, %(zone)s.") % {"zone": zone}

    def groups(self) -> Iterator[Group]:
        """Yield the fields as the page sets them: what, whose, when."""
        for title, names in GROUPS:
            yield Group(str(title), [self._placed(name) for name in names if name in self.fields])

    def _placed(self, name: str) -> Placed:
        if name not in NEEDS:
            return Placed(self[name])
        decides, answer = NEEDS[name]
        return Placed(self[name], f"{decides}={answer}", str(self[decides].value()) != answer)

    def clean(self) -> dict[str, Any]:
        """Forget what does not apply: nobody is asked to mend a day that another rhythm has."""
        said = super().clean() or {}
        for name, (decides, answer) in NEEDS.items():
            if said.get(decides) != answer:
                self.errors.pop(name, None)
                said[name] = self.fields[name].initial or ""
        return said

    def wanted(self) -> dict[str, Any]:
        """Return what the form says, as `subscribe` and `change` take it."""
        said = self.cleaned_data
        kpi = {"kpi": said["kpi"], "stage": said["stage"]} if said["what"] == What.KPI else {}
        names = [name for name in ("mine", "suppliers", "customer", "parts") if name in self.fields]
        days = {Rhythm.WEEKLY: said["day_of_week"], Rhythm.MONTHLY: said["day_of_month"]}
        return {
            "what": said["what"],
            "filters": kpi | {name: said[name] for name in names},
            "rhythm": said["rhythm"],
            "day": days.get(cast("Rhythm", said["rhythm"])),
            "hour": said["hour"],
            "language": said["language"],
        }

    def blame(self, unfit: Unfit) -> None:
        """Show what a service found unfit at its field."""
        self.add_error(unfit.field if unfit.field in self.fields else None, words_of(unfit))


def words_of(unfit: Unfit) -> str:
    """Put into words why something cannot be subscribed to."""
    words = {
        "not_shared": _("“%(value)s” is not here, or not shared with you. Look at how it is written."),
        "nothing_shared": _("Nothing of this is shared with you yet, so there is nothing to tell."),
        "no_such_kpi": _("Choose a KPI."),
        "no_such_stage": _("This KPI is not read by that inspection. Choose another one."),
    }
    return words[unfit.rule] % {"value": unfit.value}
