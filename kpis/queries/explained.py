"""Why a figure has no value, or not the whole one: the data requests that are behind."""

from collections.abc import Sequence
from dataclasses import replace

from kpis.definitions import CORRECTED, INCOMING, REPORTED
from kpis.queries.readings import Question, Reading, period_of_group
from kpis.queries.requests import DUE, Standing, standings_of

OF_STAGE = {REPORTED: ("outgoing",), INCOMING: ("incoming",), CORRECTED: ("outgoing", "incoming")}
STOCK = ("stock", "movements")
OF_KPI = {"ppm_delivered": ("deliveries", "returns"), "on_time_delivery": ("deliveries",)}


def explained(question: Question, readings: Sequence[Reading]) -> list[Reading]:
    """Put to each reading the requests that it waits for.

    To one without a value whatever has not come; to one with a value what is late or came in part, and what
    is due since.
    """
    sources = question.sources
    known = sources.once(standings_of, question.selection, question.period, now=sources.now)
    waiting = [one for one in known if one.is_outstanding]
    if not waiting:
        return list(readings)
    return [replace(one, waiting=tuple(_behind(question, one, waiting))) for one in readings]


def _behind(question: Question, one: Reading, waiting: Sequence[Standing]) -> list[Standing]:
    days = period_of_group(question, one.by)
    return [
        standing
        for standing in _of_kinds(question, one, waiting)
        if standing.slot.period.first <= days.last
        and standing.slot.period.last >= days.first
        and one.by.get("customer", standing.asked.customer_code) == standing.asked.customer_code
        and (
            standing.asked.of_own_books
            or one.by.get("supplier", standing.asked.supplier_code) == standing.asked.supplier_code
        )
        and (one.value is None or standing.state != DUE or standing.slot.due <= standing.today)
    ]


def _of_kinds(question: Question, one: Reading, waiting: Sequence[Standing]) -> list[Standing]:
    """Return what the figure is made of; a customer's own stock by its own books, else by what it has."""
    kinds = OF_STAGE[one.stage] if one.stage in OF_STAGE else OF_KPI.get(question.name, STOCK)
    found = [standing for standing in waiting if standing.asked.kind in kinds]
    if kinds is STOCK and question.scope == "own":
        return [standing for standing in found if standing.asked.sender == "customer"] or found
    return found
