"""Data requests on the first pages: what one must send, what is missing, whether the data is complete."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from urllib.parse import urlencode

from django.core.cache import cache
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock, formatting
from insight.queries.overview import Overview
from insight.views.work import Action, Item
from kpis.filters import View
from kpis.queries.asking_words import MARKS, kind_word, period_word, periods_word, sentence, sentences
from kpis.queries.completeness import Completeness
from kpis.queries.missing_of_requests import lots_path
from kpis.queries.requests import DUE, LATE, NOTHING, PARTIAL, Standing, to_send, waiting
from suppliers.access import Person, PersonRequest
from suppliers.queries.asking import KINDS, AskedRequest

NAMED = 4  # suppliers named in a line of the worklist; the rest are counted
NAMED_IN_CARD = 2
COUNT_KEPT = 60  # seconds that the rail's count may be old


@dataclass(frozen=True, slots=True)
class Said:
    """A clause, and the address of what it counts, if that is a list."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class CompleteRow:
    name: str
    url: str
    have: int
    of: int
    state: str
    said: Sequence[Said]


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
        cache.set(_count_key(request.person), _requests_in(found), COUNT_KEPT)
    return found


def count_to_send(request: PersonRequest) -> int:
    """Return of how many requests this organisation still has something to send, as known a minute ago.

    Every page shows it, and it follows from all data: a page that reads them says it anew.
    """
    assert request.person is not None
    if hasattr(request, "data_to_send"):
        return _requests_in(to_send_of(request))
    known = cache.get(_count_key(request.person))
    return _requests_in(to_send_of(request)) if known is None else known


def _count_key(person: Person) -> str:
    return f"requests-to-send:{person.organisation_id}"


def _requests_in(found: Sequence[Standing]) -> int:
    """Count as the to-do list does: a request once, however many of its periods are open."""
    return len({one.asked.id for one in waiting(found)})


@dataclass(frozen=True, slots=True)
class Open:
    """One request of which something has not come: its open periods, and the latest day with data."""

    slots: Sequence[Standing]
    last_day: date | None

    @property
    def first(self) -> Standing:
        return min(self.slots, key=lambda one: one.slot.key)


def to_do_of(request: PersonRequest) -> list[Open]:
    """Return what this organisation still has to send, request by request, the most pressing first."""
    known = to_send_of(request)
    last: dict[int, date] = {}
    for one in known:
        if one.last_day:
            last[one.asked.id] = max(one.last_day, last.get(one.asked.id, one.last_day))
    by_request: dict[int, list[Standing]] = defaultdict(list)
    for one in waiting(known):
        by_request[one.asked.id].append(one)
    return [Open(slots, last.get(pk)) for pk, slots in by_request.items()]


def answered_today(request: PersonRequest) -> list[Standing]:
    """Return what was answered with nothing today, which may be taken back where it was said."""
    return [
        one
        for one in to_send_of(request)
        if one.state == NOTHING and one.answer and localdate(one.answer.at) == clock.today_here()
    ]


def of_request(found: Open, *, by_name: bool) -> Item:
    """One request of which something has not come: what, by when, and the two ways to settle it.

    `by_name` says who asks, for a supplier with several customers.
    """
    first = found.first
    lines = [_asked_by(first.asked) if by_name else "", _how_late(first)]
    if len(found.slots) > 1:
        lines.append(_rest(found))
    if found.last_day:
        day = formatting.day(found.last_day, first.today)
        lines.append(_("received until %(day)s") % {"day": day})
    state = min((one.state for one in found.slots), key=(LATE, PARTIAL, DUE).index)
    told = _("; ").join(line for line in lines if line)
    return Item(MARKS[state], _title(found), [told] if told else [], steps(found.slots))


def _title(found: Open) -> str:
    first = found.first
    words = {"kind": kind_word(first.asked.kind), "period": period_word(first)}
    lots = sum(one.missing for one in found.slots)
    if lots:
        one = ngettext(
            "%(kind)s for %(period)s: %(n)s lot missing", "%(kind)s for %(period)s: %(n)s lots missing", lots
        )
        several = _("%(kind)s: %(n)s lots missing, the first of %(period)s")
        told = one if len(found.slots) == 1 else several
        return told % (words | {"n": formatting.decimal(lots)})
    day = formatting.day(first.slot.due, first.today)
    return _("%(kind)s for %(period)s, due on %(day)s") % (words | {"day": day})


def _rest(found: Open) -> str:
    """Say how many periods are open, where the title names the first alone."""
    rhythm, count = found.first.asked.rhythm, len(found.slots)
    if any(one.missing for one in found.slots):
        return _("in %(periods)s") % {"periods": periods_word(count, rhythm)}
    return _("also missing: %(periods)s") % {"periods": periods_word(count - 1, rhythm)}


