"""A gauge study as a workbook: its figures and every reading."""

from collections.abc import Sequence

import pandas as pd
from django.utils.translation import gettext as _

from core.workbook import CODE, COUNT, LONG, NUMBER, TEXT, Heading, Sheet, Workbook
from quality.queries.gauge_studies import Analysed
from quality.views import gauge_words as words


def study_workbook(title: str, about: Sequence[tuple[str, str]], found: Analysed) -> Workbook:
    sheets = _of_values(found) if found.measured is not None else _of_judgements(found)
    return Workbook(title, about, [*sheets, _readings(found)])


def _of_values(found: Analysed) -> list[Sheet]:
    measured = found.measured
    assert measured is not None
    components = Sheet(
        _("Variance components"),
        [
            Heading(_("Source of variation"), LONG),
            *(
                Heading(name)
                for name in (
                    _("Variance"),
                    _("Standard deviation"),
                    _("95% interval"),
                    _("Study variation (6 s)"),
                    _("Contribution"),
                    _("Of study variation"),
                    _("Of the tolerance"),
                )
            ),
        ],
        (
            [
                row.name,
                row.variance,
                row.deviation,
                row.interval,
                row.width,
                row.contribution,
                row.study,
                row.tolerance,
            ]
            for row in words.components(measured)
        ),
    )
    figures = Sheet(
        _("Figures"),
        [
            Heading(_("Figure"), LONG),
            Heading(_("Estimate")),
            Heading(_("95% interval")),
            Heading(_("What it says"), LONG),
        ],
        ([one.name, one.estimate, one.interval, one.said] for one in words.figures(measured)),
    )
    sheets = [figures, components] if measured.anova is not None else []
    if measured.biases:
        names = (
            _("Piece"),
            _("Reference"),
            _("Readings taken"),
            _("Bias"),
            _("95% interval"),
            _("What it says"),
        )
        sheets.append(Sheet(_("Bias"), [Heading(name) for name in names], words.bias_lines(measured)))
    return sheets


def _of_judgements(found: Analysed) -> list[Sheet]:
    names = [_("Appraiser"), _("κ with itself")]
    if found.judged is not None and found.judged.rates is not None:
        names += [_("κ to the reference"), _("Effectiveness"), _("Missed"), _("False alarms")]
    rows = ([row.name, *(text for text, _verdict in row.cells)] for row in words.appraiser_rows(found))
    pairs = ([name, text] for name, text, _verdict in words.pair_rows(found))
    return [
        Sheet(_("Appraisers"), [Heading(name, LONG) for name in names], rows),
        Sheet(_("Between appraisers"), [Heading(_("Pair"), LONG), Heading("κ", LONG)], pairs),
    ]


def _readings(found: Analysed) -> Sheet:
    headings = [
        Heading(_("Appraiser"), TEXT),
        Heading(_("Piece"), CODE),
        Heading(_("Trial"), COUNT),
        Heading(_("Measured value"), NUMBER) if found.measured is not None else Heading(_("Rating")),
        Heading(_("Reference"), NUMBER if found.measured is not None else TEXT),
    ]
    said, known = ("value", "reference") if found.measured is not None else ("accepted", "reference_accepted")
    rows = (
        [appraiser, piece, trial, _written(value), _written(reference)]
        for appraiser, piece, trial, value, reference in found.readings[
            ["appraiser", "piece", "trial", said, known]
        ].itertuples(index=False)
    )
    return Sheet(_("Readings taken"), headings, rows)


def _written(value: object) -> object:
    if pd.isna(value):
        return None
    if isinstance(value, bool):
        return _("accepted") if value else _("rejected")
    return value
