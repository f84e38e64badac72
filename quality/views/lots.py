"""Lots: where every number of pieces leads, and one lot with both sides' inspections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from core import formatting, origins
from core.chips import Chip
from core.lead import Lead, joined
from core.lists import (
    Act,
    Column,
    Find,
    ListAddress,
    Table,
    choice_chip,
    list_page,
    period_chip,
    upload_asked,
    upload_chip,
    whole_days,
)
from core.period import Period
from core.text import folded
from core.workbook import CODE, COUNT, DAY, Kind
from quality.models import Disposition, DispositionKind, Inspection, Lot, Stage, Verdict
from quality.queries import lot_pages
from quality.queries.pareto import defect_names
from suppliers.access import PersonRequest
from suppliers.filters import scope_chips, selection_asked, usual_scope
from suppliers.queries.parts import Limits, limits_by_version
from suppliers.queries.seats import CUSTOMER, side_of_session

STAGE_WORDS = {
    Stage.OUTGOING: gettext_lazy("outgoing inspection"),
    Stage.INCOMING: gettext_lazy("incoming inspection"),
}
STATES = {Verdict.ACCEPTED: "good", Verdict.REJECTED: "bad", "": "none"}
VERDICT = Kind(lambda word: word or formatting.NONE)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the filters of the list mean, its days whole; what they do not understand is as if it were not there."""

    period: Period | None
    stage: str
    verdict: str
    lot: str
    every_submission: bool
    seen_by_both: bool
    upload: int | None

    @classmethod
    def read(cls, asked: ListAddress) -> "Filters":
        return cls(
            period=Period.parse(f"{asked.chosen('from')}..{asked.chosen('to')}")
            if asked.chosen("from")
            else None,
            stage=asked.chosen("stage") if asked.chosen("stage") in Stage.values else "",
            verdict=asked.chosen("verdict") if asked.chosen("verdict") in Verdict.values else "",
            lot=folded(asked.chosen("lot")),
            every_submission=asked.chosen("submission") == "all",
            seen_by_both=asked.chosen("seen") == "both",
            upload=upload_asked(asked),
        )


@dataclass(frozen=True, slots=True)
class LotRow:
    """One presentation of a lot, and what was done about it."""

    one: Inspection
    disposition: str


@require_GET
@login_required
def lot_list(request: PersonRequest) -> HttpResponseBase:
    """Lots by presentation, the latest first."""
    side = side_of_session(request)
    asked = whole_days(request, ListAddress.read(request, "lots", usual=usual_scope(request)))
    filters = Filters.read(asked)
    rows = lot_pages.presentations(
        selection_asked(request, asked.given),
        period=filters.period,
        stage=filters.stage,
        verdict=filters.verdict,
        lot=filters.lot,
        every_submission=filters.every_submission,
        seen_by_both=filters.seen_by_both,
        commits=None if filters.upload is None else origins.commits_of(filters.upload),
    )
    table = Table(
        title=_("Lots"),
        rows=rows,
        related=lot_pages.RELATED,
        columns=columns(side),
        under=lambda row: under(row.one, side),
        lead=lambda: lead(lot_pages.totals(rows), filters),
        nothing=_("No lot fits this view."),
        day=lambda row: row.one.inspection_date,
        prepared=with_dispositions,
        chips=[*scope_chips(request, asked.given, asked.address), *chips(asked), *upload_chip(asked)],
        acts=acts_on(request, asked),
        find=Find("lot", _("Find a lot"), _("find lot number")),
    )
    return list_page(request, table, asked)


def acts_on(request: PersonRequest, asked: ListAddress) -> list[Act]:
    """A task about the lots that the filters leave."""
    if not request.GET or request.person is None or not request.person.may_define:
        return []
    return [Act(_("Open task"), f"{reverse('task-new')}?{urlencode(asked.given, doseq=True)}")]


