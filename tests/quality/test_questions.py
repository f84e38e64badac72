"""Questions about reported values: what raises them, who sees them when, and what an answer does."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from quality.formulas.questions import FALSE_ALARMS, Lots, Pattern, checks_of, step_of
from quality.models import Lot, Measurement, MeasurementSet, QuestionAnswer
from quality.queries.plausibility import HEAD_START, questions
from quality.services.answering import NotAsked, answer_question
from suppliers.access import looking_as, looking_as_house
from suppliers.services import MayNot
from tests.factories import make_part
from tests.rows import NOW


def lots(count=30, size=5, *, asked=15, seed=1, step=0.01, usl=None):
    rng = np.random.default_rng(seed)
    return Lots([np.round(rng.normal(10, 0.1, size), 2) for _ in range(count)], asked, step, None, usl)


def asked_about(series):
    return {one.test: one for one in checks_of(series) if one.asks}


def test_honest_lots_are_asked_about_no_oftener_than_is_said():
    done = [one for seed in range(120) for one in checks_of(lots(seed=seed, usl=10.15))]
    assert len(done) > 300
    assert sum(one.asks for one in done) <= 3 + len(done) * FALSE_ALARMS


@pytest.mark.parametrize(
    ("what", "change"),
    [
        (Pattern.COPY, lambda values: [*values[:-1], values[3].copy()]),
        (Pattern.VARIANCE, lambda values: [*values[:-1], np.full(5, 10.0)]),
        (Pattern.HEAP_USL, lambda values: [np.minimum(one, 10.05) for one in values]),
        (Pattern.LAST_DIGIT, lambda values: [np.round(one * 20) / 20 for one in values]),
    ],
)
def test_each_pattern_is_asked_about(what, change):
    usl = 10.05 if what == Pattern.HEAP_USL else None
    plain = lots(40, asked=30, usl=usl)
    found = asked_about(Lots(change(list(plain.values)), 30, 0.01, None, usl))
    assert what in found
    if what == Pattern.COPY:
        assert (found[what].lot, found[what].earlier) == (39, 3)


def test_a_run_that_comes_back_across_lots_is_asked_about():
    values = list(lots(40, asked=30).values)
    run = np.concatenate([values[15], values[16]])[2:9]
    values[30] = np.concatenate([values[30][:3], run[:2]])
    values[31] = run[2:7]
    found = asked_about(Lots(values, 30, 0.01))
    assert (found[Pattern.REPEATED].earlier, found[Pattern.REPEATED].lot) == (15, 30)


def test_equal_readings_on_a_coarse_scale_are_no_question():
    coarse = [np.round(one, 1) for one in lots(40, asked=30).values]
    assert Pattern.VARIANCE not in asked_about(Lots(coarse, 30, 0.1))
    assert step_of(np.array([1.25, 3.0])) == pytest.approx(0.01)


@pytest.fixture
def copied(chain):
    """A part whose last lot has the values of its first, recorded at NOW."""
    part = make_part("0209001", chain.customer, [chain.ours])
    series = [*lots(20).values, lots(20).values[0]]
    with looking_as_house("set a test's scene"):
        for place, values in enumerate(series):
            day = date(2026, 4, 1) + timedelta(place)
            on = {"partnership": chain.ours, "part": part}
            lot = Lot.objects.create(**on, number=f"L{place}", number_key=f"l{place}", created_at=NOW)
            own = MeasurementSet.objects.create(
                **on, lot=lot, stage="outgoing", measured_date=day, values_hash=str(place), value_count=5,
                commit_id=1, recorded_at=NOW,
            )  # fmt: skip
            Measurement.objects.bulk_create(
                Measurement(
                    partnership_id=chain.ours.pk, measurement_set_id=own.pk, lot_id=lot.pk, piece=piece,
                    characteristic_version_id=chain.length.pk, value=value, measured_date=day,
                )
                for piece, value in enumerate(values, 1)
            )  # fmt: skip
    return part


def seen_by(chain, person, part, now: datetime):
    with looking_as(person):
        reporting = person.organisation_id == chain.supplier.pk
        return questions(partnership_id=chain.ours.pk, part_id=part.pk, now=now, reporting=reporting).asked


def test_the_supplier_is_asked_first_and_the_customer_sees_it_after_a_week(chain, copied):
    (asked,) = seen_by(chain, chain.clerk, copied, NOW)
    assert (asked.test, asked.lot.number, asked.earlier.number) == (Pattern.COPY, "L20", "L0")
    assert seen_by(chain, chain.buyer, copied, NOW + HEAD_START - timedelta(hours=1)) == []
    assert [one.key for one in seen_by(chain, chain.buyer, copied, NOW + HEAD_START)] == [asked.key]


def test_an_answer_is_the_supplier_s_and_shows_the_question_to_the_customer(chain, copied):
    (asked,) = seen_by(chain, chain.clerk, copied, NOW)
    told = {"partnership_id": chain.ours.pk, "part_id": copied.pk, "now": NOW}
    for nobody in (chain.buyer, chain.viewer, chain.sibling_engineer):
        with looking_as(nobody), pytest.raises(MayNot):
            answer_question(**told, key=asked.key, answer="A", by=nobody)
    with looking_as(chain.clerk):
        with pytest.raises(NotAsked):
            answer_question(**told, key="copy-1-2026-04-01-1", answer="A", by=chain.clerk)
        answer_question(**told, key=asked.key, answer="The sheet was the pattern.", by=chain.clerk)
    (shown,) = seen_by(chain, chain.buyer, copied, NOW)
    assert [one.text for one in shown.answers] == ["The sheet was the pattern."]
    with looking_as(chain.outsider):
        assert not QuestionAnswer.objects.exists()


def test_the_page_asks_and_takes_the_answer(chain, copied, client):
    client.force_login(chain.engineer.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    url = f"/parts/{copied.pk}/questions/"
    (asked,) = seen_by(chain, chain.clerk, copied, NOW)
    assert asked.key in client.get(url).text
    body = {"supplier": chain.supplier.code, "question": asked.key, "answer": "New gauge."}
    assert client.post(f"{url}answer/", body).status_code == 302
    assert "New gauge." in client.get(url).text
    assert client.get(f"{url}?as=xlsx").status_code == 200
    told = client.get(f"/api/v1/plausibility/{copied.pk}/").json()
    assert told["questions"][0]["answers"][0]["text"] == "New gauge."
