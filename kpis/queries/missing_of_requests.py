"""The very lots that data requests lack."""

from collections import defaultdict
from collections.abc import Sequence
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from core.period import Period
from kpis.queries.missing import uninspected_arrivals, unmeasured
from kpis.queries.requests import Standing
from suppliers.queries.asking import partnerships_of_customers

DAY_OF = {"outgoing": "received_date", "measurements": "inspection_date"}  # kinds that come by lot


def lots_missing(found: Sequence[Standing], kind: str) -> QuerySet:
    """Return the lots that standings of a kind of `DAY_OF` lack, one row a lot.

    They are deliveries where inspections are asked for, outgoing inspections where values are.
    """
    where = _partnerships_by_days([one for one in found if one.asked.kind == kind])
    partnerships = set().union(*where.values())
    rows = uninspected_arrivals(partnerships) if kind == "outgoing" else unmeasured(partnerships)
    within = Q(pk__in=())
    for days, ids in where.items():
        within |= Q(partnership__in=ids, **{f"{DAY_OF[kind]}__range": (days.first, days.last)})
    return rows.filter(within)


def lots_path(found: Sequence[Standing]) -> str:
    """Return the address of the list of the lots that some periods of one request lack; empty where none."""
    missing = [one for one in found if one.missing]
    if not missing:
        return ""
    asked = missing[0].asked
    query = {
        "kind": asked.kind,
        "request": asked.id,
        "period": [one.slot.key.isoformat() for one in missing],
    }
    return f"{reverse('lots-lacking')}?{urlencode(query, doseq=True)}"


def _partnerships_by_days(found: Sequence[Standing]) -> dict[Period, set[int]]:
    customers = partnerships_of_customers({one.asked.customer for one in found if one.asked.of_own_books})
    where: dict[Period, set[int]] = defaultdict(set)
    for one in found:
        if (days := one.days_lacking) is None:
            continue
        if one.asked.of_own_books:
            where[days].update(pk for pk, customer in customers.items() if customer == one.asked.customer)
        else:
            where[days].add(one.asked.partnership)
    return where
