"""Gauge studies: a list of them, and one with what it says about its gauge."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core import clock, formatting, origins
from core.lead import Lead, joined
from core.lists import (
    Act,
    Column,
    Find,
    ListAddress,
    Table,
    choice_chip,
    list_page,
    made_at,
    upload_asked,
    upload_chip,
)
from core.text import folded
from core.workbook import CODE, COUNT, DAY, download
from quality.models import GaugeStudy, StudyKind
from quality.queries import gauge_studies
from quality.queries.gauge_studies import GAPS_SHOWN, Analysed
from quality.views import gauge_words as words
from quality.views.gauge_book import study_workbook
from quality.views.gauge_drawings import strips
from suppliers.access import PersonRequest
from suppliers.filters import scope_chips, selection_asked, usual_scope
from suppliers.queries.seats import CUSTOMER, side_of_session


@dataclass(frozen=True, slots=True)
class StudyRow:
    """A study of the list, and what it concludes."""

    one: GaugeStudy
    concluded: words.Conclusion


@require_GET
@login_required
def study_list(request: PersonRequest) -> HttpResponseBase:
    """Gauge studies, the latest first."""
    side = side_of_session(request)
    asked = ListAddress.read(request, "gauge-studies", usual=usual_scope(request))
    upload = upload_asked(asked)
    kind = asked.chosen("kind")
    rows = gauge_studies.studies_shown(
        selection_asked(request, asked.given),
        kind=kind if kind in StudyKind.values else "",
        gauge=folded(asked.chosen("gauge")),
        commits=None if upload is None else origins.commits_of(upload),
    )
    may_upload = request.person is not None and request.person.may_upload
    template = reverse("upload-template", args=["gauge_studies"])
    table = Table(
        title=_("Gauge studies"),
        rows=rows,
        related=gauge_studies.RELATED,
        columns=columns(side),
        under=lambda row: under(row, side),
        lead=lambda: list_lead(rows),
        nothing=_(
            "No gauge study fits this view. A study is uploaded like any file; the template says its columns."
        ),
        day=lambda row: row.one.study_date,
        prepared=concluded,
        chips=[
            *scope_chips(request, asked.given, asked.address),
            choice_chip(asked, "kind", _("Kind of study"), StudyKind.choices),
            *upload_chip(asked),
        ],
        find=Find("gauge", _("Find a gauge"), _("find gauge")),
        acts=[Act(_("Template"), template), Act(_("Upload"), reverse("uploads"))] if may_upload else [],
    )
    return list_page(request, table, asked)


def concluded(page: Sequence[GaugeStudy]) -> list[StudyRow]:
    found = gauge_studies.analyse(page) if page else []
    return [StudyRow(one.study, words.conclusion(one)) for one in found]


def columns(side: str) -> list[Column]:
    return [
        Column(
            _("Gauge"),
            lambda row: row.one.gauge.name,
            CODE,
            url=lambda row: reverse("gauge-study", args=[row.one.pk]),
        ),
        Column(_("Characteristic"), lambda row: row.one.characteristic_name, aside=True),
        Column(_("Part"), lambda row: part_words(row.one), aside=True),
        Column(
            _("Supplier") if side == CUSTOMER else _("Customer"),
            lambda row: other_end(row.one, side),
            aside=True,
        ),
        Column(_("Gauge of"), lambda row: holder(row.one), aside=True),
        Column(_("Kind of study"), lambda row: words.kind_word(row.one), aside=True),
        Column(_("Study date"), lambda row: row.one.study_date, DAY, aside=True),
        Column(_("Appraisers"), lambda row: row.one.appraiser_count, COUNT, aside=True),
        Column(_("Pieces studied"), lambda row: row.one.piece_count, COUNT, aside=True),
        Column(_("Result"), lambda row: row.concluded.text, strong=True),
        Column(_("Verdict"), lambda row: row.concluded.word, mark=lambda row: row.concluded.verdict),
    ]


def under(row: StudyRow, side: str) -> list[list[str]]:
    """Return what a phone shows below a gauge's name."""
    return [
        [row.one.characteristic_name, part_words(row.one)],
        [other_end(row.one, side), formatting.day(row.one.study_date)],
    ]


def part_words(one: GaugeStudy) -> str:
    return f"{one.part.number} {formatting.in_language(one.part.name, one.part.name_en)}".strip()


def other_end(one: GaugeStudy, side: str) -> str:
    if one.partnership.customer_id == one.partnership.supplier_id:
        return _("own books")
    end = one.partnership.supplier if side == CUSTOMER else one.partnership.customer
    return formatting.in_language(end.name, end.name_en)


def holder(one: GaugeStudy) -> str:
    return formatting.in_language(one.gauge.organisation.name, one.gauge.organisation.name_en)


def list_lead(rows: Any) -> str:
    studies, gauges = rows.count(), rows.order_by().values("gauge").distinct().count()
    told = ngettext("%(n)s study", "%(n)s studies", studies) % {"n": formatting.decimal(studies)}
    return ngettext("%(studies)s of %(n)s gauge.", "%(studies)s of %(n)s gauges.", gauges) % {
        "studies": told,
        "n": formatting.decimal(gauges),
    }


