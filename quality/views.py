"""Lots: where every number of pieces leads, and one lot with both sides' inspections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import formatting
from core.chips import Chip, Choice, Field
from core.period import Period
from core.text import folded
from quality.models import Disposition, DispositionKind, Inspection, Lot, Stage, Verdict
from quality.queries import lot_pages
from quality.queries.pareto import defect_names
from suppliers.access import PersonRequest
from suppliers.queries.parts import Limits, limits_by_version
from suppliers.queries.seats import CUSTOMER, side_of_session
from suppliers.queries.selection import Selection, select

ON_A_PAGE = 50
STAGE_WORDS = {
    Stage.OUTGOING: gettext_lazy("outgoing inspection"),
    Stage.INCOMING: gettext_lazy("incoming inspection"),
}
STATES = {Verdict.ACCEPTED: "good", Verdict.REJECTED: "bad", "": "none"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a list says; what it does not understand is as if it were not there."""

    given: dict[str, list[str]]
    period: Period | None
    stage: str
    verdict: str
    lot: str
    every_submission: bool
    seen_by_both: bool

    def address(self, **changed: str | None) -> str:
        query = {name: values for name, values in self.given.items() if name not in changed}
        query |= {name: [value] for name, value in changed.items() if value is not None}
        written = urlencode(sorted(query.items()), doseq=True)
        return f"{reverse('lots')}?{written}" if written else reverse("lots")

    def kept(self, *names: str) -> list[tuple[str, str]]:
        return [(name, value) for name, values in self.given.items() if name not in names for value in values]


@require_GET
@login_required
def lot_list(request: PersonRequest) -> HttpResponse:
    """Lots by presentation, the latest first, fifty at a time."""
    asked = read_filters(request)
    rows = lot_pages.presentations(
        selection_of(request),
        period=asked.period,
        stage=asked.stage,
        verdict=asked.verdict,
        lot=folded(asked.lot),
        every_submission=asked.every_submission,
        seen_by_both=asked.seen_by_both,
    )
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    part_only = "HX-Request" in request.headers
    context: dict[str, Any] = {
        "rows": rows_of(page, side_of_session(request)),
        "other_side": _("Supplier") if side_of_session(request) == CUSTOMER else _("Customer"),
        "nothing": _("No lot fits this view."),
        "clear_url": reverse("lots") if asked.given else "",
        "next_url": asked.address(page=str(page.next_page_number())) if page.has_next() else "",
    }
    if not part_only:
        context |= {
            "lead": {"text": lead(lot_pages.totals(rows), asked), "tone": ""},
            "chips": chips(asked),
            "filter": asked,
            "keep": asked.kept("lot"),
        }
    template = "quality/_lot_rows.html" if part_only else "quality/lots.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])  # or Back shows the bare rows
    return response


def read_filters(request: PersonRequest) -> Asked:
    query = request.GET
    first, last = query.get("from", ""), query.get("to", "")
    try:
        period = Period.parse(f"{first}..{last}") if first and last else None
    except ValueError:
        period = None
    return Asked(
        given={name: values for name, values in query.lists() if name != "page" and any(values)},
        period=period,
        stage=query.get("stage", "") if query.get("stage") in Stage.values else "",
        verdict=query.get("verdict", "") if query.get("verdict") in Verdict.values else "",
        lot=query.get("lot", "").strip(),
        every_submission=query.get("submission") == "all",
        seen_by_both=query.get("seen") == "both",
    )


def selection_of(request: PersonRequest) -> Selection:
    """Return what the address and the side from which the person looks select."""
    assert request.person is not None
    own, query = request.person.organisation.code, request.GET
    named = [code for text in query.getlist("supplier") for code in text.split(",") if code] or None
    parts = [number for text in query.getlist("part") for number in text.split(",") if number] or None
    if side_of_session(request) == CUSTOMER:
        return select(customer=own, suppliers=named, parts=parts)
    return select(customer=query.get("customer") or None, suppliers=[own], parts=parts)


