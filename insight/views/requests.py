"""Data requests: what is asked for, where each period stands, and what oneself has to send."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from core import clock, formatting, workbook
from core.lead import Lead, joined, strong
from core.lists import made_at
from core.workbook import COUNT, DAY, Heading, Kind
from insight.forms.requests import AskForm, ChangeForm, EndForm
from insight.views import workbooks
from insight.views.asking import Open, of_answer, of_request, to_send_of
from insight.views.work import Item, with_one_primary
from kpis.queries.asking_words import (
    MARKS,
    due_word,
    grace_word,
    kind_word,
    period_word,
    rhythm_word,
    state_word,
)
from kpis.queries.missing_of_requests import lots_path
from kpis.queries.requests import DUE, LATE, LOOK_BACK, NOTHING, Standing, standings, waiting
from suppliers.access import MemberRequest
from suppliers.queries.asking import KINDS, AskedRequest, requests_asked
from suppliers.queries.partners import partners
from suppliers.queries.seats import CUSTOMER, side_of_session
from suppliers.queries.selection import select

REASONS_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Slot:
    """One period in the strip of a request."""

    mark: str
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One request."""

    id: int
    partner: str
    kind: str
    rhythm: str
    due: str
    grace: str
    since: str
    slots: Sequence[Slot]
    summary: str
    reasons: Sequence[str]  # why there was nothing to send, as it was said, the latest first
    lots: str  # how many lots are missing, where the kind comes by lot
    lots_url: str
    state: str
    mark: str
    may_change: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Page:
    """What `insight/requests.html` draws."""

    lead: Lead
    work: Sequence[Item]
    settled: Sequence[Item]
    no_work: str
    rows: Sequence[Row]
    partner_title: str
    by_kind: str  # the kind that the address names, in words
    may_ask: bool
    forms: dict[str, Form] = field(default_factory=dict)


@require_GET
@login_required
def requests_page(request: MemberRequest) -> HttpResponseBase:
    """What is asked for, what is behind, what must I send?"""
    if workbooks.asked_for(request):
        return workbook.download(_workbook(request), day=clock.today_here())
    return shown(request)


def _workbook(request: MemberRequest) -> workbook.Workbook:
    """Return every period of the requests that the page shows, one a row."""
    as_customer = side_of_session(request) == CUSTOMER
    found = standings(_asked(request, as_customer=as_customer), now=clock.now())
    wide = Kind(str, width=26)
    headings = [
        Heading(_("Supplier") if as_customer else _("Customer"), wide),
        Heading(pgettext("of data", "Kind"), wide),
        Heading(_("Rhythm")),
        Heading(_("Period")),
        Heading(pgettext("data request", "Due"), DAY),
        Heading(_("Grace")),
        Heading(pgettext("data request", "State")),
        Heading(_("Lots missing"), COUNT),
        Heading(_("Last day known"), DAY),
        Heading(_("Reason"), wide),
    ]
    rows = (
        [
            one.asked.supplier_shown if as_customer else one.asked.customer_shown, kind_word(one.asked.kind),
            rhythm_word(one.asked.rhythm), period_word(one), one.slot.due, grace_word(one.asked.grace_days),
            state_word(one.state), one.missing or None, one.last_day, one.answer.reason if one.answer else "",
        ]
        for one in found
    )  # fmt: skip
    title = _("Data requests")
    about = made_at(request.path)
    return workbook.Workbook(title, about, [workbook.Sheet(title, headings, rows)])


