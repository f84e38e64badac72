"""The first pages: a customer's overview, and who goes where."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import clock
from core.chips import Chip
from core.lead import Lead, joined
from core.line_chart import Trend
from improvement.views.pledged import Pledged, pledged, with_tag
from insight.queries.overview import Overview, Rates, overview
from insight.views import workbooks
from insight.views.asking import Complete, by_kind, complete, of_request, to_do_of
from insight.views.chips import chips
from insight.views.home import home
from insight.views.pareto import Pareto, pareto
from insight.views.plot import Plot, plot
from insight.views.sentences import below_sentence, rate_sentence, stock_sentence, work_sentence
from insight.views.trend import line_of, trend
from insight.views.work import Item, tasks_of, warnings_of, work_of_customer
from intake.queries import WaitingUploads, waiting_uploads
from kpis.definitions import REPORTED
from kpis.filters import View, read_view
from kpis.queries.readings import Reading
from kpis.views.figures import Figure, Headline, figure, headline, history
from suppliers.access import PersonRequest
from suppliers.queries.seats import CUSTOMER, side_of_session


@dataclass(frozen=True, slots=True)
class Page:
    """What `insight/overview.html` draws."""

    chips: Sequence[Chip]
    lead: Lead
    rate: Headline
    pledge: Pledged | None
    figures: Sequence[Figure]
    work: Sequence[Item]
    worklist_title: str
    no_work: str
    trend: Trend
    suppliers: Plot
    pareto: Pareto
    complete: Complete
    nothing_yet: bool  # a company on its first day: no figure is there, and no filter hides one


@require_GET
@login_required
def first_page(request: PersonRequest) -> HttpResponseBase:
    """The overview for a customer, home for a supplier."""
    return overview_page(request) if side_of_session(request) == CUSTOMER else home(request)


@require_GET
@login_required
def overview_page(request: PersonRequest) -> HttpResponseBase:
    """Is it going well, what must I do today, whom about?"""
    assert request.person is not None
    view, path = read_view(request), reverse("overview")
    found = overview(view.what)
    if workbooks.asked_for(request):
        return workbook_of(found, view, path, chips(view, path, of=request))
    waiting = waiting_uploads() if request.person.may_upload else WaitingUploads()
    person = request.person
    tasks = tasks_of(request)
    own = to_do_of(request) if person.may_upload else []
    lines = [of_request(one, by_name=False) for one in own]
    lines += by_kind(found.owed_today)
    signals = warnings_of(request, as_customer=True, suppliers=view.what["suppliers"])
    work = work_of_customer(
        found, waiting, tasks, view, may_open=person.may_define, signals=signals, data=lines
    )
    pledge = pledged(
        person.organisation_id,
        view,
        found.rates.pass_rate,
        found.ranked,
        running=clock.today_here() <= view.period.last,
    )
    page = Page(
        chips=chips(view, path, of=request),
        lead=lead(found, work),
        rate=with_tag(headline(found.rates.pass_rate, view, found.rates.months["pass_rate"]), pledge),
        pledge=pledge,
        figures=figures(found, view),
        work=work,
        worklist_title=_("Needs you today"),
        no_work=_("Nothing needs you today."),
        trend=trend_of(
            found.rates,
            view,
            path,
            as_table=request.GET.get("as") == "table",
            pledge=pledge.line if pledge and pledge.stage == REPORTED else None,
        ),
        suppliers=plot(found.ranked, view),
        pareto=pareto_of(found.rates),
        complete=complete(found, view, request.person),
        nothing_yet=not request.GET and is_bare(found),
    )
    context = {"page": page, "export_url": workbooks.address(view, path)}
    return render(request, "insight/overview.html", context)


def workbook_of(found: Overview, view: View, path: str, shown: Sequence[Chip]) -> HttpResponseBase:
    """The page's figures, months, ranking, nonconformities and what is missing."""
    return workbooks.download(
        _("Overview"),
        view,
        path,
        chips=shown,
        lead=lead(found, None),
        readings=[*workbooks.rate_readings(found.rates), found.turnover],
        sheets=[
            *workbooks.rate_sheets(found.rates, found.turnover, months=[found.turnover_months]),
            workbooks.ranking_sheet(found.ranked),
            workbooks.missing_sheet(found.complete),
        ],
    )


def is_bare(found: Overview) -> bool:
    """Say whether neither a month of the pass rate nor a turnover is known."""
    months = found.rates.months["pass_rate"]
    return found.turnover.value is None and all(month.value is None for month in months)


def lead(found: Overview, work: Sequence[Item] | None) -> Lead:
    """Say how it goes, whom about, and what there is to do; a workbook (`work` None) says nothing of today."""
    below = sum(one.standing == "below" for one in found.ranked)
    sentences: list[SafeString | str] = [
        rate_sentence(found.rates),
        stock_sentence(found.turnover),
        below_sentence(below),
        "" if work is None else work_sentence(len(work)),
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


def trend_of(
    rates: Rates,
    view: View,
    path: str,
    *,
    as_table: bool,
    target: float | None = None,
    pledge: tuple[float, str] | None = None,
) -> Trend:
    """Draw the reported rate by month, with the target of a supplier or the line of a pledge."""
    title = _("Pass rate, pieces, outgoing, by month")
    line = line_of(target) if target is not None else pledge
    return trend(rates.months["pass_rate"], view, path, title=title, as_table=as_table, line=line)


def pareto_of(rates: Rates) -> Pareto:
    defects = rates.defects
    return pareto(defects.now, defects.before, defects.names, inspected=defects.inspected)
