"""The two headlines, quality and stock, in every reading: what a first start prints and a programme shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kpis.definitions import CORRECTED, INCOMING, READINGS, REPORTED, definition
from kpis.queries.evaluate import evaluate
from kpis.queries.readings import Reading
from kpis.queries.sources import Sources

CHAIN = "chain_turnover"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to read a headline: its KPI, and the stage, or the average and the prices."""

    kpi: str
    stage: str | None = None
    average: str | None = None
    prices: str | None = None

    @property
    def options(self) -> dict[str, Any]:
        """The choices that this way names, as `evaluate` takes them."""
        named = {"average": self.average, "prices": self.prices}
        return {option: value for option, value in named.items() if value is not None}

    def __str__(self) -> str:
        """Return the way in the reader's language: ``Pass rate, pieces · Reported``."""
        words = [str(definition(self.kpi).title)]
        if self.stage:
            words.append(str(READINGS[self.stage]))
        return " · ".join([*words, *(choice_in_words(value) for value in self.options.values())])


def choice_in_words(value: str) -> str:
    """Return an average or a price basis in the reader's language."""
    return {
        "snapshots": _("month ends"),
        "daily": _("daily balances"),
        "ends": _("opening and closing"),
        "period": _("period prices"),
        "constant": _("constant prices"),
    }[value]


OF_QUALITY: tuple[Way, ...] = (
    Way("pass_rate", REPORTED),
    Way("pass_rate", INCOMING),
    Way("pass_rate", CORRECTED),
    Way("lot_acceptance_rate", REPORTED),
    Way("lot_acceptance_rate", INCOMING),
)
OF_STOCK: tuple[Way, ...] = tuple(
    Way(kpi, average=average, prices=prices)
    for kpi in ("turnover", CHAIN)
    for average in ("snapshots", "daily")
    for prices in ("period", "constant")
)


def before_and_after(ways: Sequence[Way], **what: Any) -> dict[Way, Reading]:
    """Read the whole in each way, against the base period.

    Parameters
    ----------
    ways : sequence of Way
        What to read; the same twice is read once.
    **what
        Customer, suppliers, parts, period, base and sources, as of `evaluate`.

    Returns
    -------
    dict of Way to Reading
        `Reading.change` holds the figure of the base period.
    """
    what["sources"] = what.get("sources") or Sources()
    return {way: evaluate(way.kpi, stage=way.stage, **way.options, **what)[0] for way in dict.fromkeys(ways)}


def before_and_after_by_supplier(ways: Sequence[Way], **what: Any) -> dict[Way, dict[str, Reading]]:
    """Read every supplier in each way, by its code; parameters as of `before_and_after`."""
    what["sources"] = what.get("sources") or Sources()
    return {
        way: {
            one.by["supplier"]: one
            for one in evaluate(way.kpi, stage=way.stage, by="supplier", **way.options, **what)
        }
        for way in dict.fromkeys(ways)
    }
