"""The whole year of one seed."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sample.generator.defects import draw_defects
from sample.generator.lots import Quality, draw_quality
from sample.generator.measurements import draw_measurements
from sample.generator.other_customers import draw_other_customers
from sample.generator.plan import Plan, read_plan
from sample.generator.stock import Stock, draw_stock

#: The seed of the sample that ships. Chosen, not found by chance: `sample/README.md` says how.
DEFAULT_SEED = 4


@dataclass(frozen=True)
class Year:
    """One draw of the simulated year: what happened, before anybody wrote it down."""

    seed: int
    plan: Plan
    quality: Quality
    defects: pd.DataFrame
    stock: Stock
    measurements: pd.DataFrame
    other_customers: pd.DataFrame


def draw(seed: int = DEFAULT_SEED) -> Year:
    """Draw a year. The same seed gives the same year; `draw_quality(seed)` is its quality part."""
    quality = draw_quality(seed)
    return Year(
        seed=seed,
        plan=read_plan(),
        quality=quality,
        defects=draw_defects(seed, quality),
        stock=draw_stock(seed),
        measurements=draw_measurements(seed, quality),
        other_customers=draw_other_customers(seed),
    )
