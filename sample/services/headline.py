"""The table that a first start prints: every KPI by supplier, and the headline before and after."""

from collections.abc import Iterator

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.period import Period
from kpis.queries.evaluate import evaluate
from kpis.queries.readings import Reading
from kpis.queries.wording import title, written, written_change, written_interval, written_n

CUSTOMER = "LEAD"
BASELINE = Period.parse("2025-01..2025-06")
REPORT = Period.parse("2026-01..2026-06")
# Heading; name, stage or reading, and further options of each column.
COLUMNS = {
    pgettext_lazy("reading of a rate", "Reported"): ("pass_rate", "outgoing", {}),
    pgettext_lazy("reading of a rate", "Incoming"): ("pass_rate", "incoming", {}),
    pgettext_lazy("reading of a rate", "Corrected"): ("pass_rate", "corrected", {}),
    _("Lots accepted"): ("lot_acceptance_rate", "outgoing", {}),
    _("PPM delivered"): ("ppm_delivered", None, {}),
    _("Turnover"): ("turnover", None, {"average": "snapshots"}),
    _("Days"): ("days_of_inventory", None, {"average": "snapshots"}),
}
LINES: tuple[tuple[str, str | None, dict[str, str]], ...] = (
    ("pass_rate", "outgoing", {}),
    ("pass_rate", "incoming", {}),
    ("pass_rate", "corrected", {}),
    ("lot_acceptance_rate", "outgoing", {}),
    ("lot_acceptance_rate", "incoming", {}),
    ("ppm", "outgoing", {}),
    ("ppm_delivered", None, {}),
    ("turnover", None, {"average": "snapshots", "prices": "period"}),
    ("turnover", None, {"average": "snapshots", "prices": "constant"}),
    ("turnover", None, {"average": "daily", "prices": "period"}),
    ("chain_turnover", None, {"prices": "period"}),
)


def supplier_table() -> list[list[str]]:
    """Return head and lines of the report period by supplier; rates are of pieces, with 95 % intervals."""
    columns = {
        str(heading): {one.by["supplier"]: one for one in _evaluate(what, by=["supplier"])}
        for heading, what in COLUMNS.items()
    }
    reported = next(iter(columns.values()))
    suppliers = sorted({code for column in columns.values() for code in column})
    head = [gettext("Supplier"), *columns, gettext("n reported")]
    lines = [
        [code, *(_cell(column.get(code)) for column in columns.values()), _counted(reported.get(code))]
        for code in suppliers
    ]
    return [head, *lines]


def headline_table() -> list[list[str]]:
    """Return head and lines of the baseline and the report period, side by side."""
    head = [gettext("KPI"), str(BASELINE), str(REPORT), gettext("Change"), gettext("n")]
    return [head, *_headlines()]


def _headlines() -> Iterator[list[str]]:
    for line in LINES:
        (before,) = _evaluate(line, period=BASELINE)
        (now,) = _evaluate(line, base=BASELINE)
        difference, word = written_change(now.change, now)
        name = title(now) + "".join(f", {_choice(option)}" for option in line[2].values())
        yield [name, _cell(before), _cell(now), f"{difference} {word}".strip(), written_n(now)]


def _evaluate(what: tuple, *, period: Period = REPORT, **rest) -> list[Reading]:
    name, stage, options = what
    return evaluate(name, period=period, stage=stage, customer=CUSTOMER, **options, **rest)


def _cell(one: Reading | None) -> str:
    if one is None or one.value is None:
        return "—"
    interval = written_interval(one)
    return f"{written(one)} ({interval})" if interval else written(one)


def _counted(one: Reading | None) -> str:
    return written_n(one) if one else "—"


def _choice(option: str) -> str:
    return {
        "snapshots": gettext("month ends"),
        "daily": gettext("daily balances"),
        "period": gettext("period prices"),
        "constant": gettext("constant prices"),
    }[option]