@require_GET
@login_required
def study_page(request: PersonRequest, study_id: int) -> HttpResponseBase:
    """One study. What is not shared is not there."""
    study = gauge_studies.study_or_none(study_id)
    if study is None:
        raise Http404
    found = gauge_studies.analysed(study)
    side = side_of_session(request)
    address = reverse("gauge-study", args=[study.pk])
    said = Lead(joined(withdrawn_words(study), words.lead(found)), words.conclusion(found).verdict)
    if request.GET.get("as") == "xlsx":
        about = [*facts(found, side), (_("In words"), str(said.text)), *made_at(address)]
        return download(study_workbook(title_of(study), about, found), day=clock.today_here())
    shown = {
        "gauge": study.gauge.name,
        "characteristic": study.characteristic_name,
        "part_id": study.part_id,
        "part": study.part.number,
        "part_name": formatting.in_language(study.part.name, study.part.name_en),
        "kind": words.kind_word(study),
        "lead": said,
        "facts": facts(found, side),
        "gaps": found.gaps[:GAPS_SHOWN],
        "more_gaps": max(len(found.gaps) - GAPS_SHOWN, 0),
        "measured": measured_cards(found),
        "judged": judged_cards(found),
        "others": others(study),
        "source": source_of(request, study),
    }
    return render(request, "quality/gauge_study.html", {"page": shown, "export_url": f"{address}?as=xlsx"})


def title_of(study: GaugeStudy) -> str:
    return f"{study.gauge.name} {study.characteristic_name} {study.part.number}"


def withdrawn_words(study: GaugeStudy) -> str:
    if study.withdrawn_at is None:
        return ""
    return _("This study was replaced or taken back %(when)s: it counts no more.") % {
        "when": formatting.moment(study.withdrawn_at)
    }


def facts(found: Analysed, side: str) -> list[tuple[str, str]]:
    study = found.study
    told = [
        (_("Study date"), formatting.day(study.study_date)),
        (_("Gauge of"), holder(study)),
        (_("Supplier") if side == CUSTOMER else _("Customer"), other_end(study, side)),
        (_("Appraisers"), formatting.decimal(len(found.appraisers))),
        (_("Pieces studied"), formatting.decimal(len(found.pieces))),
        (_("Readings taken"), formatting.decimal(len(found.readings))),
    ]
    if found.measured is not None:
        told.append((_("Tolerance"), tolerance_words(found)))
    return told


def tolerance_words(found: Analysed) -> str:
    assert found.measured is not None
    tolerance, unit = found.measured.tolerance, found.study.unit
    if tolerance.lsl is None and tolerance.usl is None:
        return _("not known, so no share of it is given")
    if tolerance.width is None:
        return _("one limit alone, so it has no width")
    low, high = (words.as_given(float(end)) for end in (tolerance.lsl or 0.0, tolerance.usl or 0.0))
    where = _("of the file") if tolerance.own else _("of the list of characteristics")
    return f"{formatting.span(low, high)} {unit} ({where})".replace("  ", " ")


def measured_cards(found: Analysed) -> dict[str, Any] | None:
    measured = found.measured
    if measured is None:
        return None
    centred = found.table - np.nanmean(found.table, axis=(1, 2), keepdims=True)
    return {
        "components": words.components(measured),
        "has_tolerance": measured.tolerance.width is not None,
        "figures": words.figures(measured),
        "interaction": words.interaction_words(measured),
        "by_appraiser": strips(
            [name or formatting.NONE for name in found.appraisers],
            [centred[:, at, :].ravel() for at in range(len(found.appraisers))],
            zero=True,
        ),
        "by_piece": strips(found.pieces, [found.table[at].ravel() for at in range(len(found.pieces))]),
        "appraisers": words.spreads(found),
        "pieces": words.pieces(found),
        "biases": words.bias_lines(measured),
        "linearity": words.linearity_words(measured),
    }


def judged_cards(found: Analysed) -> dict[str, Any] | None:
    judged = found.judged
    if judged is None:
        return None
    rates = judged.rates
    return {
        "rows": words.appraiser_rows(found),
        "known": rates is not None,
        "pairs": words.pair_rows(found),
        "all_alike": words.share_words(_alone(rates.all_alike), 0) if rates else "",
        "all_right": words.share_words(_alone(rates.all_right), 0) if rates else "",
    }


def _alone(share: Any) -> Any:
    return type(share)(*(np.atleast_1d(one) for one in share))


def others(study: GaugeStudy) -> list[dict[str, Any]]:
    """Return the other studies of the gauge with what each concludes."""
    rows = concluded(gauge_studies.others_of_gauge(study)[:20])
    return [
        {
            "url": reverse("gauge-study", args=[row.one.pk]),
            "day": formatting.day(row.one.study_date),
            "characteristic": row.one.characteristic_name,
            "part": part_words(row.one),
            "result": row.concluded.text,
            "verdict": row.concluded.verdict,
            "word": row.concluded.word,
        }
        for row in rows
    ]


def source_of(request: PersonRequest, study: GaugeStudy) -> origins.Source | None:
    """Return the file that the study came by, to who may open it."""
    if request.person is None or not request.person.may_upload:
        return None
    return origins.sources_of({study.commit_id}).get(study.commit_id)
