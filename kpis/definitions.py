"""What each KPI means: frozen, versioned, and named by every number that is shown.

A definition is never edited once figures were made by it: a new version is added below the old one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UnknownKpi(LookupError):
    """No definition has this name or version."""


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of one KPI. Texts are lazy: they come in the reader's language."""

    name: str
    version: int
    valid_from: date
    title: Promise
    formula: Promise
    unit: str  # share, ppm, turns, days
    counted: str  # what n counts: pieces, lots, lines
    higher_is_better: bool
    stages: tuple[str, ...] = ()  # stages it is read by; empty: it has none
    stage_rule: Promise | str = ""
    least_n: int = 0  # fewer make it preliminary
    least_of: str = ""  # of what: lots, pairs, events, lines
    interval: Promise | str = ""
    source: Promise | str = ""
    not_the_same_as: tuple[Promise, ...] = ()
    options: tuple[str, ...] = field(default=())  # further choices of the question: average, prices, …


REPORTED, INCOMING, CORRECTED = "outgoing", "incoming", "corrected"

READINGS = {
    REPORTED: pgettext_lazy("reading of a rate", "Reported"),
    INCOMING: pgettext_lazy("reading of a rate", "Incoming"),
    CORRECTED: pgettext_lazy("reading of a rate", "Corrected"),
}

_BETWEEN_LOTS = _(
    "Between lots (lots are clusters): Wilson's interval on the effective number of pieces, Student's "
    "quantile; with fewer than 12 lots Wilson's own, and the figure is preliminary."
)
_STAGES_APART = _("Outgoing and incoming inspection are read apart and never pooled.")
_FIRST_DEFINED = date(2026, 6, 1)

