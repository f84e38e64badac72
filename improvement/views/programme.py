"""Joint programmes: do we keep the pledges, how near, and who is at work on it?"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core import clock, formatting
from core.lead import Lead, joined, strong
from improvement.models import Programme
from improvement.queries.programme import (
    KeyRow,
    Member,
    ProgrammeFigures,
    Standing,
    programme_called,
    programme_figures,
    programmes_to_list,
)
from improvement.views import programme_book
from improvement.views.pledges import Card, before_of, card, pieces_left, reading_of, title_of, word_of
from kpis.definitions import CORRECTED, READINGS, REPORTED, definition
from kpis.filters import View
from kpis.queries import wording
from kpis.queries.headlines import OF_QUALITY, OF_STOCK, Way, choice_in_words
from kpis.queries.readings import Reading
from kpis.views.figures import Change, change_of, figure, number_and_unit, standing_of
from suppliers.access import MemberRequest, PersonRequest
from suppliers.queries.seats import CUSTOMER, side_of_session


@dataclass(frozen=True, slots=True)
class ListRow:
    """A programme on the list."""

    name: str
    url: str
    customer: str
    baseline: str
    report: str
    pledges: Sequence[str]


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure in a table: what it was and what it is, each with the way to its rows."""

    value: str
    before: str = ""
    before_url: str = ""
    url: str = ""
    interval: str = ""
    reason: str = ""
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One reading of a headline: before, after, what was counted, and what the change consists of."""

    name: str
    pledged: bool
    preliminary: bool
    before: Cell
    after: Cell
    n: str
    change: Change | None
    volume: str
    stock: str
    passport_url: str
    definition: str
    definition_url: str


@dataclass(frozen=True, slots=True)
class ReadingTable:
    title: str
    note: str
    of_stock: bool
    rows: Sequence[ReadingRow]


@dataclass(frozen=True, slots=True)
class MemberRow:
    name: str
    code: str
    url: str
    since: str
    left: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Page:
    """What `improvement/programme.html` draws."""

    programme: Programme
    whole: bool
    tags: Sequence[str]
    lead: Lead
    promises: Sequence[str]
    cards: Sequence[Card]
    tables: Sequence[ReadingTable]
    member_columns: Sequence[str]
    members: Sequence[MemberRow]
    members_note: str
    key_tasks: Sequence[KeyRow]
    edit_url: str


@require_GET
@login_required
def programme_list(request: MemberRequest) -> HttpResponse:
    """The programmes of this side: one's own as a customer, those one is a member of as a supplier."""
    found = of_side(request)
    as_customer = side_of_session(request) == CUSTOMER
    rows = [list_row(one, request) for one in found]
    context = {
        "rows": rows,
        "as_customer": as_customer,
        "new_url": reverse("programme-new") if as_customer and request.person.may_define else "",
        "lead": list_lead(len(rows), as_customer=as_customer),
    }
    return render(request, "improvement/programmes.html", context)


def of_side(request: PersonRequest) -> list[Programme]:
    """Return the programmes in view from the side on which somebody looks."""
    assert request.person is not None
    own, found = request.person.organisation_id, programmes_to_list()
    here = found.filter if side_of_session(request) == CUSTOMER else found.exclude
    return list(here(customer=own))


def list_row(one: Programme, request: MemberRequest) -> ListRow:
    return ListRow(
        name=one.shown_name,
        url=address_of(one, request),
        customer=one.customer.shown_name,
        baseline=formatting.month_range(one.baseline_from, one.baseline_to),
        report=formatting.month_range(one.report_from, one.report_to),
        pledges=[title_of(pledge) for pledge in one.pledges.all()],
    )


def address_of(one: Programme, request: MemberRequest) -> str:
    """Return the address of a programme; a supplier's names the customer, who alone makes a slug unique."""
    path = reverse("programme", args=[one.slug])
    ours = one.customer_id == request.person.organisation_id
    return path if ours else f"{path}?customer={one.customer.code}"


def list_lead(count: int, *, as_customer: bool) -> Lead:
    if not count:
        told = _("No programme yet.") if as_customer else _("You are a member of no programme.")
        return Lead(joined(told))
    told = ngettext("%(n)s programme.", "%(n)s programmes.", count) % {"n": count}
    return Lead(joined(told))