def shown(request: MemberRequest, *, chosen: Sequence[int] = (), **forms: Form) -> HttpResponse:
    """Draw the page, with forms that were filled in wrongly as they were filled in."""
    person = request.person
    as_customer = side_of_session(request) == CUSTOMER
    query = request.GET
    found = standings(_asked(request, as_customer=as_customer), now=clock.now())
    own = to_send_of(request) if person.may_upload else []
    rows = [
        _row(list(slots), as_customer=as_customer, chosen=chosen)
        for _id, slots in groupby(found, key=lambda one: one.asked.id)
    ]
    if query.get("open"):
        rows = [row for row in rows if row.mark in {"bad", "watch"}]
    several = len({one.asked.customer for one in own}) > 1
    may_ask = as_customer and person.may_define
    page = Page(
        lead=_lead(found, own, as_customer=as_customer),
        work=with_one_primary([of_request(Open([one], None), by_name=several) for one in waiting(own)]),
        settled=[of_answer(one) for one in own if one.state == NOTHING],
        no_work=_("Nothing waits to be sent."),
        rows=rows,
        partner_title=_("Supplier") if as_customer else _("Customer"),
        by_kind=kind_word(query["kind"]) if query.get("kind") in KINDS else "",
        may_ask=may_ask,
        forms=_forms(request, found) | forms if may_ask else {},
    )
    return render(request, "insight/requests.html", {"page": page})


def _asked(request: MemberRequest, *, as_customer: bool) -> list[AskedRequest]:
    """Return the requests that the address names, of this side of one's partnerships."""
    query, mine = request.GET, request.person.organisation_id
    side = "partnership__customer" if as_customer else "partnership__supplier"
    narrowed: dict[str, Any] = {side: mine}
    if query.get("supplier"):
        narrowed["partnership__supplier__code__in"] = query.getlist("supplier")
    if query.get("kind") in KINDS:
        narrowed["kind"] = query["kind"]
    return requests_asked(**narrowed)


def _row(slots: list[Standing], *, as_customer: bool, chosen: Sequence[int]) -> Row:
    asked = slots[0].asked
    slots = slots[-LOOK_BACK:]
    now = next((one for one in reversed(slots) if one.state != "not_due"), slots[-1])
    worst = min((one.state for one in slots), key=_how_pressing)
    partner = asked.supplier_shown if as_customer else asked.customer_shown
    return Row(
        id=asked.id,
        partner=_("ourselves") if asked.of_own_books else partner,
        kind=kind_word(asked.kind),
        rhythm=rhythm_word(asked.rhythm),
        due=due_word(asked),
        grace=grace_word(asked.grace_days),
        since=_validity(asked, now.today),
        slots=[Slot(MARKS[one.state], state_word(one.state), _slot_text(one)) for one in slots],
        summary=_summary(slots),
        reasons=_reasons(slots),
        lots=_lots_word(slots),
        lots_url=lots_path(slots),
        state=state_word(worst),
        mark=MARKS[worst],
        may_change=asked.valid_until is None or asked.valid_until >= now.today,
        chosen=asked.id in chosen,
    )


def _how_pressing(state: str) -> int:
    order = (LATE, "partial", DUE, "in", NOTHING, "not_due")
    return order.index(state)


def _slot_text(one: Standing) -> str:
    words = {"period": period_word(one), "state": state_word(one.state)}
    if one.missing:
        told = ngettext(
            "%(period)s: %(state)s, %(n)s lot missing",
            "%(period)s: %(state)s, %(n)s lots missing",
            one.missing,
        )
        return told % (words | {"n": formatting.decimal(one.missing)})
    return _("%(period)s: %(state)s") % words


def _summary(slots: Sequence[Standing]) -> str:
    """Say how many of the periods that were due have come, and which is the next."""
    due = [one for one in slots if one.slot.due <= one.today or one.state != "not_due"]
    settled = [one for one in due if not one.is_outstanding]
    told = _("%(have)s of %(due)s periods") % {"have": len(settled), "due": len(due)}
    coming = [one.slot.due for one in slots if one.state in ("not_due", DUE) and one.slot.due >= one.today]
    if not coming or slots[0].asked.rhythm == "per_lot":
        return told
    next_day = formatting.day(min(coming), slots[0].today)
    return _("%(told)s; next %(day)s") % {"told": told, "day": next_day}


def _reasons(slots: Sequence[Standing]) -> list[str]:
    said = [one for one in reversed(slots) if one.state == NOTHING and one.answer and one.answer.reason]
    return [
        _("%(period)s, nothing to send: %(reason)s")
        % {"period": period_word(one), "reason": one.answer.reason}
        for one in said[:REASONS_SHOWN]
        if one.answer
    ]


