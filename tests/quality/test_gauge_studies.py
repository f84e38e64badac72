"""A gauge study comes in like any file, and its page says what the manual says of it."""

import numpy as np
import pytest

from intake.services import commit
from intake.tables.templates import template
from quality.formulas.gauges.crossing import crossing, study_by_ranges
from quality.formulas.gauges.intervals import gauge_intervals
from quality.models import Gauge, GaugeReading, GaugeStudy
from quality.queries.gauge_studies import analysed
from suppliers.access import looking_as
from tests.intake.files import NOW, counted, hand_in, rules_of, sheet
from tests.reference.cases import assert_meets, load

CASES = load("gauge_cases.json")
MANUAL = CASES["msa-aiag-anova-pooled"]["input"]["measurements"]
HEADER = "量具编号,物料编码,检验项目,研究日期,评价人,样件,测量次数,实测值,规格下限,规格上限"
JUDGED = "Gauge no,Part no,Characteristic,Study date,Appraiser,Piece,Trial,Rating,Reference"


def manual(*, without: int = 0) -> bytes:
    """The study that the manual prints, less its last rows."""
    rows = [
        f"CAL-1,0201001,总长,2026-06-01,{who},{piece},{trial},{value},,"
        for piece, by_appraiser in enumerate(MANUAL, 1)
        for who, values in by_appraiser.items()
        for trial, value in enumerate(values, 1)
    ]
    return sheet(HEADER, *rows[: len(rows) - without])


def ours(chain, content, **asked):
    return hand_in(chain.clerk, content, partnership_id=chain.ours.pk, **asked)


def study_of(person):
    with looking_as(person):
        return GaugeStudy.objects.counting().get()


def test_the_manual_s_study_gives_the_manual_s_figures(chain):
    upload = ours(chain, manual())
    assert (upload.state, upload.kind, upload.counts["new"]) == ("committed", "gauge_studies", 90)
    with looking_as(chain.buyer):
        found = analysed(study_of(chain.buyer)).measured
    case = CASES["msa-aiag-anova-pooled"]
    for name in case["expected"]["var"]:
        assert_meets(getattr(found.anova.var, name), case, "var", name)
    assert found.ranges.grr == pytest.approx(0.30577, abs=2e-4)  # the manual rounds its factors
    assert found.tolerance.width == pytest.approx(1)  # of the list of characteristics
    low, high = found.intervals.pct_study_grr
    assert low < float(found.anova.pct_study_grr) < high


def test_readings_are_added_replaced_and_taken_back(chain):
    first = ours(chain, manual(without=3))
    with looking_as(chain.clerk):
        assert analysed(study_of(chain.clerk)).measured.too_few == "gaps"
    second = ours(chain, manual())
    assert counted(second, "new", "same") == [3, 87]
    assert ours(chain, manual() + b"\r\n").counts["same"] == 90
    other = ours(chain, manual().replace(b"1,0.29,", b"1,0.31,"))
    assert (other.state, other.counts["conflicting"]) == ("waiting", 1)
    with looking_as(chain.clerk):
        with pytest.raises(commit.BuiltUpon):
            commit.undo(upload_id=first.pk, person=chain.clerk, now=NOW)
        commit.undo(upload_id=second.pk, person=chain.clerk, now=NOW)
        assert study_of(chain.clerk).reading_count == 87
        commit.undo(upload_id=first.pk, person=chain.clerk, now=NOW)
        assert not GaugeStudy.objects.counting().exists()


def test_a_row_that_is_no_reading_waits_and_the_rest_is_kept(chain):
    upload = ours(chain, manual().replace(b",0.29,", b",about 0.3,"), partial=True)
    assert (upload.state, rules_of(upload), upload.open_rows) == ("committed", [(2, "not_a_number")], 1)
    assert study_of(chain.clerk).reading_count == 89


def test_a_column_a_trial_is_read_beside_pieces(chain):
    head = "量具,零件号,特性,研究日期,评价人,样件号,测量值1,测量值2"
    rows = [
        f"CAL-2,0201001,总长,2026-06-02,{who},{n},{10 + n / 10},{10.02 + n / 10}"
        for who in "甲乙"
        for n in (1, 2, 3)
    ]
    upload = ours(chain, sheet(head, *rows))
    assert (upload.state, upload.kind, upload.counts["new"]) == ("committed", "gauge_studies", 12)
    with looking_as(chain.clerk):
        found = analysed(study_of(chain.clerk))
    assert found.table.shape == (3, 2, 2)
    assert list(found.appraisers) == ["甲", "乙"]


def test_judgements_are_held_against_known_verdicts(chain):
    said = {"A": "11100000", "B": "11110000", "C": "11000000"}  # two trials; pieces 1 to 3 conform
    rows = [
        f"GO-1,0201001,通规,2026-06-03,{who},{piece},{trial},{'合格' if told == '1' else 'NG'},{int(piece <= 3)}"
        for trial in (1, 2)
        for who, by_piece in said.items()
        for piece, told in enumerate(by_piece, 1)
    ]
    upload = ours(chain, sheet(JUDGED, *rows))
    assert (upload.state, upload.kind, upload.counts["new"]) == ("committed", "gauge_studies", 48)
    with looking_as(chain.buyer):
        found = analysed(study_of(chain.buyer)).judged
    assert found.rates.missed.rate.tolist() == pytest.approx([0, 1 / 5, 0])
    assert found.rates.false_alarms.rate.tolist() == pytest.approx([0, 0, 1 / 3])
    assert [float(one.kappa) for one in found.against] == pytest.approx([1, 0.75, 5 / 7], abs=1e-9)


def test_a_customer_s_own_gauge_stays_in_its_own_books(chain):
    rows = [f"CMM,0201002,H,2026-06-04,A,{n},{t},{n + t / 100}" for n in (1, 2) for t in (1, 2)]
    upload = hand_in(chain.buyer, sheet(HEADER.removesuffix(",规格下限,规格上限"), *rows))
    assert upload.state == "committed"
    assert study_of(chain.buyer).partnership_id == chain.books.pk
    for other in (chain.clerk, chain.sibling_engineer, chain.outsider):
        with looking_as(other):
            assert not GaugeStudy.objects.exists()
            assert not GaugeReading.objects.exists()
            assert not Gauge.objects.exists()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_is_read_without_a_question(chain, language):
    assert hand_in(chain.clerk, template("gauge_studies", language), name="t.xlsx").kind == "gauge_studies"


def test_trials_numbered_through_are_laid_side_by_side():
    found = crossing([0, 0, 0, 0], [0, 0, 1, 1], [2, 1, 3, 4], [5, 6, 7, 8])
    assert found.table.tolist() == [[[6, 5], [7, 8]]]
    assert found.is_whole


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(5)
    true = 100 * np.sqrt(0.14 / 1.14)
    ends = []
    for _ in range(120):
        pieces, people = rng.normal(0, 1, (10, 1, 1)), rng.normal(0, 0.2, (1, 3, 1))
        crossed = rng.normal(0, 0.1, (10, 3, 1))
        ends.append(gauge_intervals(pieces + people + crossed + rng.normal(0, 0.3, (10, 3, 3))).pct_study_grr)
    low, high = np.transpose(ends)
    assert np.mean((low <= true) & (true <= high)) > 0.9


def test_a_constant_study_has_no_spread_at_all():
    found = study_by_ranges(np.full((3, 2, 2), 7.0))
    assert found.grr == 0
    assert np.isnan(found.pct_grr)
