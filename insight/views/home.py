"""A supplier's home: what waits for it, its own figures, whether both sides find the same."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
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
from improvement.queries import tasks_needing
from insight.queries.overview import Rates, rates, selection_of
from insight.views.chips import chips
from insight.views.sentences import rate_sentence
from insight.views.work import Item, of_task, of_upload
from intake.queries import WaitingUpload, waiting_uploads
from kpis.filters import View, read_view
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
def home(request: PersonRequest) -> HttpResponse:
    """What must I do, how do we stand, who sees it?"""
    person = request.person
    assert person is not None
    view = read_view(request)
    selection = selection_of(view.what)
    customers = customer_names(selection.partnerships)
    found = rates(view.what)
    waiting = waiting_uploads() if person.may_upload else []
    tasks = tasks_needing(person, clock.today(person.organisation.zone))
    page = Page(
        today=today_in_words(person.user.zone),
        lead=lead(found, waiting),
        work=[of_upload(upload) for upload in waiting] + [of_task(task) for task in tasks],
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
    return render(request, "insight/home.html", {"page": page})


def today_in_words(zone: str) -> str:
    day = clock.today(zone)
    return date_format(day, "n 月 j 日 l" if formatting.is_chinese() else "l j F")


def lead(found: Rates, waiting: Sequence[WaitingUpload]) -> Lead:
    """Say first what waits, then how we stand."""
    to_mend = [upload for upload in waiting if upload.to_mend]
    if not to_mend:
        return Lead(rate_sentence(found, ours=True))
    rows = sum(upload.to_mend for upload in to_mend)
    told = ngettext("{n} file has {rows} to mend.", "{n} files have {rows} to mend.", len(to_mend))
    counted = ngettext("%(n)s row", "%(n)s rows", rows) % {"n": formatting.decimal(rows)}
    sentence = format_html(told, n=strong(str(len(to_mend))), rows=strong(counted))
    return Lead(joined(sentence, rate_sentence(found, ours=True)), "bad")


def whose(customers: Sequence[str]) -> str:
    names = _(", ").join(customers)
    return _("By the definitions shared with %(customers)s; both sides see the same figure") % {
        "customers": names
    }


def figures(found: Rates, view: View, selection: Selection) -> list[Figure]:
    """The four figures of a supplier, each with how it is counted."""
    targets = {one.target_pass_rate for one in selection.relations}
    target = float(next(iter(targets)) or 0) or None if len(targets) == 1 else None
    reported = figure(
        found.reported,
        view,
        name=_("Pass rate, pieces · reported by us"),
        spark=spark(found, view, "pass_rate"),
        how=_("Conforming over inspected pieces, first submissions."),
    )
    accepted = figure(
        found.accepted,
        view,
        spark=spark(found, view, "lot_acceptance_rate"),
        how=_("Lots accepted at first submission over lots judged; a concession is not an acceptance."),
    )
    delivered = figure(
        found.delivered,
        view,
        spark=spark(found, view, "ppm_delivered"),
        how=_("Returns from line and field and pieces sorted out, over pieces delivered."),
    )
    on_time = figure(found.on_time, view, how=_("Lines received by the promised date over lines with one."))
    return [replace(reported, standing=standing_of(found.reported, target)), accepted, delivered, on_time]


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
        told = _("Escape rate %(x)s / %(n)s, 95%% interval %(interval)s%%")
        note = told % {"x": found.slipped, "n": judged, "interval": interval}
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
