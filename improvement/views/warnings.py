"""Warnings: the list, one with its evidence, and what people make of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from core import clock, formatting
from core.lead import Lead, joined
from improvement import access, services
from improvement.filters import WarningFilter
from improvement.models import RaisedWarning, Side, WarningAct, WarningEvent, WarningRule, WarningState
from improvement.queries import warning_words as words
from improvement.queries import warnings as reads
from improvement.views.doors import door
from improvement.views.narrowing import chip
from suppliers.access import MemberRequest
from suppliers.queries.seats import CUSTOMER, side_of_session

ROWS_A_PAGE = 40
UNSETTLED = (WarningState.NEW, WarningState.SEEN)
TAGS = {"new": "tag-watch", "seen": "", "explained": "", "task": "tag-here"}


@dataclass(frozen=True, slots=True)
class WarningRow:
    """A warning in a list."""

    number: str
    title: str
    line: str
    url: str
    rule: str
    state: str
    state_class: str
    whose: str
    days: str


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A lot at which something was found."""

    lot: str
    url: str
    day: str
    text: str
    gone: bool


@dataclass(frozen=True, slots=True)
class EventRow:
    """A line of the history; nobody's where the data did it."""

    at: Any
    who: str
    side: str
    text: str
    said: str


@require_GET
@login_required
def warning_list(request: MemberRequest) -> HttpResponseBase:
    """Warnings, new ones first; settled ones are shown when they are asked for."""
    as_customer = side_of_session(request) == CUSTOMER
    organisation = request.person.organisation_id
    rows = reads.of_side(reads.warnings_to_list(organisation), organisation, as_customer=as_customer)
    counts = reads.counts_of(rows)
    narrowed = WarningFilter(request.GET, queryset=rows, request=request).qs
    if "state" not in request.GET:
        narrowed = narrowed.filter(state__in=UNSETTLED)
    page = Paginator(reads.new_first(narrowed), ROWS_A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "lead": list_lead(counts),
        "chips": [
            chip(
                request,
                _("State"),
                "state",
                [("", _("not settled")), *WarningState.choices, (",".join(WarningState.values), _("all"))],
            ),
            chip(request, _("Rule"), "rule", [("", _("all")), *WarningRule.choices]),
        ],
        "rows": [warning_row(one, as_customer=as_customer) for one in page],
        "page": page,
        "query": f"{query.urlencode()}&" if query else "",
        "narrowed": bool(query) or bool(counts),
        "as_customer": as_customer,
    }
    return render(request, "improvement/warnings.html", context)


def list_lead(counts: dict[str, int]) -> Lead:
    """Say how many are new, how many were seen and not settled, how many are worked on."""
    new, seen, task = (counts.get(state, 0) for state in ("new", "seen", "task"))
    if not counts:
        return Lead(joined(_("Nothing in the data has called for a warning yet.")))
    told = [
        ngettext("%(n)s warning is new.", "%(n)s warnings are new.", new) % {"n": new}
        if new
        else _("No warning is new.")
    ]
    if seen:
        told.append(ngettext("%(n)s was seen.", "%(n)s were seen.", seen) % {"n": seen})
    if task:
        told.append(ngettext("A task works on %(n)s.", "Tasks work on %(n)s.", task) % {"n": task})
    return Lead(joined(*told), "bad" if new else "")


def warning_row(one: RaisedWarning, *, as_customer: bool) -> WarningRow:
    state: str = one.state  # type: ignore[attr-defined]  # annotated
    whose = one.partnership.supplier if as_customer else one.partnership.customer
    return WarningRow(
        number=one.shown_number,
        title=words.title_of(one),
        line=words.summary(one),
        url=reverse("warning", args=[one.pk]),
        rule=str(WarningRule(one.rule).label),
        state=str(WarningState(state).label),
        state_class=TAGS[state],
        whose=whose.shown_name,
        days=formatting.day(one.last_day),
    )


@require_GET
@door
def warning_page(request: MemberRequest, warning_id: int) -> HttpResponse:
    """One warning: what was found, where to look, what became of it."""
    return draw(request, warning_or_404(request, warning_id))


