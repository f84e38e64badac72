"""The draw keeps to the plan: lots, rates, habits, stock, measured values."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from sample.generator.acceptance import acceptance_numbers, accepted
from sample.generator.lots import draw_quality, lot_of_reference, planned_lots
from sample.generator.measurements import draw_measurements
from sample.generator.plan import BASELINE, REPORT_PERIOD, read_plan
from sample.generator.stock import draw_stock, piece_lines
from sample.generator.truth import planned_pass_rate, true_pass_rate
from sample.generator.year import draw

SEEDS = range(60)


def of_period(rows, period):
    return rows[rows.date.between(pd.Timestamp(period[0]), pd.Timestamp(period[1]))]


def pass_rate(rows):
    return 100 - 100 * rows.nonconforming.sum() / rows.inspected.sum()


def test_the_same_seed_draws_the_same_year_and_another_one_does_not(year):
    again, other = draw(year.seed), draw(year.seed + 1)
    for name in ("defects", "measurements", "other_customers"):
        pd.testing.assert_frame_equal(getattr(year, name), getattr(again, name))
        assert not getattr(year, name).equals(getattr(other, name))
    pd.testing.assert_frame_equal(year.stock.deliveries, again.stock.deliveries)
    pd.testing.assert_frame_equal(year.quality.outgoing, draw_quality(year.seed).outgoing)


def test_lots_of_a_cell_and_month_are_the_plans_on_the_plans_days():
    lots, plan = planned_lots(), read_plan()
    counted = lots.groupby(["cell", "month"]).size()
    assert counted.sum() == plan.months.lots.sum()
    assert (counted == plan.months.set_index(["cell", "month"]).lots.loc[counted.index]).all()
    planned = plan.incoming
    lot = lot_of_reference(planned.cell, planned.lot)
    assert (lots.made_on[lot].to_numpy() == planned.outgoing_on.to_numpy()).all()
    assert (lots.sample_size[lot].to_numpy() == planned.sample_size.to_numpy()).all()


def test_a_lot_number_names_one_lot_of_a_supplier():
    lots = planned_lots()
    assert not lots.duplicated(["supplier", "lot_no"]).any()


@pytest.mark.parametrize(
    ("period", "reported", "incoming", "lots_reported", "lots_incoming"),
    [(BASELINE, 97.81, 97.71, 87.9, 87.2), (REPORT_PERIOD, 99.22, 99.11, 96.4, 95.7)],
)
def test_the_mean_of_sixty_draws_is_the_headline_of_the_plan(
    period, reported, incoming, lots_reported, lots_incoming
):
    # Expectations and their standard deviations: the table "The headline, as the plan gives it".
    found = []
    for seed in SEEDS:
        quality = draw_quality(seed)
        out = of_period(quality.outgoing, period)
        out = out[out.reported & (out.submission == 1)]
        inc = of_period(quality.incoming, period)
        inc = inc[inc.submission == 1]
        truth = 100 * true_pass_rate(quality, *period)
        found.append(
            (pass_rate(out), pass_rate(inc), 100 * out.accepted.mean(), 100 * inc.accepted.mean(), truth)
        )
    means, errors = np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(len(found))
    expected = (reported, incoming, lots_reported, lots_incoming, 100 * planned_pass_rate(*period))
    # Four standard errors, and half a unit of the last printed digit.
    assert np.all(np.abs(means - expected) < 4 * errors + (0.005, 0.005, 0.05, 0.05, 0))


def test_the_truth_of_all_lots_is_the_plans():
    assert 100 * planned_pass_rate(*BASELINE) == pytest.approx(97.749, abs=5e-4)
    assert 100 * planned_pass_rate(*REPORT_PERIOD) == pytest.approx(99.109, abs=5e-4)


def test_what_is_reported_has_the_habits_of_the_suppliers(year):
    quality = year.quality
    rows = quality.outgoing.merge(quality.lots[["supplier", "month"]], left_on="lot", right_index=True)
    assert rows[rows.supplier == "S10"].nonconforming.sum() == 0
    assert rows[(rows.supplier == "S06") & rows.reported].accepted.all()
    assert (~rows[rows.supplier == "S06"].accepted).any()
    by_month = rows[rows.reported].groupby(["supplier", rows.date.dt.strftime("%Y-%m")]).size()
    for supplier, month in (("S08", "2025-02"), ("S08", "2025-10"), ("S11", "2025-03"), ("S11", "2026-02")):
        assert (supplier, month) not in by_month
    incoming = quality.incoming.merge(quality.lots[["supplier"]], left_on="lot", right_index=True)
    assert incoming[incoming.supplier == "S10"].nonconforming.sum() > 0


def test_a_rejected_lot_is_presented_again_two_days_later_or_conceded(year):
    outgoing = year.quality.outgoing
    lots = year.quality.lots
    rejected = outgoing[~outgoing.accepted & (lots.supplier[outgoing.lot] != "S06").to_numpy()]
    again = outgoing[outgoing.submission == 2].set_index("lot")
    assert set(again.index) <= set(rejected[~rejected.conceded].lot)
    assert (again.nonconforming == 0).all()
    first = rejected.set_index("lot").date[again.index]
    gap = (again.date - first).dt.days
    in_month = again.date.dt.month == first.dt.month
    month_end = first + pd.offsets.MonthEnd(0)
    assert (gap[in_month & (first + pd.Timedelta(days=2) <= month_end)] == 2).all()
    assert (first[~in_month] == month_end[~in_month]).all()
    not_yet = rejected[~rejected.conceded & ~rejected.lot.isin(again.index)]
    assert (not_yet.date == pd.Timestamp(2026, 6, 30)).all()
    assert rejected.conceded.mean() == pytest.approx(0.1, abs=0.04)


def test_every_fourth_lot_is_inspected_again_the_day_after_its_last_piece_came():
    plan, lots = read_plan(), planned_lots()
    lot = lot_of_reference(plan.incoming.cell, plan.incoming.lot)
    since_2025 = lots[lots.made_on >= pd.Timestamp(2025, 1, 1)].groupby("cell").cumcount() + 1
    assert (since_2025[lot] % 4 == 0).all()
    for line in piece_lines():
        mine = plan.incoming[plan.incoming.cell == line.cell]
        last_piece = line.lot_start[lot[mine.index] - line.first_lot] + mine.lot_size
        arrival = np.searchsorted(line.shipped.position[1:], last_piece)
        assert (line.shipped.date[arrival] == mine.received_on.to_numpy()).all()


@pytest.mark.parametrize(
    ("sample_size", "aql", "number"),
    # Cells of table 2-A of ISO 2859-1:1999 (GB/T 2828.1-2012) as publicly quoted.
    [(20, 2.5, 1), (50, 2.5, 3), (80, 0.65, 1), (80, 4.0, 7), (125, 2.5, 7), (200, 1.0, 5), (200, 4.0, 14)],
)
def test_acceptance_numbers_are_those_of_the_standard(sample_size, aql, number):
    assert acceptance_numbers([sample_size], [aql]).tolist() == [number]


def test_a_lot_with_a_critical_unit_or_one_major_too_many_is_not_accepted():
    verdicts = accepted([0, 1, 0], [7, 0, 8], [14, 0, 0], [7, 7, 7], [14, 14, 14])
    assert verdicts.tolist() == [True, False, False]


def test_three_fifths_of_the_nonconforming_units_fall_on_the_two_codes_of_the_task(year):
    lots = year.quality.lots
    rows = year.defects.merge(lots[["supplier", "part_no"]], left_on="lot", right_index=True)
    burrs = rows[(rows.supplier == "S01") & (rows.part_no == "0201001")].groupby("code")["count"].sum()
    assert burrs[["STA-01", "STA-02"]].sum() / burrs.sum() == pytest.approx(0.6, abs=0.04)
    families = read_plan().defects.process_family[rows.code].to_numpy()
    assert set(families[rows.part_no == "0502001"]) == {"thermoset moulding"}
    assert set(families[rows.part_no == "0501001"]) == {"injection moulding"}


def test_a_piece_has_at_least_one_nonconformity_and_some_have_two(year):
    units = sum(rows.nonconforming.sum() for rows in (year.quality.outgoing, year.quality.incoming))
    assert 1.04 < year.defects["count"].sum() / units < 1.08


def test_no_balance_of_any_lot_of_the_lead_is_ever_negative(year):
    stock = year.stock
    opening = stock.opening[~stock.opening.dead]
    flows = [
        opening.assign(moved=opening.quantity, order=0),
        stock.deliveries.assign(moved=stock.deliveries.quantity, order=1),
        stock.issues.assign(moved=-stock.issues.quantity, order=2),
    ]
    rows = pd.concat(flows).sort_values(["cell", "lot", "date", "order"], kind="stable")
    assert (rows.groupby(["cell", "lot"]).moved.cumsum() >= 0).all()


def test_a_lot_is_never_received_before_it_is_made(year):
    made = year.quality.lots.made_on
    received = year.stock.deliveries[year.stock.deliveries.lot >= 0]
    assert (received.date.to_numpy() >= made[received.lot].to_numpy()).all()


@pytest.mark.parametrize(
    ("period", "month_ends", "daily"), [(BASELINE, 16.51, 15.71), (REPORT_PERIOD, 19.73, 18.57)]
)
def test_the_leads_turnover_is_the_headline_of_the_plan(year, period, month_ends, daily):
    """Period prices; README of the plan: 16.51 and 19.73 by month ends, 15.71 and 18.57 by days."""
    days = pd.date_range(*period)
    months = year.stock.months
    of = months[months.month.between(f"{period[0]:%Y-%m}", f"{period[1]:%Y-%m}")]
    issued = (of.lead_issues * of.unit_price_cny).sum()
    own = _daily_value(year, period)
    ends = own[(own.index + pd.Timedelta(days=1)).day == 1]
    opening = (of[of.month == of.month.min()].eval("lead_opening * unit_price_cny")).sum()
    values = np.concatenate([[opening], ends.to_numpy()])
    weighted = np.average((values[1:] + values[:-1]) / 2, weights=ends.index.days_in_month)
    assert issued / weighted * 365 / len(days) == pytest.approx(month_ends, abs=0.005)
    assert issued / own.mean() * 365 / len(days) == pytest.approx(daily, abs=0.005)


def _daily_value(year, period):
    """Return the value of the lead's own stock at the end of each day, at prices of the month."""
    stock, cells = year.stock, len(read_plan().cells)
    first = pd.Timestamp(2025, 1, 1)
    days = (pd.Timestamp(period[1]) - first).days + 1
    moved = np.zeros((cells, days))
    for rows, sign in ((stock.opening, 1), (stock.deliveries, 1), (stock.issues, -1), (stock.clearances, -1)):
        at = (rows.date - first).dt.days.to_numpy()
        inside = at < days
        np.add.at(moved, (rows.cell.to_numpy()[inside], at[inside]), sign * rows.quantity.to_numpy()[inside])
    calendar = pd.date_range(first, periods=days)
    price = stock.months.pivot_table("unit_price_cny", "month", "cell").ffill().bfill()
    prices = price.loc[calendar.strftime("%Y-%m")].to_numpy().T
    value = pd.Series((moved.cumsum(axis=1) * prices).sum(axis=0), index=calendar)
    return value[pd.Timestamp(period[0]) :]