def lead(found: lot_pages.Totals, asked: Asked) -> str:
    """Say how many lots, of which stage, how many rejected, and the pieces behind them."""
    if not found.inspections:
        return _("No lot fits this view.")
    told = ngettext("%(n)s lot", "%(n)s lots", found.inspections) % {
        "n": formatting.decimal(found.inspections)
    }
    stage = STAGE_WORDS[Stage(asked.stage)] if asked.stage else _("both stages")
    which = _("every submission") if asked.every_submission else _("first submissions")
    return _(
        "%(lots)s, %(stage)s, %(which)s; %(rejected)s rejected; %(x)s nonconforming of %(n)s inspected."
    ) % {
        "lots": told,
        "stage": stage,
        "which": which,
        "rejected": formatting.decimal(found.rejected),
        "x": formatting.decimal(found.nonconforming),
        "n": formatting.pieces(found.inspected),
    }


def chips(asked: Asked) -> list[Chip]:
    period = asked.period
    days = formatting.day_range(period.first, period.last) if period else _("all")
    fields = [
        Field("from", _("From"), period.first.isoformat() if period else ""),
        Field("to", _("To"), period.last.isoformat() if period else ""),
    ]
    return [
        Chip(_("Period"), days, fields=fields, keep=asked.kept("from", "to")),
        choice_chip(_("Stage"), "stage", asked.stage, dict(Stage.choices), asked),
        choice_chip(_("Verdict"), "verdict", asked.verdict, dict(Verdict.choices), asked),
        choice_chip(
            _("Submissions"),
            "submission",
            "all" if asked.every_submission else "",
            {"all": _("every one")},
            asked,
            otherwise=_("first"),
        ),
    ]


def choice_chip(
    name: str, field: str, chosen: str, words: dict[Any, Any], asked: Asked, *, otherwise: str = ""
) -> Chip:
    """Return a chip over one field; without a choice it shows `otherwise`."""
    otherwise = otherwise or _("all")
    choices = [Choice(otherwise, asked.address(**{field: None}), not chosen)]
    choices += [
        Choice(str(word), asked.address(**{field: str(value)}), chosen == value)
        for value, word in words.items()
    ]
    return Chip(name, str(words[chosen]) if chosen else otherwise, choices=choices)


def rows_of(page: Sequence[Inspection], side: str) -> list[dict[str, Any]]:
    done = lot_pages.dispositions_of([one.pk for one in page])
    return [
        {
            "lot": one.lot.number,
            "url": reverse("lot", args=[one.lot_id]),
            "part": one.part.number,
            "part_name": in_language(one.part.name, one.part.name_en),
            "other": other_end(one, side),
            "stage": one.get_stage_display(),
            "submission": one.submission,
            "day": one.inspection_date,
            "lot_size": one.lot_size or one.lot.lot_size,
            "inspected": one.inspected,
            "nonconforming": one.nonconforming,
            "verdict": one.verdict,
            "verdict_word": one.get_verdict_display(),
            "disposition": disposition_words(done.get(one.pk, [])),
        }
        for one in page
    ]


def other_end(one: Inspection | Lot, side: str) -> str:
    end = one.partnership.supplier if side == CUSTOMER else one.partnership.customer
    return in_language(end.name, end.name_en)


def in_language(name: str, name_en: str) -> str:
    return (name_en if (get_language() or "").startswith("en") else "") or name


def disposition_words(done: Sequence[Disposition]) -> str:
    words = [
        f"{DispositionKind(one.kind).label} {formatting.decimal(one.quantity)}"
        if one.quantity
        else str(DispositionKind(one.kind).label)
        for one in done
    ]
    return _(", ").join(words)


@require_GET
@login_required
def lot_page(request: PersonRequest, lot_id: int) -> HttpResponse:
    """One lot. What is not shared is not there."""
    lot = lot_pages.lot_or_none(lot_id)
    if lot is None:
        raise Http404
    inspections = lot_pages.inspections_of(lot.pk)
    standing = [one for one in inspections if one.withdrawn_at is None]
    measured = lot_pages.values_of(lot.pk)
    limits = limits_by_version([one.version for one in measured])
    shown = {
        "number": lot.number,
        "part": lot.part.number,
        "part_name": in_language(lot.part.name, lot.part.name_en),
        "other": other_end(lot, side_of_session(request)),
        "facts": facts(lot),
        "lead": {"text": lot_lead(standing), "tone": ""},
        "inspections": inspection_cards(standing),
        "measured": measured_words(measured),
        "characteristics": [characteristic_row(one, limits[one.version]) for one in measured],
        "history": [withdrawn_words(one) for one in inspections if one.withdrawn_at is not None],
    }
    return render(request, "quality/lot.html", {"lot": shown})


