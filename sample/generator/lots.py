"""The lots of the plan, and the draw of their quality at both stages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from sample.generator.acceptance import acceptance_numbers, accepted
from sample.generator.plan import TODAY, read_plan, stream

#: How each supplier begins its lot numbers; S02 and S10 write the bare date.
LOT_PREFIX = {
    "S01": "J",
    "S02": "",
    "S03": "C",
    "S04": "D",
    "S05": "W",
    "S06": "T",
    "S07": "G",
    "S08": "X",
    "S09": "R",
    "S10": "",
    "S11": "Z",
}
ACCEPTED_LOTS_ONLY = "S06"
CONCEDED_SHARE = 0.1
DAYS_TO_PRESENT_AGAIN = np.timedelta64(2, "D")
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Quality:
    """One draw of the quality part.

    Attributes
    ----------
    lots : DataFrame
        `planned_lots()`: index is the lot, the same in every draw.
    rate : ndarray of float, shape (lots,)
        The rate of nonconforming units that each lot drew, as a fraction; NaN for lots before the
        supplier's books begin. **Truth**: for tests only.
    outgoing, incoming : DataFrame
        A row per presentation: `lot`, `submission`, `date`, `inspected`, `nonconforming`, `critical`,
        `major`, `minor`, `accepted`, `conceded`. Outgoing also `reported`; incoming also `received_on`
        and `sorted_qty` (pieces found when a rejected lot was sorted).
    """

    lots: pd.DataFrame
    rate: np.ndarray
    outgoing: pd.DataFrame
    incoming: pd.DataFrame


def draw_quality(seed: int) -> Quality:
    """Draw rates, counts, classes and verdicts of all lots (about 10 ms once the plan is read)."""
    rng = stream(seed, "quality")
    lots = planned_lots()
    rate = _draw_rates(rng, lots)
    outgoing = _draw_outgoing(rng, lots, rate)
    incoming = _draw_incoming(rng, lots, rate)
    return Quality(lots=lots, rate=rate, outgoing=outgoing, incoming=incoming)


@lru_cache(maxsize=1)
def planned_lots() -> pd.DataFrame:
    """Return every lot made from 2024-01 to 2026-06, a row each, ordered by cell and day.

    Columns: `cell`, `supplier`, `part_no`, `month`, `number` (in its month, from 1), `serial` (of the
    cell, from 0), `made_on`, `lot_no`, `lot_size`, `sample_size`, `grain` (lot, missing or none),
    `true_rate` and `reporting_factor` as fractions, shares of classes and acceptance numbers.
    """
    plan = read_plan()
    months = plan.months
    lots = months.loc[months.index.repeat(months.lots)].reset_index(drop=True)
    lots["number"] = lots.groupby(["cell", "month"]).cumcount() + 1
    lots["serial"] = lots.groupby("cell").cumcount()
    day = np.floor((lots.number.to_numpy() - 0.5) * lots.days.to_numpy() / lots.lots.to_numpy())
    starts = lots.month.to_numpy("datetime64[M]").astype("datetime64[D]")
    lots["made_on"] = (starts + day.astype(np.int64).astype("timedelta64[D]")).astype("datetime64[s]")
    lots["lot_no"] = _lot_numbers(lots)
    lots["true_rate"] = lots.true_rate_pct / 100
    cells = plan.cells.loc[lots.cell].reset_index(drop=True)
    kept = ("reporting_factor", "share_critical", "share_major", "share_minor", "icc_between_lots")
    for name in kept:
        lots[name] = cells[name]
    lots["ac_major"] = acceptance_numbers(lots.sample_size, cells.aql_major)
    lots["ac_minor"] = acceptance_numbers(lots.sample_size, cells.aql_minor)
    lots = lots.rename(columns={"inspection_grain": "grain"})
    columns = ["cell", "supplier", "part_no", "month", "number", "serial", "made_on", "lot_no", "lot_size"]
    columns += ["sample_size", "grain", "true_rate", *kept, "ac_major", "ac_minor"]
    return lots[columns]


def _lot_numbers(lots: pd.DataFrame) -> pd.Series:
    """Write the suppliers' lot numbers: prefix, day, and a serial over the day's lots of the shop."""
    of_the_day = lots.groupby(["supplier", "made_on"]).cumcount() + 1
    day = lots.supplier.map(LOT_PREFIX) + lots.made_on.dt.strftime("%y%m%d")
    numbers: pd.Series = day + "-" + of_the_day.astype(str)
    return numbers


def lot_of_reference(cells: pd.Series, references: pd.Series) -> pd.Series:
    """Return the lot (index of `planned_lots()`) of each reference such as `2025-03/2` in its cell."""
    lots = planned_lots()
    keys = pd.MultiIndex.from_arrays([lots.cell, lots.month + "/" + lots.number.astype(str)])
    wanted = pd.MultiIndex.from_arrays([cells, references])
    return pd.Series(pd.Series(lots.index, index=keys).reindex(wanted).to_numpy(), index=cells.index)


def _draw_rates(rng: np.random.Generator, lots: pd.DataFrame) -> np.ndarray:
    """Draw each lot's rate from a beta distribution with the cell's intra-class correlation."""
    rate = np.full(len(lots), np.nan)
    known = (lots.grain != "none").to_numpy()
    mean = lots.true_rate.to_numpy()[known]
    spread = 1 / lots.icc_between_lots.to_numpy()[known] - 1
    rate[known] = rng.beta(mean * spread, (1 - mean) * spread)
    return rate


def _draw_counts(
    rng: np.random.Generator, lots: pd.DataFrame, at: np.ndarray, rate: np.ndarray
) -> pd.DataFrame:
    """Draw nonconforming units, their classes and the verdict of the lots `at`, first presentation."""
    chosen = lots.iloc[at]
    inspected = chosen.sample_size.to_numpy()
    nonconforming = rng.binomial(inspected, rate)
    share_critical, share_major = chosen.share_critical.to_numpy(), chosen.share_major.to_numpy()
    critical = rng.binomial(nonconforming, share_critical)
    major = rng.binomial(nonconforming - critical, share_major / (1 - share_critical))
    minor = nonconforming - critical - major
    verdict = accepted(critical, major, minor, chosen.ac_major, chosen.ac_minor)
    return pd.DataFrame(
        {
            "lot": at,
            "submission": 1,
            "inspected": inspected,
            "nonconforming": nonconforming,
            "critical": critical,
            "major": major,
            "minor": minor,
            "accepted": verdict,
            "conceded": ~verdict & (rng.random(len(at)) < CONCEDED_SHARE),
        }
    )


def _presented_again(first: pd.DataFrame, date: np.ndarray) -> pd.DataFrame:
    """Return the second presentations: the found units are replaced, nothing more is found."""
    again = first.assign(submission=2, date=date, nonconforming=0, critical=0, major=0, minor=0)
    return again.assign(accepted=True, conceded=False)


def _draw_outgoing(rng: np.random.Generator, lots: pd.DataFrame, rate: np.ndarray) -> pd.DataFrame:
    at = np.flatnonzero(lots.grain != "none")
    first = _draw_counts(rng, lots, at, rate[at] * lots.reporting_factor.to_numpy()[at])
    first["date"] = lots.made_on.to_numpy()[at]
    silent = (lots.supplier.to_numpy()[at] == ACCEPTED_LOTS_ONLY) & ~first.accepted
    rejected = first[~first.accepted & ~first.conceded & ~silent]
    again = _presented_again(rejected, _day_of_second(rejected.date.to_numpy()))
    again = again[again.date <= np.datetime64(TODAY)]
    both = pd.concat([first.assign(silent=silent), again.assign(silent=False)], ignore_index=True)
    both = both.sort_values(["lot", "submission"], ignore_index=True)
    both["reported"] = ~both.silent & ~_in_missing_month(lots, both)
    return both.drop(columns="silent")


def _day_of_second(first: np.ndarray) -> np.ndarray:
    """Return the day two days later, at the latest the month's last; after that day, the next day."""
    days = first.astype("datetime64[D]")
    last = (days.astype("datetime64[M]") + 1).astype("datetime64[D]") - _DAY
    second = np.where(days == last, days + _DAY, np.minimum(days + DAYS_TO_PRESENT_AGAIN, last))
    return second.astype("datetime64[s]")


