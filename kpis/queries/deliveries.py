"""Readings over deliveries: pieces charged per million delivered, and promises kept."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from core.period import Period
from inventory.queries import goods
from kpis.queries.rates import MILLION, change
from kpis.queries.readings import Labels, Question, Reading, compare, groups_to_show, number, reading_of
from quality.formulas.events import event_sum_interval
from quality.formulas.proportion import LEAST_LOTS, wilson_interval
from quality.queries import rates
from suppliers.queries.selection import Selection


def read_ppm_delivered(question: Question) -> list[Reading]:
    """Charged pieces per million delivered."""
    return _with_base(question, _ppm_delivered)


def read_on_time(question: Question) -> list[Reading]:
    """Share of promised lines, or pieces, that came by their date."""
    return _with_base(question, _on_time)


def _with_base(question: Question, read: Callable[[Question], list[Reading]]) -> list[Reading]:
    now = read(question)
    return now if question.base is None else compare(question, now, read(question.before()), change)


def _ppm_delivered(question: Question) -> list[Reading]:
    selection, period, by = question.selection, question.period, question.by
    delivered = {
        # What was taken back may leave nothing to divide by.
        key: found
        for key, found in question.sources.totals(goods.delivery_totals, selection, period, by=by).items()
        if found.delivered > 0
    }
    returned = question.sources.totals(_returned, selection, period, by=by)
    rejected = question.sources.totals(_rejected, selection, period, by=by)
    keys = groups_to_show(question, [*delivered, *returned, *rejected])
    labels = Labels(question, keys)
    return [
        reading_of(
            question,
            labels.of(key),
            **_charged(question, delivered.get(key), returned.get(key, []), rejected.get(key, [])),
        )
        for key in keys
    ]


def _returned(selection: Selection, period: Period, *, by: Sequence[str]) -> dict[tuple, list[int]]:
    """Pieces of each charged return, by group."""
    return _by_group(goods.charged_returns(selection, period, by=by))


def _rejected(selection: Selection, period: Period, *, by: Sequence[str]) -> dict[tuple, list[int]]:
    """Pieces charged of each lot that incoming inspection rejected, by group."""
    return _by_group(rates.charged_lots(selection, period, by=by))


def _by_group(events: Sequence[goods.ChargedReturn | rates.ChargedLot]) -> dict[tuple, list[int]]:
    found: defaultdict[tuple, list[int]] = defaultdict(list)
    for event in events:
        found[event.key].append(event.pieces)
    return dict(found)


def _charged(
    question: Question, found: goods.DeliveryTotals | None, returned: list[int], rejected: list[int]
) -> dict[str, Any]:
    events = [pieces for pieces in (*returned, *rejected) if pieces]
    total = sum(events)
    value = low = high = None
    if found:
        squares, largest = sum(pieces**2 for pieces in events), max(events, default=1)
        low, high = (
            number(bound * MILLION / found.delivered) for bound in event_sum_interval(total, squares, largest)
        )
        value = total * MILLION / found.delivered
    return {
        "value": value,
        "low": low,
        "high": high,
        "n": found.delivered if found else 0,
        "numerator": total,
        "denominator": found.delivered if found else None,
        "reason": "" if found else "nothing_delivered",
        "preliminary": bool(found) and len(events) < question.definition.least_n,
        "data_until": found.last_day if found else None,
        "details": {
            "events": len(events),
            "returned": sum(returned),
            "rejected_lots": len(rejected),
            "sorted_out": sum(rejected),
        },
    }


def _on_time(question: Question) -> list[Reading]:
    delivered = question.sources.totals(
        goods.delivery_totals, question.selection, question.period, by=question.by
    )
    keys = groups_to_show(question, list(delivered))
    labels = Labels(question, keys)
    return [reading_of(question, labels.of(key), **_promises(question, delivered.get(key))) for key in keys]


def _promises(question: Question, found: goods.DeliveryTotals | None) -> dict[str, Any]:
    by_line = question.unit == "lines"
    promised = kept = 0
    if found:
        promised = found.promised_lines if by_line else found.promised_quantity
        kept = found.on_time_lines if by_line else found.on_time_quantity
    low, high = wilson_interval(kept, promised) if by_line else (None, None)
    return {
        "value": kept / promised if promised else None,
        "low": number(low),
        "high": number(high),
        "n": promised,
        "numerator": kept,
        "denominator": promised or None,
        "reason": "" if promised else "nothing_promised" if found else "nothing_delivered",
        "preliminary": found is not None and 0 < found.promised_lines < LEAST_LOTS,
        "data_until": found.last_day if found else None,
        "details": {
            "unit": question.unit,
            "window_days_late": 0,
            "without_promise": found.lines - found.promised_lines if found else 0,
        },
    }
