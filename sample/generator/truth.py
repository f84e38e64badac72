"""The truth behind the year. For tests alone: it is never loaded into the product."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from sample.generator.lots import Quality
from sample.generator.plan import read_plan


def planned_rates() -> pd.DataFrame:
    """Return the true rate of each cell and month, as fractions of nonconforming units.

    Returns
    -------
    DataFrame
        `supplier`, `part_no`, `month`, `inspected` (pieces planned for outgoing inspection, reported or
        not) and `true_rate`; months in which the cell makes nothing are left out.
    """
    months = read_plan().months
    made = months[(months.inspection_grain != "none") & (months.lots > 0)]
    rates = made[["supplier", "part_no", "month", "inspected"]].reset_index(drop=True)
    return rates.assign(true_rate=made.true_rate_pct.to_numpy() / 100)


def planned_pass_rate(first: dt.date, last: dt.date) -> float:
    """Return the expectation of the pass rate of all lots made from `first` to `last`, as a fraction.

    Lots are weighted by the pieces inspected of them, as every rate of the sample is; months never sent
    and lots never reported are in it.
    """
    rates = planned_rates()
    of_period = rates[(rates.month >= f"{first:%Y-%m}") & (rates.month <= f"{last:%Y-%m}")]
    return 1 - float(np.average(of_period.true_rate, weights=of_period.inspected))


def true_pass_rate(quality: Quality, first: dt.date, last: dt.date) -> float:
    """Return the pass rate that all lots made from `first` to `last` really had in this draw."""
    lots = quality.lots
    of_period = lots.made_on.between(pd.Timestamp(first), pd.Timestamp(last)).to_numpy()
    made = of_period & ~np.isnan(quality.rate)
    return 1 - float(np.average(quality.rate[made], weights=lots.sample_size.to_numpy()[made]))
