"""What the form of a new task suggests from the figure that opens it; a person may change all of it."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from core import formatting
from improvement.queries.cells import Cell, nonconforming_of
from improvement.views.words import baseline_sentence, counted, kpi_words
from kpis.definitions import INCOMING, REPORTED, definition
from kpis.queries import wording
from kpis.queries.readings import Reading
from quality.queries.pareto import defect_counts, defect_names
from suppliers.queries.partners import Partner
from suppliers.queries.selection import Selection, part_names, select

HALF = Decimal("0.5")  # of what counts against a rate
TENTH = Decimal("0.1")  # of a turnover, of days
MOST_DEFECTS = 2


def title(kpi: str, partner: Partner, parts: Mapping[int, str]) -> str:
    """Name the part and the figure; what is wrong with it, a person knows better."""
    name = str(definition(kpi).title)
    if len(parts) != 1:
        return _("%(supplier)s: improve %(kpi)s") % {"supplier": partner.supplier_shown, "kpi": name}
    return _("%(part)s: improve %(kpi)s") % {"part": parts_shown(parts), "kpi": name}


def problem(cell: Cell, partner: Partner, parts: Mapping[int, str], figure: Reading, before: Reading) -> str:
    """Say what the figure is, of what and when, what was found most often, and what the baseline is."""
    told = {
        "whose": " ".join([partner.supplier_shown, parts_shown(parts)]).strip(),
        "kpi": kpi_words(cell.kpi, cell.stage),
        "days": formatting.day_range(figure.period.first, figure.period.last),
    }
    if figure.value is None:
        told["reason"] = figure.reason_word
        return _("%(whose)s: %(kpi)s has no figure for %(days)s (%(reason)s).") % told
    told |= {"value": wording.written(figure), "counted": evidence(figure)}
    said = _("%(whose)s: %(kpi)s %(value)s, %(days)s.")
    if told["counted"]:
        said = _("%(whose)s: %(kpi)s %(value)s, %(days)s (%(counted)s).")
    sentences = (said % told, most_frequent(cell, partner, parts, figure), baseline_sentence(before))
    return ("" if formatting.is_chinese() else " ").join(one for one in sentences if one)


def target(cell: Cell, partner: Partner, figure: Reading) -> str:
    """Suggest what to reach: the pass rate agreed with the supplier, else half of what counts against it.

    A turnover or days are to be a tenth better. Empty where there is no figure, or nothing left to reach.
    """
    if not formatting.is_known(figure.value):
        return ""
    kpi, value = definition(cell.kpi), formatting.exactly(figure.value)
    best = Decimal(1) if kpi.unit == "share" else Decimal(0)
    agreed = _selected(partner).relations[0].target_pass_rate if cell.kpi == "pass_rate" else None
    if agreed is not None and agreed > value:
        goal = agreed
    elif kpi.unit in {"share", "ppm"}:
        goal = value + (best - value) * HALF
    else:
        goal = value * (1 + TENTH if kpi.higher_is_better else 1 - TENTH)
    if goal == value:
        return ""
    words = _("%(kpi)s at least %(goal)s") if kpi.higher_is_better else _("%(kpi)s at most %(goal)s")
    return words % {"kpi": kpi_words(cell.kpi, cell.stage), "goal": in_unit(goal, kpi.unit, figure.n)}


def in_unit(value: Decimal, unit: str, n: int | None) -> str:
    """Write a value of a KPI like its figures."""
    if unit == "share":
        return formatting.rate(value, n)
    if unit == "ppm":
        return f"{formatting.ppm(value)} ppm"
    return formatting.turnover(value) if unit == "turns" else formatting.days(value)


def evidence(figure: Reading) -> str:
    """Return interval, n and what counted against a figure; empty for a figure of stock."""
    words = [formatting.labelled_interval(wording.written_interval(figure))] if figure.low is not None else []
    if figure.n is not None:
        words.append(counted(figure))
    if (against := nonconforming_of(figure)) is not None:
        words.append(_("%(n)s nonconforming") % {"n": formatting.decimal(against)})
    return _("; ").join(words)


def most_frequent(cell: Cell, partner: Partner, parts: Mapping[int, str], figure: Reading) -> str:
    """Name the nonconformities found most often in the days of a rate; empty where none was named."""
    if cell.stage not in {REPORTED, INCOMING}:
        return ""
    counts = defect_counts(_selected(partner, parts), figure.period, stage=cell.stage)
    most = list(counts.items())[:MOST_DEFECTS]
    names = defect_names([code for code, _count in most])
    named = [
        _("%(defect)s (%(n)s)")
        % {"defect": formatting.in_language(*names.get(code, (code, ""))), "n": formatting.decimal(count)}
        for code, count in most
    ]
    return _("Found most often: %(defects)s.") % {"defects": _(", ").join(named)} if named else ""


def parts_shown(parts: Mapping[int, str]) -> str:
    """Return the one part by number and name, several by their numbers."""
    if len(parts) != 1:
        return _(", ").join(parts.values())
    ((pk, number),) = parts.items()
    name = formatting.in_language(*part_names([pk]).get(pk, ("", "", ""))[1:])
    return f"{number} {name}".strip()


def _selected(partner: Partner, parts: Mapping[int, str] | None = None) -> Selection:
    return select(
        customer=partner.customer_code,
        suppliers=[partner.supplier_code],
        parts=sorted(parts.values()) if parts else None,
    )
