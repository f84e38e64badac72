"""Joint programmes: do we keep the pledges, how near, and who is at work on it?"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core import clock, formatting
from core.lead import Lead, joined
from improvement.models import Programme
from improvement.queries.programme import (
    KeyRow,
    ProgrammeFigures,
    programme_called,
    programme_figures,
    programmes_to_list,
)
from improvement.views import programme_book
from improvement.views.pledge_words import reading_of, title_of
from improvement.views.pledges import Card, card
from improvement.views.programme_lead import lead, tags
from improvement.views.programme_tables import MemberRow, ReadingTable, column_name, member_row, tables
from kpis.filters import View
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
    may_assign: bool  # owners of a task, on either side
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
        may_assign=request.person.may_define,
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
