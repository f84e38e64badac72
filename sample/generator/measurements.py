"""Measured values of the lots whose sheets are written: S01 and S03, the last three months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from sample.generator.frames import records
from sample.generator.lots import Quality
from sample.generator.plan import MEASURED_FROM, read_plan, stream

MEASURING_SUPPLIERS = ("S01", "S03")
#: Correlation of a lot's mean with the rate that the lot drew.
CORRELATION_WITH_RATE = 0.5
TOOL_WEAR_A_LOT = 0.0025  # mm of burr height, S01
LOTS_BETWEEN_REGRINDS = 12
NIGHT_SHIFT_OFFSET = 0.6  # of sigma within, S03, characteristic D2


@dataclass(frozen=True)
class Effect:
    """What a task did to the values of one characteristic from a month on, in the measured months."""

    supplier: str
    part_no: str
    characteristic: str
    mean_factor: float = 1.0
    mean_shift: float = 0.0
    sigma_factor: float = 1.0
    wear_factor: float = 1.0
    shift_factor: float = 1.0


#: `measured_effect` of `programme_tasks.csv`, as it stands in the measured months.
EFFECTS = (
    Effect("S01", "0201001", "B1", mean_factor=0.75, wear_factor=0.40),  # K01, since 2025-09
    Effect("S03", "0103001", "U1", mean_shift=5.0),  # K11 + 2 %, K12 + 3 %
    Effect("S03", "0103001", "D1", sigma_factor=0.85),  # K12, since 2025-12
    Effect("S03", "0103001", "D2", shift_factor=0.40),  # K11, since 2025-10
)
#: K16 at S01 x 0201002 B1: 0.55 until 2026-02, faded to 0.95 in 2026-05.
FADING_BURR = {"2026-04": 0.82, "2026-05": 0.95, "2026-06": 0.95}


def draw_measurements(seed: int, quality: Quality) -> pd.DataFrame:
    """Draw the measured values.

    Returns
    -------
    DataFrame
        A row a value: `lot`, `part_no`, `characteristic`, `piece` (from 1), `value` in the
        characteristic's unit and decimals.
    """
    rng = stream(seed, "measurements")
    lots = quality.lots
    wanted = lots.supplier.isin(MEASURING_SUPPLIERS) & (lots.month >= MEASURED_FROM)
    lots = lots[wanted].assign(rate=quality.rate[wanted.to_numpy()])
    lots["score"] = _normal_score(lots)
    frames = []
    for (supplier, part_no), of_cell in lots.groupby(["supplier", "part_no"], sort=True):
        measured = records(measured_characteristics(str(part_no)))
        frames += [_draw_characteristic(rng, str(supplier), of_cell, c) for c in measured]
    values = pd.concat(frames, ignore_index=True)
    return values.sort_values(["lot", "order", "piece"], ignore_index=True).drop(columns="order")


def measured_characteristics(part_no: str) -> pd.DataFrame:
    """Return the measured (not judged) characteristics of a part, in the order of its drawing."""
    rows = read_plan().characteristics
    return rows[(rows.part_no == part_no) & (rows.kind == "variable")]


def _normal_score(lots: pd.DataFrame) -> np.ndarray:
    """Return the standard normal quantile of each lot's rate within its own beta distribution."""
    mean, spread = lots.true_rate.to_numpy(), 1 / lots.icc_between_lots.to_numpy() - 1
    below = special.betainc(mean * spread, (1 - mean) * spread, lots.rate.to_numpy())
    return np.asarray(special.ndtri(np.clip(below, 1e-6, 1 - 1e-6)))


def _draw_characteristic(rng: np.random.Generator, supplier: str, lots: pd.DataFrame, c: Any) -> pd.DataFrame:
    effect = _effect(supplier, c.part_no, c.characteristic_no)
    sigma = c.sigma_within * effect.sigma_factor
    between = read_plan().suppliers.lot_mean_sigma_of_within[supplier] * c.sigma_within
    r = CORRELATION_WITH_RATE
    z = r * lots.score.to_numpy() + np.sqrt(1 - r * r) * rng.standard_normal(len(lots))
    mean = c.typical_mean * effect.mean_factor * _fading(lots, c) + effect.mean_shift + between * z
    mean = mean + _behaviour(supplier, lots, c, effect)
    pieces = int(c.subgroup_size)
    values = np.round(_draw_values(rng, c, mean[:, None], sigma, pieces), int(c.decimals))
    return pd.DataFrame(
        {
            "lot": np.repeat(lots.index.to_numpy(), pieces),
            "part_no": c.part_no,
            "characteristic": c.characteristic_no,
            "piece": np.tile(np.arange(1, pieces + 1), len(lots)),
            "value": values.ravel(),
            "order": c.Index,
        }
    )


def _effect(supplier: str, part_no: str, characteristic: str) -> Effect:
    same = (
        e for e in EFFECTS if (e.supplier, e.part_no, e.characteristic) == (supplier, part_no, characteristic)
    )
    return next(same, Effect(supplier, part_no, characteristic))


def _fading(lots: pd.DataFrame, c: Any) -> np.ndarray:
    if (c.part_no, c.characteristic_no) != ("0201002", "B1"):
        return np.ones(len(lots))
    return np.array([FADING_BURR[month] for month in lots.month])


def _behaviour(supplier: str, lots: pd.DataFrame, c: Any, effect: Effect) -> np.ndarray:
    """Return what the shop itself adds to a lot's mean: worn tools at S01, the night shift at S03."""
    if supplier == "S01" and c.characteristic_no == "B1":
        since_regrind = lots.serial.to_numpy() % LOTS_BETWEEN_REGRINDS
        return np.asarray(TOOL_WEAR_A_LOT * effect.wear_factor * since_regrind)
    if supplier == "S03" and c.characteristic_no == "D2":
        night = lots.serial.to_numpy() % 2
        return np.asarray(NIGHT_SHIFT_OFFSET * effect.shift_factor * c.sigma_within * night)
    return np.zeros(len(lots))


def _draw_values(rng: np.random.Generator, c: Any, mean: np.ndarray, sigma: float, pieces: int) -> np.ndarray:
    """Draw values of given mean (shape (lots, 1)) and sigma by the characteristic's distribution."""
    size = (len(mean), pieces)
    if c.distribution == "skewed_bounded_at_0":
        return _gamma(rng, np.maximum(mean, sigma / 2), sigma, size)
    if c.distribution == "skewed_bounded_at_100":
        return 100 - _gamma(rng, np.maximum(100 - mean, sigma / 2), sigma, size)
    if c.distribution == "skewed_right":
        spread = np.log1p((sigma / mean) ** 2)
        return rng.lognormal(np.log(mean) - spread / 2, np.sqrt(spread), size)
    if c.distribution == "truncated":
        low, high = special.ndtr((c.lsl - mean) / sigma), special.ndtr((c.usl - mean) / sigma)
        return np.asarray(mean + sigma * special.ndtri(low + (high - low) * rng.random(size)))
    return rng.normal(mean, sigma, size)  # normal, and discrete after rounding


def _gamma(rng: np.random.Generator, mean: np.ndarray, sigma: float, size: tuple[int, int]) -> np.ndarray:
    return rng.gamma((mean / sigma) ** 2, sigma**2 / mean, size)
