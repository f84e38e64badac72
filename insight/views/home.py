"""A supplier's home: what waits for it, its own figures, whether both sides find the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core import clock, formatting
from core.chips import Chip
from core.lead import Lead, joined, strong
from insight.queries.overview import Rates, rates, selection_of
from insight.views import workbooks
from insight.views.asking import Open, answered_today, of_answer, of_request, to_do_of
from insight.views.chips import chips
from insight.views.sentences import rate_sentence
from insight.views.work import Item, of_task, of_uploads, tasks_of, warnings_of, with_one_primary
from intake.queries import WaitingUploads, waiting_uploads
from kpis.definitions import CORRECTED, INCOMING
from kpis.filters import View, read_view
from kpis.queries import wording
from kpis.queries.asking_words import kind_word
from kpis.queries.evaluate import evaluate
from kpis.queries.readings import Reading
from kpis.queries.requests import DUE, LATE
from kpis.views.figures import Figure, figure, history, rows_label, standing_of
from quality.formulas.proportion import wilson_interval
from quality.queries.agreement import Agreement, agreement
from suppliers.access import PersonRequest
from suppliers.queries.seats import customer_names
from suppliers.queries.selection import Selection


@dataclass(frozen=True, slots=True)
class Pairs:
    """Whether supplier and customer find the same, in words."""

    text: str
    note: str = ""
    url: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What `insight/home.html` draws."""

    today: str
    lead: Lead
    work: Sequence[Item]
    settled: Sequence[Item]  # said a moment ago, and may be taken back
    worklist_title: str
    no_work: str
    may_upload: bool
    limits: dict[str, Any]
    whose: str
    chips: Sequence[Chip]
    figures: Sequence[Figure]
    pairs: Pairs
    seen_by: SafeString


@require_GET
@login_required
def home(request: PersonRequest) -> HttpResponseBase:
    """What must I do, how do we stand, who sees it?"""
    person = request.person
    assert person is not None
    view = read_view(request)
    selection = selection_of(view.what)
    customers = customer_names(selection.partnerships)
    found = rates(view.what)
    if workbooks.asked_for(request):
        return workbooks.download(
            _("My figures"),
            view,
            "/",
            chips=chips(view, "/"),
            lead=lead(found, WaitingUploads(), []),
            readings=workbooks.rate_readings(found),
            sheets=workbooks.rate_sheets(found),
        )
    waiting = waiting_uploads() if person.may_upload else WaitingUploads()
    tasks = tasks_of(request)
    asked = to_do_of(request) if person.may_upload else []
    several = len(customers) > 1
    work = warnings_of(request, as_customer=False)
    work += of_uploads(waiting)
    work += [of_task(task) for task in tasks]
    work += [of_request(one, by_name=several) for one in asked]
    page = Page(
        today=today_in_words(person.user.zone),
        lead=lead(found, waiting, asked),
        work=with_one_primary(work),
        settled=[of_answer(one) for one in answered_today(request)] if person.may_upload else [],
        worklist_title=_("Needs you"),
        no_work=_("Nothing needs you today."),
        may_upload=person.may_upload,
        limits={"bytes": settings.UPLOAD_MAX_BYTES},
        whose=whose(customers),
        chips=chips(view, "/"),
        figures=figures(found, view, selection),
        pairs=pairs(agreement(selection, view.period), view),
        seen_by=seen_by(customers),
    )
    context = {"page": page, "export_url": workbooks.address(view, "/")}
    return render(request, "insight/home.html", context)


def today_in_words(zone: str) -> str:
    day = clock.today(zone)
    return date_format(day, "n 月 j 日 l" if formatting.is_chinese() else "l j F")


def lead(found: Rates, waiting: WaitingUploads, asked: Sequence[Open]) -> Lead:
    """Say first what waits, then how we stand."""
    late = [found for found in asked if any(one.state == LATE for one in found.slots)]
    bad = [mend_sentence(waiting), late_sentence(late)]
    watch = [answer_sentence(waiting), due_sentence(asked)]
    said = [bad[0], watch[0], bad[1], watch[1]]
    tone = "bad" if any(bad) else "watch" if any(watch) else ""
    return Lead(joined(*said, rate_sentence(found, ours=True)), tone)


def mend_sentence(waiting: WaitingUploads) -> SafeString | str:
    if not waiting.mending:
        return ""
    told = ngettext("{n} file has {rows} to mend.", "{n} files have {rows} to mend.", waiting.mending)
    counted = ngettext("%(n)s row", "%(n)s rows", waiting.rows) % {"n": formatting.decimal(waiting.rows)}
    return format_html(told, n=strong(str(waiting.mending)), rows=strong(counted))


def answer_sentence(waiting: WaitingUploads) -> SafeString | str:
    """Say how many files wait for a word of the reader's, beside those with rows to mend."""
    if not waiting.asking:
        return ""
    told = ngettext("{n} file waits for your answer.", "{n} files wait for your answer.", waiting.asking)
    return format_html(told, n=strong(str(waiting.asking)))


def late_sentence(late: Sequence[Open]) -> SafeString | str:
    """Say what the customer asked for and did not get in time."""
    if not late:
        return ""
    kinds = dict.fromkeys(kind_word(found.first.asked.kind) for found in late)
    return format_html(_("Overdue: {kinds}."), kinds=strong(_(", ").join(kinds)))


