"""The steps of each kind of task: what they are called, and whose turn each is unless somebody says else."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its code in the database, its name, what belongs there, and its side."""

    code: str
    name: Promise
    hint: Promise
    side: str  # supplier, customer

    @property
    def title(self) -> str:
        """``D4 Cause``; steps without a number go by their name alone."""
        return f"{self.code} {self.name}" if self.code[1:].isdigit() else str(self.name)


EIGHT_D = (
    Step("D1", pgettext_lazy("8D step", "Team"), _("Who works on it, on both sides."), "supplier"),
    Step("D2", pgettext_lazy("8D step", "Problem"), _("What, where, since when, how many."), "supplier"),
    Step(
        "D3",
        pgettext_lazy("8D step", "Containment"),
        _("What keeps bad pieces away from the customer now; which lots were sorted."),
        "supplier",
    ),
    Step(
        "D4",
        pgettext_lazy("8D step", "Cause"),
        _("Why it arose and why it got out; how that was checked."),
        "supplier",
    ),
    Step(
        "D5",
        pgettext_lazy("8D step", "Measures"),
        _("What is to be changed, and why it will hold."),
        "supplier",
    ),
    Step(
        "D6",
        pgettext_lazy("8D step", "Effect"),
        _("What was changed, since when, what the figures say."),
        "supplier",
    ),
    Step(
        "D7",
        pgettext_lazy("8D step", "Prevention"),
        _("Instructions, FMEA and control plan; other parts of the same kind."),
        "supplier",
    ),
    Step("D8", pgettext_lazy("8D step", "Closure"), _("Both sides confirm; thanks to the team."), "customer"),
)

CYCLE = (
    Step(
        "plan",
        pgettext_lazy("task step", "Plan"),
        _("What is to be changed, by whom, until when."),
        "supplier",
    ),
    Step("do", pgettext_lazy("task step", "Do"), _("What was changed, since when."), "supplier"),
    Step("check", pgettext_lazy("task step", "Check"), _("What the figures say since."), "customer"),
    Step(
        "act", pgettext_lazy("task step", "Act"), _("How it is kept, and where else it is used."), "supplier"
    ),
)

BY_CODE = {step.code: step for step in (*EIGHT_D, *CYCLE)}


def steps_of(kind: str) -> tuple[Step, ...]:
    """Return the steps of a kind of task, in order."""
    return EIGHT_D if kind == "eight_d" else CYCLE
