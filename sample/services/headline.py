"""The table that a first start prints: every KPI by supplier, and the headlines before and after."""

from collections.abc import Iterator

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.period import Period
from kpis.definitions import CORRECTED, INCOMING, REPORTED
from kpis.queries.evaluate import evaluate
from kpis.queries.headlines import OF_QUALITY, OF_STOCK, Way, before_and_after
from kpis.queries.readings import Reading
from kpis.queries.sources import Sources
from kpis.queries.wording import written, written_change, written_interval, written_n

CUSTOMER = "LEAD"
BASELINE = Period.parse("2025-01..2025-06")
REPORT = Period.parse("2026-01..2026-06")
COLUMNS = {
    pgettext_lazy("reading of a rate", "Reported"): Way("pass_rate", REPORTED),
    pgettext_lazy("reading of a rate", "Incoming"): Way("pass_rate", INCOMING),
    pgettext_lazy("reading of a rate", "Corrected"): Way("pass_rate", CORRECTED),
    _("Lots accepted"): Way("lot_acceptance_rate", REPORTED),
    _("PPM delivered"): Way("ppm_delivered"),
    _("Turnover"): Way("turnover", average="snapshots"),
    _("Days"): Way("days_of_inventory", average="snapshots"),
}
LINES = (*OF_QUALITY, Way("ppm", REPORTED), Way("ppm_delivered"), *OF_STOCK)


def supplier_table() -> list[list[str]]:
    """Return head and lines of the report period by supplier; rates are of pieces, with 95 % intervals."""
    sources = Sources()
    columns = {str(heading): _by_supplier(way, sources) for heading, way in COLUMNS.items()}
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
    for way, now in before_and_after(LINES, period=REPORT, base=BASELINE, customer=CUSTOMER).items():
        difference, word = written_change(now.change, now)
        before = now.change.reading if now.change else None
        yield [str(way), _cell(before), _cell(now), f"{difference} {word}".strip(), written_n(now)]


def _by_supplier(way: Way, sources: Sources) -> dict[str, Reading]:
    found = evaluate(
        way.kpi,
        period=REPORT,
        stage=way.stage,
        customer=CUSTOMER,
        by="supplier",
        sources=sources,
        **way.options,
    )
    return {one.by["supplier"]: one for one in found}


def _cell(one: Reading | None) -> str:
    if one is None or one.value is None:
        return "—"
    interval = written_interval(one)
    return f"{written(one)} ({interval})" if interval else written(one)


def _counted(one: Reading | None) -> str:
    return written_n(one) if one else "—"