def draw(
    request: MemberRequest, warning: RaisedWarning, *, problem: str = "", text: str = "", status: int = 200
):
    evidence = reads.evidence_of(warning)
    holding = [one for one in evidence if one.gone_at is None]
    may = access.may_edit(request.person, ends_of(warning))
    state: str = warning.state  # type: ignore[attr-defined]  # annotated
    context = {
        "warning": warning,
        "title": words.title(warning, holding[0] if holding else None),
        "lead": page_lead(warning, state),
        "rule": WarningRule(warning.rule).label,
        "state": WarningState(state).label,
        "state_class": TAGS[state],
        "supplier": warning.partnership.supplier.shown_name,
        "customer": warning.partnership.customer.shown_name,
        "part": words.part_word(warning),
        "characteristic": words.characteristic_word(warning),
        "stage": words.stage_word(warning),
        "evidence": [
            EvidenceRow(
                one.lot.number,
                reverse("lot", args=[one.lot_id]),
                formatting.day(one.day),
                words.finding(warning, one),
                one.gone_at is not None,
            )
            for one in evidence
        ],
        "events": [event_row(one, warning) for one in reads.history_of(warning)],
        "source_url": words.source_url(warning),
        "source_word": words.source_word(warning),
        "task_url": words.task_url(warning) if may and not warning.task_id else "",
        "may_see": may and state == WarningState.NEW,
        "may_explain": may and state in UNSETTLED,
        "may_reopen": may and state == WarningState.EXPLAINED,
        "first_word_until": first_word_until(warning),
        "problem": problem,
        "text": text,
    }
    return render(request, "improvement/warning.html", context, status=status)


def first_word_until(warning: RaisedWarning) -> str:
    """Return the day on which the customer sees a question about its supplier's data; empty if it does."""
    return "" if warning.shared_at else formatting.day(localdate(warning.raised_at + services.FIRST_WORD))


def page_lead(warning: RaisedWarning, state: str) -> Lead:
    """Say what was found last and what became of it."""
    told = {
        "new": _("Nobody on your side has said anything to it yet."),
        "seen": _("Your side has seen it; it is neither explained nor worked on."),
        "task": _("Task %(number)s works on it.")
        % {"number": warning.task.shown_number if warning.task else ""},
        "explained": _("It is explained.")
        if warning.explained_by
        else _("The data were corrected, and it settled by itself."),
    }
    found = words.summary(warning)
    sentence = found[:1].upper() + found[1:] + ("。" if formatting.is_chinese() else ".")
    return Lead(joined(sentence, told[state]), {"new": "bad", "seen": "watch"}.get(state, ""))


def event_row(one: WarningEvent, warning: RaisedWarning) -> EventRow:
    side = access.side_of(one.by, ends_of(warning)) if one.by else ""
    return EventRow(
        at=one.at,
        who=str(one.by.user) if one.by else "",
        side=str(Side(side).label) if side else "",
        text=str(WarningAct(one.kind).label),
        said=one.text,
    )


def warning_or_404(request: MemberRequest, warning_id: int) -> RaisedWarning:
    warning = reads.warning_or_none(warning_id, request.person)
    if warning is None:
        raise Http404
    return warning


def ends_of(warning: RaisedWarning) -> access.Ends:
    return access.Ends(warning.partnership.customer_id, warning.partnership.supplier_id)


@require_POST
@door
def warning_see(request: MemberRequest, warning_id: int) -> HttpResponse:
    """Say that one's own side has seen it."""
    return done(request, services.see_warning, warning_id)


@require_POST
@door
def warning_reopen(request: MemberRequest, warning_id: int) -> HttpResponse:
    """Take an explanation back."""
    return done(request, services.reopen_warning, warning_id)


@require_POST
@door
def warning_explain(request: MemberRequest, warning_id: int) -> HttpResponse:
    """Say what was behind it."""
    text = request.POST.get("explanation", "")[:5_000]
    try:
        return done(request, services.explain_warning, warning_id, text=text)
    except services.ExplanationMissing:
        problem = _("Say what was behind it: the other side reads it.")
        return draw(request, warning_or_404(request, warning_id), problem=problem, text=text, status=422)


def done(
    request: MemberRequest, service: Callable[..., RaisedWarning], warning_id: int, **told: str
) -> HttpResponse:
    """Do it, and show the warning again; somebody may have settled it meanwhile."""
    try:
        service(warning_id=warning_id, by=request.person, now=clock.now(), **told)
    except services.NotInThisState:
        messages.info(request, _("Somebody settled this warning in the meantime. Nothing was changed."))
    return HttpResponseRedirect(reverse("warning", args=[warning_id]))
