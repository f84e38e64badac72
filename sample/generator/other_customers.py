"""Lots of two other customers in the ledger of S03."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample.generator.acceptance import acceptance_numbers
from sample.generator.plan import read_plan, stream

LOT_PREFIX = {"CUST2": "P", "CUST3": "H"}
INTRA_CLASS_CORRELATION = 0.012
AQL = 2.5


def draw_other_customers(seed: int) -> pd.DataFrame:
    """Draw the lots of S03 for customers other than the lead.

    Returns
    -------
    DataFrame
        A row a lot: `month`, `customer`, `customer_part_no` (may be empty), `part_name_zh`,
        `customer_cell` (what stands in the ledger; may be empty), `marker`, `date`, `lot_no`,
        `lot_size`, `inspected`, `nonconforming`, `accepted`.
    """
    rng = stream(seed, "other customers")
    plan = read_plan().other_customers
    rows = plan.loc[plan.index.repeat(plan.lots)].reset_index(drop=True)
    place = rows.groupby(["month", "customer", "customer_part_no"]).cumcount().to_numpy()
    of_row = pd.Series(place).groupby([rows.customer, rows.customer_part_no]).cumcount().to_numpy()
    starts = rows.month.to_numpy("datetime64[M]").astype("datetime64[D]")
    days = pd.PeriodIndex(rows.month, freq="M").days_in_month.to_numpy()
    day = np.floor((place + 0.5) * days / rows.lots.to_numpy()).astype(np.int64)
    rows["date"] = (starts + day.astype("timedelta64[D]")).astype("datetime64[s]")
    rows = rows.assign(customer_cell=_in_turn(rows.customer_cell, of_row))
    rows = rows.sort_values(["date", "customer"], ignore_index=True, kind="stable")
    of_day = rows.groupby(["customer", "date"]).cumcount() + 1
    day_of_lot = rows.customer.map(LOT_PREFIX) + rows.date.dt.strftime("%y%m%d")
    rows["lot_no"] = day_of_lot + "-" + of_day.astype(str)
    mean, spread = rows.rate_pct.to_numpy() / 100, 1 / INTRA_CLASS_CORRELATION - 1
    rows["inspected"] = rows.sample_size
    rows["nonconforming"] = rng.binomial(rows.inspected, rng.beta(mean * spread, (1 - mean) * spread))
    rows["accepted"] = rows.nonconforming <= acceptance_numbers(rows.inspected, np.full(len(rows), AQL))
    columns = ["month", "customer", "customer_part_no", "part_name_zh", "customer_cell", "marker", "date"]
    return rows[[*columns, "lot_no", "lot_size", "inspected", "nonconforming", "accepted"]]


def _in_turn(cells: pd.Series, turn: np.ndarray) -> list[str]:
    """Return what stands in the customer's cell: the entries of the list, in turn from lot to lot."""
    choices = [cell.split(";") for cell in cells]
    return [words[number % len(words)] for words, number in zip(choices, turn, strict=True)]