_ALL = [
    Definition(
        name="pass_rate",
        version=1,
        valid_from=_FIRST_DEFINED,
        title=_("Pass rate, pieces"),
        formula=_(
            "Conforming pieces over inspected pieces, first submissions of the period. Counts are added "
            "first and divided once: no mean of percentages. A conceded lot counts with its pieces. "
            "Corrected: reported plus the mean difference (incoming less outgoing) on the lots that both "
            "inspected, weighted by pieces; lots that came without a report weigh in at the incoming rate "
            "found on such lots."
        ),
        unit="share",
        counted="pieces",
        higher_is_better=True,
        stages=(REPORTED, INCOMING, CORRECTED),
        stage_rule=_(
            "Reported is the supplier's outgoing inspection, incoming the customer's; they are never pooled."
            " Corrected assumes that lots for incoming inspection are not chosen by their outgoing result."
        ),
        least_n=12,
        least_of="lots",
        interval=_BETWEEN_LOTS,
        source=_(
            "Ratio estimate with lots as clusters and two-phase difference estimate: Cochran (1977), "
            "Sampling Techniques, chapters 3 and 12. Wilson (1927)."
        ),
        not_the_same_as=(
            _("ISO 22400-2 quality ratio: it counts produced pieces, not inspected ones."),
            _("Lots accepted first time: that counts lots."),
        ),
    ),
    Definition(
        name="lot_acceptance_rate",
        version=1,
        valid_from=_FIRST_DEFINED,
        title=_("Lots accepted first time"),
        formula=_(
            "Lots accepted at their first submission over lots judged at their first submission. A "
            "concession is not an acceptance and stands beside it. A lot whose record names no verdict is "
            "not judged."
        ),
        unit="share",
        counted="lots",
        higher_is_better=True,
        stages=(REPORTED, INCOMING),
        stage_rule=_STAGES_APART,
        least_n=12,
        least_of="lots",
        interval=_("Wilson's score interval over lots."),
        source=_("Trade term; Wilson (1927). First submission as in ISO 2859-1."),
        not_the_same_as=(
            _("Pass rate: that counts pieces. 99.2 % of lots and of pieces are different claims."),
        ),
    ),
    Definition(
        name="ppm",
        version=1,
        valid_from=_FIRST_DEFINED,
        title=_("PPM, inspected"),
        formula=_(
            "Nonconforming pieces over inspected pieces, times one million, first submissions of the period."
        ),
        unit="ppm",
        counted="pieces",
        higher_is_better=False,
        stages=(REPORTED, INCOMING),
        stage_rule=_STAGES_APART,
        least_n=12,
        least_of="lots",
        interval=_BETWEEN_LOTS,
        source=_("Trade term; Cochran (1977), chapter 3."),
        not_the_same_as=(_("PPM of delivered: a sample's count is never divided by what was delivered."),),
    ),
    Definition(
        name="ppm_delivered",
        version=1,
        valid_from=_FIRST_DEFINED,
        title=_("PPM of delivered"),
        formula=_(
            "Pieces charged to the supplier over pieces delivered, times one million. Charged are returns "
            "from line and field, the pieces that a sort of a rejected incoming lot found, and the whole of "
            "a rejected lot until a sort gives the count; disputed returns and conceded lots are not "
            "charged."
        ),
        unit="ppm",
        counted="pieces",
        higher_is_better=False,
        least_n=3,
        least_of="events",
        interval=_(
            "Over events (a return, a rejected lot), since charged pieces come in clusters: gamma interval "
            "of a weighted sum of Poisson counts."
        ),
        source=_("Trade term; Fay and Feuer (1997); Garwood (1936)."),
        not_the_same_as=(_("PPM, inspected: that is a rate of samples."),),
    ),
    Definition(
        name="turnover",
        version=1,
        valid_from=_FIRST_DEFINED,
        title=_("Inventory turnover"),
        formula=_(
            "Cost of issues of the period over average inventory value, times 365 over the days of the "
            "period. Average: daily closing balances; or the month ends, weighted by time; or the mean of "
            "opening and closing. Each is its own reading, at prices of the period or of the base."
        ),
        unit="turns",
        counted="",
        higher_is_better=True,
        interval=_("None: books are counted in full, not sampled."),
        source=_("ISO 22400-2, inventory turns. Split into volume and stock: Ang (2005), LMDI."),
        not_the_same_as=(
            _("Chain turnover: it also counts consigned stock and the supplier's dedicated stock."),
            _("A turnover on sales: this one is on cost of issues."),
        ),
        options=("average", "prices", "scope"),
    ),
    Definition(
        name="days_of_inventory",
        version=1,
        valid_from=_FIRST_DEFINED,
        title=_("Days of inventory"),
        formula=_("365 over inventory turnover, at the same average and prices."),
        unit="days",
        counted="",
        higher_is_better=False,
        interval=_("None: books are counted in full, not sampled."),
        source=_("Finance."),
        not_the_same_as=(_("Days of supply: stock on hand over the demand to come."),),
        options=("average", "prices", "scope"),
    ),
    Definition(
        name="chain_turnover",
        version=1,
        valid_from=_FIRST_DEFINED,
        title=_("Chain turnover"),
        formula=_(
            "Cost of the customer's issues over the average value of its own stock, consigned stock and the "
            "suppliers' dedicated stock, all at the customer's unit cost, times 365 over the days of the "
            "period."
        ),
        unit="turns",
        counted="",
        higher_is_better=True,
        interval=_("None: books are counted in full, not sampled."),
        source=_("Tongpin: pushing stock upstream is no gain."),
        not_the_same_as=(_("Inventory turnover: that is the customer's own stock alone."),),
        options=("average", "prices"),
    ),
    Definition(
        name="on_time_delivery",
        version=1,
        valid_from=_FIRST_DEFINED,
        title=_("On-time delivery"),
        formula=_(
            "Delivery lines (or pieces) received on or before the promised date over those received that had"
            " one. Window: early is on time, one day late is not."
        ),
        unit="share",
        counted="lines",
        higher_is_better=True,
        least_n=12,
        least_of="lines",
        interval=_("By line: Wilson's score interval. By quantity: none, pieces of a line come together."),
        source=_("Trade term; Wilson (1927)."),
        not_the_same_as=(_("Delivery in full: a part delivery that is on time counts as on time."),),
        options=("unit",),
    ),
]

_BY_NAME: dict[str, dict[int, Definition]] = {}
for _definition in _ALL:
    _BY_NAME.setdefault(_definition.name, {})[_definition.version] = _definition


def names() -> list[str]:
    """Return the names of all KPIs in the order in which they are shown."""
    return list(_BY_NAME)


def definition(name: str, version: int | None = None) -> Definition:
    """Return a version of a definition, the newest by default.

    Raises UnknownKpi if there is none.
    """
    versions = _BY_NAME.get(name, {})
    found = versions.get(max(versions, default=0) if version is None else version)
    if found is None:
        raise UnknownKpi(name if version is None else f"{name} v{version}")
    return found


def versions(name: str) -> Iterator[Definition]:
    """Yield all versions of a KPI, the newest first.

    Raises UnknownKpi if there is none.
    """
    newest = definition(name).version
    for version in range(newest, 0, -1):
        yield definition(name, version)