def facts(lot: Lot) -> list[str]:
    found = [_("lot of %(n)s") % {"n": formatting.pieces(lot.lot_size)}] if lot.lot_size else []
    return found + (
        [_("customer's number %(n)s") % {"n": lot.customer_number}] if lot.customer_number else []
    )


def lot_lead(standing: Sequence[Inspection]) -> str:
    """Say what each stage decided at the latest presentation, and whether they agree."""
    latest = {one.stage: one for one in standing}
    if not latest:
        return _("No inspection of this lot counts any more.")
    said = [
        _("%(stage)s: %(verdict)s") % {"stage": one.get_stage_display(), "verdict": verdict_word(one)}
        for one in latest.values()
    ]
    text = _("; ").join(said)
    if len(latest) < 2 or not all(one.verdict for one in latest.values()):
        return text + _(".")
    agree = len({one.verdict for one in latest.values()}) == 1
    return text + (_("; the verdicts agree.") if agree else _("; the verdicts differ."))


def verdict_word(one: Inspection) -> str:
    return one.get_verdict_display() if one.verdict else _("no verdict named")


def inspection_cards(standing: Sequence[Inspection]) -> list[dict[str, Any]]:
    keys = [one.pk for one in standing]
    done, found = lot_pages.dispositions_of(keys), lot_pages.nonconformities_of(keys)
    names = defect_names({one.defect for rows in found.values() for one in rows})
    return [
        {
            "stage": one.get_stage_display(),
            "submission": _("first submission")
            if one.submission == 1
            else _("submission %(n)s") % {"n": one.submission},
            "withdrawn": False,
            "state": STATES[one.verdict],
            "verdict": verdict_word(one),
            "facts": inspection_facts(one, disposition_words(done.get(one.pk, []))),
            "nonconformities": [
                (in_language(*names.get(row.defect, (row.defect, ""))), row.count)
                for row in found.get(one.pk, [])
            ],
            "source": _("saved %(when)s") % {"when": formatting.moment(one.recorded_at)},
        }
        for one in standing
    ]


def inspection_facts(one: Inspection, disposition: str) -> list[tuple[str, str]]:
    """Return what the sheet says of an inspection; what it leaves out is left out here."""
    told = [
        (_("Inspected on"), formatting.day(one.inspection_date)),
        (_("Inspected"), formatting.decimal(one.inspected)),
        (_("Nonconforming"), formatting.decimal(one.nonconforming)),
        (_("Disposition"), disposition or formatting.NONE),
        (_("Inspection number"), one.inspection_no),
        (_("Inspector"), one.inspector),
        (_("Machine"), one.machine),
        (_("Shift"), one.shift),
        (_("Cavity"), one.cavity),
        (_("Remark"), one.remark),
    ]
    return [(name, value) for name, value in told if value]


def measured_words(measured: Sequence[lot_pages.Values]) -> str:
    count = sum(len(one.values) for one in measured)
    return (
        ngettext("%(n)s value", "%(n)s values", count) % {"n": formatting.decimal(count)} if measured else ""
    )


def characteristic_row(one: lot_pages.Values, limits: Limits) -> dict[str, Any]:
    places = limits.places
    return {
        "number": limits.number,
        "name": in_language(limits.name, limits.name_en),
        "stage": str(Stage(one.stage).label),
        "specification": limits.specification,
        "n": len(one.values),
        "mean": formatting.decimal(sum(one.values) / len(one.values), places + 1),
        "extremes": formatting.interval(min(one.values), max(one.values), places),
        "values": " ".join(formatting.decimal(value, places) for value in one.values),
    }


def withdrawn_words(one: Inspection) -> str:
    """Say what an inspection said before it was withdrawn: corrections stay readable."""
    day: date = one.inspection_date
    return _("%(stage)s of %(day)s: %(x)s nonconforming of %(n)s, withdrawn %(when)s") % {
        "stage": one.get_stage_display(),
        "day": formatting.day(day),
        "x": formatting.decimal(one.nonconforming),
        "n": formatting.decimal(one.inspected),
        "when": formatting.moment(one.withdrawn_at),
    }
