"""Data requests on the first pages: what one must send, what is missing, whether the data is complete."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock, formatting
from insight.queries.overview import Overview
from insight.views.work import Action, Item
from kpis.queries.asking_words import MARKS, kind_word, more_periods, period_word, sentence, sentences
from kpis.queries.completeness import Completeness
from kpis.queries.requests import DUE, LATE, NOTHING, PARTIAL, Standing, to_send, waiting
from suppliers.access import Person, PersonRequest
from suppliers.queries.asking import Asked

NAMED = 4  # suppliers named in a line; the rest are counted


@dataclass(frozen=True, slots=True)
class CompleteRow:
    name: str
    have: int
    of: int
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Complete:
    """The card "Is the data complete?"; without a row it says how to begin."""

    until: str
    rows: Sequence[CompleteRow]
    nothing: str
    may_ask: bool


def to_send_of(request: PersonRequest) -> list[Standing]:
    """Say where everything stands that this organisation must send, read once a page."""
    found: list[Standing] | None = getattr(request, "data_to_send", None)
    if found is None:
        assert request.person is not None
        found = to_send(request.person, now=clock.now())
        request.data_to_send = found  # type: ignore[attr-defined]  # kept for the rail of the same page
    return found


def to_do_of(request: PersonRequest) -> list[list[Standing]]:
    """Return what this organisation still has to send, a list a request, the most pressing first."""
    by_request: dict[int, list[Standing]] = defaultdict(list)
    for one in waiting(to_send_of(request)):
        by_request[one.asked.id].append(one)
    return list(by_request.values())


def answered_today(request: PersonRequest) -> list[Standing]:
    """Return what was answered with nothing today, which may be taken back where it was said."""
    return [
        one
        for one in to_send_of(request)
        if one.state == NOTHING
        and one.answer
        and localtime(one.answer.at).date() == localtime(clock.now()).date()
    ]


def of_request(slots: Sequence[Standing], *, by_name: bool) -> Item:
    """One request of which something has not come: what, by when, and the two ways to settle it.

    `by_name` says who asks, for a supplier with several customers.
    """
    first = min(slots, key=lambda one: one.slot.key)
    asked = first.asked
    words = {"kind": kind_word(asked.kind), "period": period_word(first)}
    if first.missing:
        told = ngettext(
            "%(kind)s for %(period)s: %(n)s lot missing",
            "%(kind)s for %(period)s: %(n)s lots missing",
            first.missing,
        )
        title = told % (words | {"n": formatting.decimal(first.missing)})
    else:
        title = _("%(kind)s for %(period)s, due on %(day)s") % (
            words | {"day": formatting.day(first.slot.due, first.today)}
        )
    lines = [line for line in (_asked_by(asked) if by_name else "", _how_late(first)) if line]
    if len(slots) > 1:
        lines.append(_("also missing: %(periods)s") % {"periods": more_periods(len(slots) - 1, asked.rhythm)})
    state = min((one.state for one in slots), key=(LATE, PARTIAL, DUE).index)
    return Item(MARKS[state], title, lines, steps(slots))


def steps(slots: Sequence[Standing]) -> list[Action]:
    """Upload, with the kind set; and where a single period is open, one click that says there is nothing."""
    first = slots[0]
    found = [Action(_("Upload"), upload_url(first.asked.kind))]
    if len(slots) > 1:
        found.append(Action(_("All periods"), reverse("requests")))
    elif not first.count and first.state != PARTIAL:
        found.append(nothing(first))
    return found


def nothing(one: Standing) -> Action:
    """The click that says: of this period there is nothing to send."""
    words = {
        "daily": _("Nothing this day"),
        "weekly": _("Nothing this week"),
        "monthly": _("Nothing this month"),
        "per_lot": _("Nothing this month"),
    }
    return Action(
        words[one.asked.rhythm],
        reverse("request-nothing", args=[one.asked.id]),
        post=[("period", one.slot.key.isoformat())],
    )


def upload_url(kind: str) -> str:
    return f"{reverse('uploads')}?{urlencode({'send': kind})}"


def _asked_by(asked: Asked) -> str:
    return "" if asked.of_own_books else _("for %(customer)s") % {"customer": asked.customer_shown}


def _how_late(one: Standing) -> str:
    days = (one.today - one.slot.due).days
    if one.missing or days <= 0:
        return ""
    return ngettext("%(n)s day past the due day", "%(n)s days past the due day", days) % {"n": days}


def of_answer(one: Standing) -> Item:
    """A period that was answered with nothing a moment ago: it may be taken back."""
    assert one.answer is not None
    title = _("%(kind)s for %(period)s: nothing to send") % {
        "kind": kind_word(one.asked.kind),
        "period": period_word(one),
    }
    said = _("said by %(name)s, %(when)s") % {
        "name": one.answer.by,
        "when": formatting.moment(one.answer.at, one.today),
    }
    take_back = Action(_("Take back"), reverse("request-answer-revoke", args=[one.answer.id]), post=[])
    return Item("good", title, [line for line in (said, one.answer.reason) if line], [take_back])


def of_kind(found: Completeness) -> list[Item]:
    """What a customer lacks of one kind: one line, however many suppliers."""
    owed = [one for one in found.owing if not one.asked.of_own_books]
    if not owed:
        return []
    asked = _requests(owed)
    url = f"{reverse('requests')}?{urlencode({'kind': found.kind, 'open': 1})}"
    if len(asked) == 1:
        return [Item("none", sentences(owed), [], [Action(_("See request"), url)])]
    told = ngettext(
        "%(kind)s: %(n)s supplier has not sent them",
        "%(kind)s: %(n)s suppliers have not sent them",
        len(asked),
    )
    title = told % {"kind": kind_word(found.kind), "n": len(asked)}
    return [Item("none", title, [_names(asked)], [Action(_("See requests"), url)])]


def complete(found: Overview, person: Person) -> Complete:
    """How far each kind of data has come against what is asked for."""
    until = formatting.day(found.rates.reported.data_until)
    return Complete(
        until=_("until %(day)s") % {"day": until} if found.rates.reported.data_until else "",
        rows=[_row(one, found.lots_without_inspection) for one in found.complete],
        nothing=_("Nobody is asked for data yet, so nobody can be late."),
        may_ask=person.may_define,
    )


def _row(one: Completeness, uninspected: int) -> CompleteRow:
    lots = sum(standing.missing for standing in one.in_part)
    if one.kind == "outgoing":
        lots = uninspected
    parts = []
    if one.owing:
        parts.append(_("missing: %(names)s") % {"names": _names(_requests(one.owing))})
    if lots:
        parts.append(_lots_word(one.kind, lots))
    if one.earlier:
        told = _("of earlier months: %(names)s") % {"names": _names(_requests(one.earlier))}
        parts.append(told)
    state = "watch" if parts else "good"
    if not parts and one.coming:
        state = "none"
        parts.append(sentence(one.coming[0]) if len(one.coming) == 1 else _due_word(one))
    return CompleteRow(kind_word(one.kind), one.have, one.asked, state, _("; ").join(parts) or _all_word(one))


def _lots_word(kind: str, lots: int) -> str:
    if kind == "outgoing":
        told = ngettext(
            "%(n)s delivered lot without an inspection", "%(n)s delivered lots without an inspection", lots
        )
    else:
        told = ngettext("%(n)s lot without values", "%(n)s lots without values", lots)
    return told % {"n": formatting.decimal(lots)}


def _due_word(one: Completeness) -> str:
    number = len(_requests(one.coming))
    told = ngettext("%(n)s supplier still has time", "%(n)s suppliers still have time", number)
    return told % {"n": number}


def _all_word(one: Completeness) -> str:
    if not one.not_asked:
        return _("all received")
    told = ngettext(
        "all received (%(n)s supplier not asked)", "all received (%(n)s suppliers not asked)", one.not_asked
    )
    return told % {"n": one.not_asked}


def _requests(found: Sequence[Standing]) -> list[list[Standing]]:
    return [list(slots) for _id, slots in groupby(found, key=lambda one: one.asked.id)]


def _names(requests: Sequence[Sequence[Standing]]) -> str:
    """Name who must send, each with its period where there is one alone."""
    names = []
    for slots in requests[:NAMED]:
        name = slots[0].asked.sender_name
        alone = len(slots) == 1 and slots[0].asked.rhythm != "per_lot"
        words = {"name": name, "period": period_word(slots[0])}
        names.append(_("%(name)s (%(period)s)") % words if alone else name)
    more = len(requests) - NAMED
    if more > 0:
        names.append(ngettext("%(n)s more", "%(n)s more", more) % {"n": more})
    return _(", ").join(names)