@require_GET
@login_required
def programme_page(request: MemberRequest, slug: str) -> HttpResponseBase:
    """One programme: the whole for its customer, its own part for a member. Else it is not there."""
    programme = asked_for(request, slug)
    today = clock.today(programme.customer.zone)
    found = programme_figures(programme, person=request.person, today=today)
    view = view_of(found)
    running = today <= programme.report_to
    address = address_of(programme, request)
    if request.GET.get("as") == "xlsx":
        return programme_book.download(
            found, tags=tags(found), lead=lead(found, running=running), address=address, day=today
        )
    may_edit = found.whole and request.person.may_define
    page = Page(
        programme=programme,
        whole=found.whole,
        tags=tags(found),
        lead=lead(found, running=running),
        promises=[
            f"{title_of(pledge)} · {reading_of(way, ours=found.whole)}"
            for way, pledge in found.pledges.items()
        ],
        cards=[
            card(place, one, found, view, running=running)
            for place, one in enumerate(found.standings, start=1)
        ],
        tables=tables(found, view),
        member_columns=[column_name(way) for way in found.member_ways],
        members=[member_row(one, found, view) for one in found.members],
        members_note=_("Pledges count the suppliers that are members on %(day)s, in both periods.")
        % {"day": formatting.day(programme.report_to)},
        key_tasks=found.key_tasks,
        edit_url=reverse("programme-edit", args=[programme.slug]) if may_edit else "",
    )
    export_url = f"{address}{'&' if '?' in address else '?'}as=xlsx"
    return render(request, "improvement/programme.html", {"page": page, "export_url": export_url})


def asked_for(request: MemberRequest, slug: str) -> Programme:
    """Return the programme that an address names, as the side that looks would find it on its list."""
    own = request.person.organisation
    as_customer = side_of_session(request) == CUSTOMER
    customer = own.code if as_customer else request.GET.get("customer")
    found = programme_called(slug, customer=customer)
    if found is None or (found.customer_id == own.pk) != as_customer:
        raise Http404
    return found


def view_of(found: ProgrammeFigures) -> View:
    """Return the programme's question as the view of a page, which makes the addresses of its figures."""
    what = dict(found.what)
    suppliers = what["suppliers"]
    held = ({"supplier": suppliers} if suppliers else {}) if found.whole else {"customer": [what["customer"]]}
    return View(**what, stage=None, is_usual=False, given={}, held=held)


def tags(found: ProgrammeFigures) -> list[str]:
    programme = found.programme
    told = [
        _("baseline %(months)s")
        % {"months": formatting.month_range(programme.baseline_from, programme.baseline_to)},
        _("report period %(months)s")
        % {"months": formatting.month_range(programme.report_from, programme.report_to)},
    ]
    if found.whole:
        counting = sum(one.counting for one in found.members)
        told.append(_("%(n)s of %(all)s suppliers") % {"n": counting, "all": found.suppliers_of_customer})
    return told


def lead(found: ProgrammeFigures, *, running: bool) -> Lead:
    """Say where each pledge stands, and which key tasks are late."""
    late = sum(one.days_overdue > 0 for one in found.key_tasks)
    if not found.whole:
        return Lead(joined(own_sentence(found), late_sentence(late)), "watch" if late else "")
    if not found.standings:
        return Lead(joined(_("Nothing is pledged yet."), late_sentence(late)))
    told = [standing_sentence(one, found, running=running) for one in found.standings]
    words = {one.word for one in found.standings}
    tone = "bad" if "not_met" in words else "good" if words == {"met"} else "watch"
    return Lead(joined(*told, late_sentence(late)), tone)


def standing_sentence(one: Standing, found: ProgrammeFigures, *, running: bool) -> SafeString:
    kpi = str(definition(one.pledge.kpi).title)
    word = format_html("<b>{}</b>", word_of(one, running=running))
    if one.stock is not None and one.reading.change is not None:
        left = one.stock.left
        room = _("room for {amount} more stock") if left >= 0 else _("{amount} too much stock")
        return format_html(
            _("{kpi}: {word}, {change} against the baseline, {room}."),
            kpi=kpi,
            word=word,
            change=strong(change_amount(one.reading)),
            room=format_html(room, amount=strong(formatting.money(abs(left), places=1))),
        )
    told = format_html(_("{kpi}: {word}"), kpi=kpi, word=word)
    if one.reading.value is not None:
        stage = str(READINGS[one.way.stage]) if one.way.stage else ""
        told = format_html(
            _("{told}, {stage} {rate}"), told=told, stage=stage, rate=strong(wording.written(one.reading))
        )
    if one.counts is not None:
        told = format_html(_("{told}, {room}"), told=told, room=strong(pieces_left(one)))
    return format_html(_("{told}{beside}."), told=told, beside=corrected_clause(one, found))