def _lots_word(slots: Sequence[Standing]) -> str:
    missing = sum(one.missing for one in slots)
    told = ngettext("%(n)s lot missing", "%(n)s lots missing", missing)
    return told % {"n": formatting.decimal(missing)} if missing else ""


def _validity(asked: AskedRequest, today: date) -> str:
    first = formatting.day(asked.valid_from)
    if asked.valid_until is None:
        return _("from %(day)s") % {"day": first}
    return formatting.day_range(asked.valid_from, asked.valid_until)


def _lead(found: Sequence[Standing], own: Sequence[Standing], *, as_customer: bool) -> Lead:
    if not found:
        return Lead(format_html("{}", _("Nothing is asked for yet.")))
    return _customer_lead(found) if as_customer else _supplier_lead(own)


def _customer_lead(found: Sequence[Standing]) -> Lead:
    """Say how many suppliers have sent all that was due, and who is late with what was last due."""
    theirs = [one for one in found if not one.asked.of_own_books]
    suppliers = {one.asked.supplier for one in theirs}
    late = dict.fromkeys(one.asked.supplier_shown for one in theirs if one.state == LATE)
    in_part = {one.asked.supplier for one in theirs if one.state == "partial"}
    if not late and not in_part:
        told = ngettext(
            "{n} supplier has sent all that was due.",
            "{n} suppliers have sent all that was due.",
            len(suppliers),
        )
        return Lead(format_html(told, n=strong(str(len(suppliers)))), "good")
    told = ngettext(
        "{late} of {n} supplier is late with something.",
        "{late} of {n} suppliers are late with something.",
        len(suppliers),
    )
    sentence = format_html(told, late=strong(str(len(late))), n=strong(str(len(suppliers))))
    lacking = ngettext(
        "{n} supplier has lots without a record.", "{n} suppliers have lots without a record.", len(in_part)
    )
    more = format_html(lacking, n=strong(str(len(in_part)))) if in_part else ""
    return Lead(joined(sentence, more), "watch")


def _supplier_lead(own: Sequence[Standing]) -> Lead:
    open_ones = waiting(own)
    if not open_ones:
        coming = [one for one in own if one.state == "not_due" and one.slot.due >= one.today]
        if not coming:
            return Lead(format_html("{}", _("All that was asked for has come.")), "good")
        first = min(coming, key=lambda one: one.slot.due)
        told = _("All that was due has come. Next: {kind}, by {day}.")
        day = formatting.day(first.slot.due, first.today)
        return Lead(format_html(told, kind=kind_word(first.asked.kind), day=strong(day)), "good")
    late = sum(one.state == LATE for one in open_ones)
    told = ngettext("{n} period is open", "{n} periods are open", len(open_ones))
    sentence = format_html(told, n=strong(str(len(open_ones))))
    if not late:
        return Lead(format_html(_("{open}, none late."), open=sentence), "watch")
    return Lead(format_html(_("{open}, {late} of them late."), open=sentence, late=strong(str(late))), "bad")


def _forms(request: MemberRequest, found: Sequence[Standing]) -> dict[str, Form]:
    today = clock.today(request.person.organisation.zone)
    changeable = list({one.asked.id for one in found})
    return {
        "ask": AskForm(
            partnerships=partnerships_to_ask(request), initial={"valid_from": today.replace(day=1)}
        ),
        "change": ChangeForm(
            requests=changeable, initial={"from_day": today.replace(day=1)}, auto_id="change_%s"
        ),
        "end": EndForm(requests=changeable, initial={"last_day": today}, auto_id="end_%s"),
    }


def partnerships_to_ask(request: MemberRequest) -> list[tuple[int, str]]:
    """Return the partnerships that this customer may ask, its own books last, by name."""
    chosen = select(customer=request.person.organisation.code)
    found = partners([*chosen.partnerships, *chosen.own_books])
    theirs = [one for one in found if one.customer_id != one.supplier_id]
    theirs.sort(key=lambda one: one.supplier_code)
    choices = [(one.partnership_id, f"{one.supplier_code} {one.supplier_shown}") for one in theirs]
    books = [(one.partnership_id, _("ourselves, over all suppliers")) for one in found if one not in theirs]
    return choices + books
