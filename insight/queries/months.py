"""Histories: a figure by month, from its baseline to the end of its period."""

from collections.abc import Mapping
from typing import Any

from core.period import Period
from kpis.queries.evaluate import evaluate
from kpis.queries.readings import Reading

LONGEST = 24  # months; an older baseline is compared with and not drawn


def history_of(name: str, what: Mapping[str, Any], **more: Any) -> list[Reading]:
    """Return the months of a figure from the baseline's first to the period's last, at most 24.

    `what` is the question of a page: customer, suppliers, parts, period and base.
    """
    period, base = what["period"], what["base"]
    months = list(Period(min(base.first, period.first), period.last).months())[-LONGEST:]
    asked: dict[str, Any] = {key: value for key, value in what.items() if key not in {"period", "base"}}
    return evaluate(
        name, **asked, period=Period(months[0].first, period.last), by="month", explain=False, **more
    )