def corrected_clause(one: Standing, found: ProgrammeFigures) -> SafeString | str:
    """Say beside a pledged reported rate what the corrected one is, and where that stands."""
    corrected = found.readings.get(Way(one.pledge.kpi, CORRECTED))
    if one.way.stage == CORRECTED or corrected is None or corrected.value is None or one.pledge.by_change:
        return ""
    where = standing_of(corrected, float(one.pledge.target))
    words = {"good": _("met"), "bad": _("not met"), "none": _("not yet decidable")}
    return format_html(
        _("; corrected {rate}, {word}"),
        rate=strong(wording.written(corrected)),
        word=words[where.state] if where else "",
    )


def own_sentence(found: ProgrammeFigures) -> SafeString | str:
    """Say what a member itself reports, against the baseline."""
    one = found.readings[Way("pass_rate", REPORTED)]
    if one.value is None:
        return one.reason_text + _(".")
    amount, word = wording.written_change(one.change, one)
    told = _("We report {rate} of pieces conforming.")
    if not amount:
        return format_html(told, rate=strong(wording.written(one)))
    told = _("We report {rate} of pieces conforming, {change} against the baseline: {word}.")
    return format_html(told, rate=strong(wording.written(one)), change=strong(amount), word=word)


def late_sentence(late: int) -> str:
    if not late:
        return ""
    return ngettext("%(n)s key task is overdue.", "%(n)s key tasks are overdue.", late) % {"n": late}


def change_amount(one: Reading) -> str:
    return wording.written_change(one.change, one)[0]


def tables(found: ProgrammeFigures, view: View) -> list[ReadingTable]:
    """Every reading of both headlines, before and after, the pledged one marked."""
    ways = list(found.readings)
    quality = [way for way in ways if definition(way.kpi).unit == "share"]
    stock = [way for way in ways if way not in quality]
    order = {way: place for place, way in enumerate((*OF_QUALITY, *OF_STOCK))}
    return [
        ReadingTable(
            title=_("Quality in every reading"),
            note=_("reported and incoming are never pooled; pieces and lots are different claims"),
            of_stock=False,
            rows=[
                reading_row(way, found, view) for way in sorted(quality, key=lambda way: order.get(way, 99))
            ],
        ),
        ReadingTable(
            title=_("Stock in every reading"),
            note=_("the change splits exactly into volume (issues) and stock, by the logarithmic mean"),
            of_stock=True,
            rows=[reading_row(way, found, view) for way in sorted(stock, key=lambda way: order.get(way, 99))],
        ),
    ]


def reading_row(way: Way, found: ProgrammeFigures, view: View) -> ReadingRow:
    one = found.readings[way]
    kpi = definition(one.definition, one.version)
    was = one.change.reading if one.change else None
    return ReadingRow(
        name=str(way),
        pledged=way in found.pledges,
        preliminary=one.preliminary,
        before=plain_cell(was),
        after=plain_cell(one),
        n=wording.written_n(one) if one.n else "",
        change=change_of(one),
        volume=effect(one, "volume"),
        stock=effect(one, "stock"),
        passport_url=figure(one, view).passport_url,
        definition=f"{one.definition} v{one.version}",
        definition_url=reverse("definition", args=[kpi.name, kpi.version]),
    )


def effect(one: Reading, of: str) -> str:
    amount = one.details.get(of)
    return "" if amount is None else formatting.decimal(amount, 2, signed=True)


def plain_cell(one: Reading | None) -> Cell:
    if one is None or one.value is None:
        return Cell("", reason=one.reason_text if one else "")
    value, unit = number_and_unit(one)
    interval = wording.written_interval(one) if one.low is not None else ""
    return Cell(value + (unit if unit == "%" else ""), url=one.rows_path, interval=interval)


def column_name(way: Way) -> str:
    words = (
        [str(READINGS[way.stage])]
        if way.stage
        else [choice_in_words(value) for value in way.options.values()]
    )
    return _("%(kpi)s (%(reading)s)") % {
        "kpi": definition(way.kpi).title,
        "reading": _(", ").join(words),
    }


def member_row(one: Member, found: ProgrammeFigures, view: View) -> MemberRow:
    left = one.member.left_on
    return MemberRow(
        name=one.name,
        code=one.code,
        url=view.of_figure(reverse("supplier", args=[one.code]), supplier=None),
        since=formatting.day(one.member.joined_on),
        left=_("left %(day)s") % {"day": formatting.day(left)} if left else "",
        cells=[member_cell(one.readings.get(way)) for way in found.member_ways],
    )


def member_cell(one: Reading | None) -> Cell:
    """A member's figure, before and after."""
    if one is None:
        return Cell("")
    shown = plain_cell(one)
    return Cell(
        shown.value,
        **before_of(one),
        url=shown.url,
        interval=shown.interval,
        reason=shown.reason,
        change=change_of(one),
    )
