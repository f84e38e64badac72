"""What rules find in rows: falling pass rates, chart signals, capability, odd data; and what the budget blunts."""

from datetime import date, timedelta

import numpy as np
import pytest
from django.test import Client

from improvement.models import RaisedWarning, WarningWatch
from improvement.services import warnings
from quality.formulas.plausibility import fewer_found
from quality.models import ChartDecision, Lot
from suppliers.access import looking_as, looking_as_house
from tests.improvement.warned import NOW, A, record_lots, record_values


@pytest.fixture(autouse=True)
def june(settings):
    settings.CLOCK_DATE = "2026-06-30"


def raised_for(person) -> list[RaisedWarning]:
    with looking_as(person):
        return list(RaisedWarning.objects.order_by("number"))


def test_a_share_nonconforming_that_doubles_is_found_and_one_that_stays_is_not(chain):
    steady = [2, 1, 3, 2, 2] * 24
    record_lots(chain.ours, chain.part, [A] * 120, first=date(2026, 1, 1), found=steady)
    record_lots(chain.ours, chain.shared_part, [A] * 120, first=date(2026, 1, 1), found=steady, commit_id=2)
    record_lots(chain.ours, chain.part, [A] * 20, first=date(2026, 6, 1), found=[5] * 20, commit_id=3)
    record_lots(chain.ours, chain.shared_part, [A] * 20, first=date(2026, 6, 1), found=[2] * 20, commit_id=4)
    warnings.evaluate_all(now=NOW)
    (one,) = raised_for(chain.buyer)
    assert (one.rule, one.part_id, one.first_day) == ("pass_rate", chain.part.pk, date(2026, 6, 1))
    details = one.evidence.model._base_manager.filter(warning=one).earliest("day").details
    assert details["expected_rate"] == pytest.approx(2 / 125, rel=0.02)
    assert details["run_length"] >= 1000


def means(rng, count: int, level: float = 10.0) -> list[list[float]]:
    return [[round(value, 2) for value in rng.normal(level, 0.1, 4)] for _lot in range(count)]


def test_a_shifted_lot_signals_against_its_past_and_nine_in_a_row_against_frozen_limits(chain):
    rng = np.random.default_rng(2)
    lots = means(rng, 60)
    record_values(chain.ours, chain.part, chain.length, [*lots, [10.45] * 4], first=date(2026, 4, 1))
    warnings.evaluate_all(now=NOW)
    (one,) = raised_for(chain.buyer)
    assert (one.rule, one.first_day) == ("run_rule", date(2026, 5, 31))
    with looking_as_house("freeze the limits of a test's chart"):
        ChartDecision.objects.create(
            partnership=chain.ours, part=chain.part, characteristic_version=chain.length, stage="outgoing",
            kind="freeze", reason="R", made_by=chain.buyer, made_at=NOW, chart="xbar_s", centre=10.0,
            sigma=0.1, subgroups=60, until=date(2026, 5, 31),
        )  # fmt: skip
    above = [[10.02, 10.03, 10.01, 10.02]] * 9
    record_values(chain.ours, chain.part, chain.length, above, first=date(2026, 6, 1), commit_id=2)
    warnings.evaluate_all(now=NOW)
    (same,) = raised_for(chain.buyer)
    assert (same.pk, same.last_day) == (one.pk, date(2026, 6, 8))  # the shifted lot lies above, too
    last = one.evidence.model._base_manager.filter(warning=one).latest("day")
    assert (last.details["rules"], last.details["frozen"]) == (["nelson2"], True)


def test_a_block_of_lots_is_judged_by_the_end_of_its_interval(chain):
    rng = np.random.default_rng(4)
    wide = [[float(np.clip(value, 9.5, 10.5)) for value in rng.normal(10.0, 0.24, 4)] for _lot in range(25)]
    record_values(chain.ours, chain.part, chain.length, wide, first=date(2026, 6, 1))
    warnings.evaluate_all(now=NOW)
    found = {one.rule: one for one in raised_for(chain.buyer)}
    assert set(found) == {"capability"}
    details = found["capability"].evidence.model._base_manager.get().details
    assert details["ppk"] < details["high"] < 1.0


def test_copied_values_are_asked_of_the_supplier_first(chain):
    rng = np.random.default_rng(5)
    lots = [[round(value, 2) for value in rng.normal(10.0, 0.1, 12)] for _lot in range(3)]
    record_values(chain.ours, chain.part, chain.length, [*lots, lots[1]])
    warnings.evaluate_all(now=NOW)
    assert raised_for(chain.buyer) == []
    (one,) = raised_for(chain.engineer)
    assert (one.rule, one.last_day) == ("plausibility", date(2026, 6, 4))
    client = Client()
    client.force_login(chain.buyer.user)
    assert client.get(f"/warnings/{one.pk}/").status_code == 404
    warnings.sweep(now=NOW + timedelta(days=6))
    assert raised_for(chain.buyer) == []
    warnings.sweep(now=NOW + timedelta(days=8))
    assert [same.pk for same in raised_for(chain.buyer)] == [one.pk]


def test_a_supplier_that_reports_nothing_where_its_customer_finds_something_is_asked(chain):
    told = {"first": date(2026, 6, 1), "inspected": 200}
    record_lots(chain.ours, chain.part, [A] * 12, found=[0] * 12, **told)
    record_lots(
        chain.ours, chain.part, [A] * 12, found=[1] * 12, stage="incoming", commit_id=2,
        **told | {"first": date(2026, 6, 1)},
    )  # fmt: skip
    assert Lot._base_manager.count() == 12
    warnings.evaluate_all(now=NOW)
    (one,) = raised_for(chain.engineer)
    assert one.rule == "plausibility"
    assert fewer_found(0, 2400, 12, 2400) == pytest.approx(0.5**12)
    assert fewer_found(0, 100, 0, 100) == 1


def test_the_budget_blunts_and_the_page_says_so(chain, settings):
    settings.WARNING_FALSE_ALARMS_A_MONTH = 0.001
    record_lots(chain.ours, chain.part, [A] * 60, first=date(2026, 4, 1))
    record_lots(chain.ours, chain.part, [A], first=date(2026, 6, 1), found=[60], commit_id=2)
    assert warnings.evaluate_all(now=NOW) == 1
    # What a blunt rule found is known when its lots are looked at again.
    record_lots(chain.ours, chain.part, [A], first=date(2026, 5, 31), commit_id=3)
    assert warnings.evaluate_all(now=NOW) == 0
    watch = WarningWatch._base_manager.get(pk=chain.ours.pk)
    assert watch.plan == 5
    assert watch.inspected_a_month == pytest.approx(62 * 30.44 / 91)
    chain.buyer.user.language = "en"
    chain.buyer.user.save()
    client = Client()
    client.force_login(chain.buyer.user)
    page = client.get("/warnings/rules/").text
    assert "On 1, rules gave way for that." in page
    assert "nine in a row on one side no longer count" in page
    (budget,) = client.get("/api/v1/warnings/budget/").json()
    assert (budget["supplier"], budget["plan"]) == ("S01", 5)
    assert budget["false_alarms_a_month"]["pass_rate"] == pytest.approx(watch.inspected_a_month / 16_000)