def due_sentence(asked: Sequence[Open]) -> SafeString | str:
    """Say what is to be sent next, and by when."""
    due = [one for found in asked for one in found.slots if one.state == DUE and not one.missing]
    if not due:
        return ""
    first = min(due, key=lambda one: (one.slot.due, one.asked.id))
    words = {"kind": kind_word(first.asked.kind), "day": formatting.day(first.slot.due, first.today)}
    return format_html(_("Next to send: {kind}, by {day}."), kind=words["kind"], day=strong(words["day"]))


def whose(customers: Sequence[str]) -> str:
    names = _(", ").join(customers)
    return _("By the definitions shared with %(customers)s; both sides see the same figure") % {
        "customers": names
    }


def figures(found: Rates, view: View, selection: Selection) -> list[Figure]:
    """The figures of a supplier, each with how it is counted; the customer's findings beside its own."""
    targets = {one.target_pass_rate for one in selection.relations}
    target = float(next(iter(targets)) or 0) or None if len(targets) == 1 else None
    reported = figure(
        found.reported,
        view,
        name=_("Pass rate, pieces · reported by us"),
        spark=spark(found, view, "pass_rate"),
        how=joined(*how_reported(found)),
    )
    accepted = figure(
        found.accepted,
        view,
        spark=spark(found, view, "lot_acceptance_rate"),
        how=joined(*how_accepted(found.accepted)),
    )
    delivered = figure(
        found.delivered,
        view,
        spark=spark(found, view, "ppm_delivered"),
        how=joined(*how_delivered(found.delivered)),
    )
    (turnover,) = evaluate("turnover", **view.what, prices="constant")
    last = figure(found.on_time, view, how=_("Lines received by the promised date over lines with one."))
    if turnover.value is not None:
        last = figure(turnover, view, how=_("Cost of issues over average stock, a year, at the customer."))
    return [replace(reported, standing=standing_of(found.reported, target)), accepted, delivered, last]


def how_reported(found: Rates) -> Iterator[SafeString | str]:
    """Say what the customer found, what becomes of the rate, and of which counts it is."""
    incoming, corrected, one = found.at(INCOMING), found.at(CORRECTED), found.reported
    if incoming.value is not None:
        told = _("The customer's incoming inspection: {rate} ({n}).")
        yield format_html(told, rate=strong(wording.written(incoming)), n=formatting.pieces(incoming.n))
    if corrected.value is not None:
        yield _("Corrected: %(rate)s.") % {"rate": wording.written(corrected)}
    if one.value is not None and one.numerator is not None and one.n is not None:
        yield _("Inspected %(n)s = conforming %(x)s + nonconforming %(bad)s.") % {
            "n": formatting.decimal(one.n),
            "x": formatting.decimal(one.numerator),
            "bad": formatting.decimal(one.n - int(one.numerator)),
        }


def how_accepted(one: Reading) -> Iterator[str]:
    yield _("Lots accepted at first submission over lots judged; a concession is not an acceptance.")
    if one.value is not None and one.numerator is not None and one.n is not None:
        rejected = one.n - int(one.numerator)
        yield ngettext("%(n)s was rejected.", "%(n)s were rejected.", rejected) % {
            "n": formatting.lots(rejected)
        }


def how_delivered(one: Reading) -> Iterator[str]:
    if one.value is not None:
        yield _("Returns from line and field %(returned)s + sorted out %(sorted)s pieces.") % {
            "returned": formatting.decimal(one.details["returned"]),
            "sorted": formatting.decimal(one.details["sorted_out"]),
        }
    yield _("What a sample finds is not set against what was delivered.")


def spark(found: Rates, view: View, name: str) -> SafeString | str:
    return history(found.months[name], view, band=False)


def pairs(found: Agreement, view: View) -> Pairs:
    """Say on how many lots both verdicts agree, and how many slipped through."""
    if not found.both:
        return Pairs(_("In this period no lot was judged by both sides."))
    numbers = {
        "lots": formatting.lots(found.both),
        "same": formatting.decimal(found.same),
        "slipped": formatting.decimal(found.slipped),
    }
    text = (
        _("%(lots)s were judged by both: %(same)s alike, %(slipped)s accepted by us and rejected there.")
        % numbers
    )
    url = view.of_figure("/lots/", stage="outgoing", seen="both")
    judged = found.both - found.stricter
    note = ""
    if found.slipped and judged:
        low, high = (float(bound) for bound in wilson_interval(found.slipped, judged))
        interval = formatting.rate_interval(low, high)
        told = _("Escape rate %(rate)s (%(x)s / %(n)s), 95%% interval %(interval)s%%")
        rate = formatting.rate(found.slipped / judged)
        note = told % {"rate": rate, "x": found.slipped, "n": judged, "interval": interval}
    return Pairs(text, note, url, rows_label(found.both))


def seen_by(customers: Sequence[str]) -> SafeString:
    if not customers:
        return format_html("{}", _("Nobody yet: no customer is linked with you."))
    return format_html(
        _(
            "Only {customers} can see the lots, measurements and stock that were saved for it. Nobody but "
            "you sees your original files, rows that are not saved, and rows of other customers."
        ),
        customers=strong(_(", ").join(customers)),
    )