def columns(side: str) -> list[Column]:
    return [
        Column(
            _("Lot number"),
            lambda row: row.one.lot.number,
            CODE,
            url=lambda row: reverse("lot", args=[row.one.lot_id]),
        ),
        Column(_("Part"), lambda row: part_words(row.one), aside=True),
        Column(
            _("Supplier") if side == CUSTOMER else _("Customer"),
            lambda row: other_end(row.one, side),
            aside=True,
        ),
        Column(
            _("Stage"), lambda row: row.one.get_stage_display(), aside=True, tag=lambda row: again(row.one)
        ),
        Column(_("Inspected on"), lambda row: row.one.inspection_date, DAY, aside=True),
        Column(_("Lot size"), lambda row: row.one.lot_size or row.one.lot.lot_size, COUNT, aside=True),
        Column(_("Inspected"), lambda row: row.one.inspected, COUNT),
        Column(_("Nonconforming"), lambda row: row.one.nonconforming, COUNT, strong=True),
        Column(
            _("Verdict"),
            lambda row: row.one.get_verdict_display(),
            VERDICT,
            mark=lambda row: "bad" if row.one.verdict == Verdict.REJECTED else "",
        ),
        Column(_("Disposition"), lambda row: row.disposition, aside=True),
    ]


def with_dispositions(page: Sequence[Inspection]) -> list[LotRow]:
    done = lot_pages.dispositions_of([one.pk for one in page])
    return [LotRow(one, disposition_words(done.get(one.pk, []))) for one in page]


def under(one: Inspection, side: str) -> list[list[str]]:
    """Return what a phone shows below a lot's number."""
    day = formatting.day(one.inspection_date)
    return [[part_words(one)], [other_end(one, side), one.get_stage_display(), day]]


def again(one: Inspection) -> str:
    return _("submission %(n)s") % {"n": one.submission} if one.submission > 1 else ""


def part_words(one: Inspection) -> str:
    return f"{one.part.number} {formatting.in_language(one.part.name, one.part.name_en)}".strip()


def lead(found: dict[str, lot_pages.Totals], filters: Filters) -> str:
    """Say of each stage how many lots, how many rejected, and the pieces behind them."""
    between = "" if formatting.is_chinese() else " "
    return between.join(stage_lead(stage, sums, filters) for stage, sums in found.items())


def stage_lead(stage: str, found: lot_pages.Totals, filters: Filters) -> str:
    told = ngettext("%(n)s lot", "%(n)s lots", found.inspections) % {
        "n": formatting.decimal(found.inspections)
    }
    which = _("every submission") if filters.every_submission else _("first submissions")
    return _(
        "%(lots)s, %(stage)s, %(which)s; %(rejected)s rejected; %(x)s nonconforming of %(n)s inspected."
    ) % {
        "lots": told,
        "stage": STAGE_WORDS[Stage(stage)],
        "which": which,
        "rejected": formatting.decimal(found.rejected),
        "x": formatting.decimal(found.nonconforming),
        "n": formatting.pieces(found.inspected),
    }


def chips(asked: ListAddress) -> list[Chip]:
    return [
        period_chip(asked),
        choice_chip(asked, "stage", _("Stage"), Stage.choices),
        choice_chip(asked, "verdict", _("Verdict"), Verdict.choices),
        choice_chip(asked, "submission", _("Submissions"), [("all", _("every one"))], otherwise=_("first")),
    ]


def other_end(one: Inspection | Lot, side: str) -> str:
    end = one.partnership.supplier if side == CUSTOMER else one.partnership.customer
    return formatting.in_language(end.name, end.name_en)


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
        "part_name": formatting.in_language(lot.part.name, lot.part.name_en),
        "other": other_end(lot, side_of_session(request)),
        "facts": facts(lot),
        "lead": Lead(joined(lot_lead(standing))),
        "inspections": inspection_cards(standing, sources_of(request, standing)),
        "measured": measured_words(measured),
        "characteristics": [characteristic_row(one, limits[one.version]) for one in measured],
        "history": [withdrawn_words(one) for one in inspections if one.withdrawn_at is not None],
    }
    return render(request, "quality/lot.html", {"lot": shown})


def sources_of(request: PersonRequest, inspections: Sequence[Inspection]) -> dict[int, origins.Source]:
    """Return the files of inspections, by commit, to who may open them."""
    if request.person is None or not request.person.may_upload:
        return {}
    return origins.sources_of({one.commit_id for one in inspections})


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


def inspection_cards(
    standing: Sequence[Inspection], sources: Mapping[int, origins.Source]
) -> list[dict[str, Any]]:
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
                (formatting.in_language(*names.get(row.defect, (row.defect, ""))), row.count)
                for row in found.get(one.pk, [])
            ],
            "source": _("saved %(when)s") % {"when": formatting.moment(one.recorded_at)},
            "file": sources.get(one.commit_id),
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
        "name": formatting.in_language(limits.name, limits.name_en),
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