def steps(slots: Sequence[Standing]) -> list[Action]:
    """Upload, with the kind set; and where a single period is open, one click that says there is nothing."""
    first = slots[0]
    found = [Action(_("Upload"), upload_url(first.asked.kind))]
    if lots := sum(one.missing for one in slots):
        found.append(Action(_("See %(lots)s") % {"lots": formatting.lots(lots)}, lots_path(slots)))
    if len(slots) > 1:
        found.append(Action(_("All periods"), reverse("requests")))
    elif not (first.count or first.missing):
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
        reason=_("Why, if you like: both sides read it"),
    )


def upload_url(kind: str) -> str:
    return f"{reverse('uploads')}?{urlencode({'send': kind})}"


def _asked_by(asked: AskedRequest) -> str:
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


def by_kind(owed: Sequence[Standing]) -> list[Item]:
    """What a customer lacks, a line a kind, however many suppliers."""
    found = [(kind, [one for one in owed if one.asked.kind == kind]) for kind in KINDS]
    return [_of_kind(kind, lacking) for kind, lacking in found if lacking]


def _of_kind(kind: str, owed: Sequence[Standing]) -> Item:
    asked = _requests(owed)
    url = f"{reverse('requests')}?{urlencode({'kind': kind, 'open': 1})}"
    if len(asked) == 1:
        actions = [Action(_("See request"), url)]
        if lots := sum(one.missing for one in owed):
            actions.append(Action(_("See %(lots)s") % {"lots": formatting.lots(lots)}, lots_path(owed)))
        return Item("none", sentences(owed), [], actions)
    told = ngettext(
        "%(kind)s: %(n)s supplier has not sent them",
        "%(kind)s: %(n)s suppliers have not sent them",
        len(asked),
    )
    title = told % {"kind": kind_word(kind), "n": len(asked)}
    return Item("none", title, [_names(asked)], [Action(_("See requests"), url)])


def complete(found: Overview, view: View, person: Person) -> Complete:
    """How far each kind of data has come against what is asked for."""
    until = formatting.day(found.rates.reported.data_until)
    return Complete(
        until=_("until %(day)s") % {"day": until} if found.rates.reported.data_until else "",
        rows=[_row(one, found.lots_without_inspection, view) for one in found.complete],
        nothing=_("Nobody is asked for data yet, so nobody can be late."),
        may_ask=person.may_define,
    )


def _row(one: Completeness, uninspected: int, view: View) -> CompleteRow:
    lots = uninspected if one.kind == "outgoing" else sum(standing.missing for standing in one.in_part)
    said = []
    if one.owing:
        said.append(Said(_("missing: %(names)s") % {"names": _names(_requests(one.owing), NAMED_IN_CARD)}))
    if lots:
        said.append(Said(_lots_word(one.kind, lots), _lots_url(one.kind, view)))
    if one.earlier:
        told = _("of earlier months: %(names)s") % {"names": _names(_requests(one.earlier), NAMED_IN_CARD)}
        said.append(Said(told))
    state = "watch" if said else "good"
    if not said and one.coming:
        state = "none"
        alone = len(one.coming) == 1
        said.append(Said(sentence(one.coming[0]), lots_path(one.coming)) if alone else Said(_due_word(one)))
    url = f"{reverse('requests')}?{urlencode({'kind': one.kind})}"
    return CompleteRow(kind_word(one.kind), url, one.have, one.asked, state, said or [Said(_all_word(one))])


def _lots_url(kind: str, view: View) -> str:
    """Return the list of the very lots that the card counts."""
    if kind == "outgoing":
        return view.of_figure(reverse("lots-uninspected"), base=None)
    return view.of_figure(reverse("lots-lacking"), base=None, part=None, kind=kind, state=PARTIAL)


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


def _names(requests: Sequence[Sequence[Standing]], most: int = NAMED) -> str:
    """Name who must send, each with its period, or how many they are."""
    names = [
        _("%(name)s (%(period)s)") % {"name": _who(slots[0].asked), "period": _which(slots)}
        for slots in requests[:most]
    ]
    more = len(requests) - most
    if more > 0:
        names.append(ngettext("%(n)s more", "%(n)s more", more) % {"n": more})
    return _(", ").join(names)


def _who(asked: AskedRequest) -> str:
    return _("ourselves") if asked.of_own_books else asked.sender_name


def _which(slots: Sequence[Standing]) -> str:
    alone = len(slots) == 1
    return period_word(slots[0]) if alone else periods_word(len(slots), slots[0].asked.rhythm)
