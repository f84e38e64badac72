"""The first pages: a customer's overview, and who goes where."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import clock, formatting
from core.chips import Chip
from core.lead import Lead, joined
from improvement.queries import tasks_needing
from insight.queries.complete import Arrival
from insight.queries.overview import Overview, Rates, overview
from insight.views.chips import chips
from insight.views.home import home
from insight.views.pareto import Pareto, pareto
from insight.views.plot import Plot, plot
from insight.views.sentences import below_sentence, rate_sentence, stock_sentence, work_sentence
from insight.views.trend import Trend, trend
from insight.views.work import Item, kind_word, named, work_of_customer
from intake.queries import waiting_uploads
from kpis.filters import View, read_view
from kpis.queries.readings import Reading
from kpis.views.figures import Figure, Headline, figure, headline, history
from suppliers.access import PersonRequest
from suppliers.queries.seats import CUSTOMER, side_of_session, suppliers_looked_after_by


@dataclass(frozen=True, slots=True)
class CompleteRow:
    name: str
    have: int
    of: int
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Complete:
    until: str
    rows: Sequence[CompleteRow]


@dataclass(frozen=True, slots=True)
class Page:
    """What `insight/overview.html` draws."""

    chips: Sequence[Chip]
    lead: Lead
    rate: Headline
    figures: Sequence[Figure]
    work: Sequence[Item]
    worklist_title: str
    no_work: str
    trend: Trend
    suppliers: Plot
    pareto: Pareto
    complete: Complete


@require_GET
@login_required
def first_page(request: PersonRequest) -> HttpResponse:
    """The overview for a customer, home for a supplier."""
    return overview_page(request) if side_of_session(request) == CUSTOMER else home(request)


@require_GET
@login_required
def overview_page(request: PersonRequest) -> HttpResponse:
    """Is it going well, what must I do today, whom about?"""
    assert request.person is not None
    view, path = read_view(request), reverse("overview")
    found = overview(view.what)
    waiting = waiting_uploads() if request.person.may_upload else []
    person = request.person
    tasks = tasks_needing(person, clock.today(person.organisation.zone))
    work = work_of_customer(found, waiting, tasks, view, may_open=person.may_define)
    everybody = len({one.supplier for one in found.selection.relations})
    page = Page(
        chips=chips(
            view, path, suppliers=everybody, looked_after=len(suppliers_looked_after_by(request.person))
        ),
        lead=lead(found, work),
        rate=headline(found.rates.pass_rate, view, found.rates.months["pass_rate"]),
        figures=figures(found, view),
        work=work,
        worklist_title=_("Needs you today"),
        no_work=_("Nothing needs you today."),
        trend=trend_of(found.rates, view, path, as_table=request.GET.get("as") == "table"),
        suppliers=plot(found.ranked, view),
        pareto=pareto_of(found.rates),
        complete=complete(found.arrivals, found.rates.reported),
    )
    return render(request, "insight/overview.html", {"page": page})


def lead(found: Overview, work: Sequence[Item]) -> Lead:
    below = sum(one.standing == "below" for one in found.ranked)
    sentences: list[SafeString | str] = [
        rate_sentence(found.rates),
        stock_sentence(found.turnover),
        below_sentence(below),
        work_sentence(len(work)),
    ]
    return Lead(joined(*sentences))


def figures(found: Overview, view: View) -> list[Figure]:
    """Lots accepted first time, PPM of delivered, turnover."""
    rates = found.rates
    return [*rate_figures(rates, view), stock_figure(found.turnover, found.turnover_months, view)]


def rate_figures(rates: Rates, view: View) -> list[Figure]:
    """The two figures that stand beside the pass rate."""
    beside = {"lot_acceptance_rate": rates.accepted, "ppm_delivered": rates.delivered}
    return [
        figure(one, view, spark=history(rates.months[name], view, band=name != "ppm_delivered"))
        for name, one in beside.items()
    ]


def stock_figure(one: Reading, months: Sequence[Reading], view: View) -> Figure:
    return figure(one, view, spark=history(months, view, band=False))


def trend_of(rates: Rates, view: View, path: str, *, as_table: bool, target: float | None = None) -> Trend:
    title = _("Pass rate, pieces, outgoing, by month")
    return trend(rates.months["pass_rate"], view, path, title=title, as_table=as_table, target=target)


def pareto_of(rates: Rates) -> Pareto:
    defects = rates.defects
    return pareto(defects.now, defects.before, defects.names, inspected=defects.inspected)


def complete(arrivals: Sequence[Arrival], reported: Reading) -> Complete:
    """How far each kind of data reaches, of those who ever sent it."""
    rows = [
        CompleteRow(
            name=kind_word(one.kind),
            have=len(one.here),
            of=len(one.here) + len(one.missing),
            state="watch" if one.missing else "good",
            text=_("missing: %(names)s") % {"names": named(one.missing)}
            if one.missing
            else _("all received"),
        )
        for one in arrivals
    ]
    until = formatting.day(reported.data_until)
    return Complete(_("until %(day)s") % {"day": until} if reported.data_until else "", rows)