def _in_missing_month(lots: pd.DataFrame, presentations: pd.DataFrame) -> np.ndarray:
    """Say which presentations belong to a month whose file was never sent, by their own date."""
    missing = lots[lots.grain == "missing"]
    months = set(zip(missing.supplier, missing.month, strict=True))
    supplier = lots.supplier.to_numpy()[presentations.lot]
    month = presentations.date.dt.strftime("%Y-%m")
    return np.array([pair in months for pair in zip(supplier, month, strict=True)])


def _draw_incoming(rng: np.random.Generator, lots: pd.DataFrame, rate: np.ndarray) -> pd.DataFrame:
    planned = read_plan().incoming
    at = lot_of_reference(planned.cell, planned.lot).to_numpy(np.int64)
    first = _draw_counts(rng, lots, at, rate[at])
    first["date"] = planned.inspected_on.to_numpy()
    first["received_on"] = planned.received_on.to_numpy()
    in_lot = np.rint(rate[at] * lots.lot_size.to_numpy()[at]).astype(np.int64)
    first["sorted_qty"] = np.where(first.accepted, 0, np.maximum(in_lot, first.nonconforming))
    rejected = first[~first.accepted & ~first.conceded]
    again = _presented_again(rejected, rejected.date.to_numpy() + DAYS_TO_PRESENT_AGAIN).assign(sorted_qty=0)
    both = pd.concat([first, again], ignore_index=True)
    return both.sort_values(["date", "lot", "submission"], ignore_index=True)