def test_deliveries_of_another_seed_differ_in_lateness_alone(year):
    other = draw_stock(year.seed + 1)
    columns = ["cell", "date", "lot_no", "quantity"]
    pd.testing.assert_frame_equal(year.stock.deliveries[columns], other.deliveries[columns])
    assert not year.stock.deliveries.promised_on.equals(other.deliveries.promised_on)


def test_measured_values_have_the_means_and_the_behaviour_of_the_shops():
    drawn = [draw_measurements(seed, draw_quality(seed)) for seed in range(8)]
    facts = planned_lots()[["supplier", "serial"]]
    values = pd.concat(drawn).merge(facts, left_on="lot", right_index=True)
    mean = values.groupby(["supplier", "part_no", "characteristic"]).value.mean()
    assert mean["S03", "0103001", "U1"] == pytest.approx(93, abs=0.8)  # 88, + 2 by K11, + 3 by K12
    assert mean["S01", "0201001", "D3"] == pytest.approx(7.50, abs=0.01)
    burr = values[
        (values.supplier == "S01") & (values.part_no == "0203001") & (values.characteristic == "B1")
    ]
    worn = burr.groupby(burr.serial % 12).value.mean()
    assert worn[9:].mean() - worn[:3].mean() == pytest.approx(9 * 0.0025, abs=0.008)
    offset = values[(values.part_no == "0103003") & (values.characteristic == "D2")]
    night = offset.groupby(offset.serial % 2).value.mean()
    assert night[1] - night[0] == pytest.approx(0.6 * 0.012, abs=0.004)


def test_the_quality_part_alone_is_fast_enough_for_two_hundred_seeds():
    started = dt.datetime.now(dt.UTC)
    for seed in range(5):
        draw_quality(seed)
    assert dt.datetime.now(dt.UTC) - started < dt.timedelta(seconds=2)
