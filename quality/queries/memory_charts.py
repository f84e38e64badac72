"""EWMA and CUSUM of a measured characteristic: the points of its control chart, plotted with memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from quality.formulas.process import Band
from quality.formulas.run_rules import Rule
from quality.formulas.time_weighted import Memory, cusum, ewma, ewma_band_of
from quality.queries.process_charts import ProcessChart, Track

BEYOND = (Rule.NELSON_1,)  # the only rule of these charts: neighbours are alike by their making


@dataclass(frozen=True, slots=True)
class Settings:
    """Lambda and L of an EWMA, k and h of a CUSUM; all but lambda in standard errors of a point."""

    weight: float = 0.2
    width: float = 3.0
    allowance: float = 0.5
    decision: float = 5.0


USUAL = Settings()


def with_memory(drawn: ProcessChart, memory: Memory, settings: Settings = USUAL) -> ProcessChart:
    """Plot the points of a chart with memory; each of its segments begins anew at its own centre.

    An EWMA stands above the values that it is made of; of a CUSUM both sums, in standard errors of a point, so that
    lots of different sizes count as they should. A lot that was left out changes neither.
    """
    level = drawn.tracks[0]
    values = np.where(drawn.excluded, np.nan, level.values)
    with np.errstate(invalid="ignore"):
        errors = (level.band.high - level.band.centre) / 3
    errors = np.where(np.isnan(values) | ~(errors > 0), np.nan, errors)
    edges = [*(one.first for one in drawn.segments), len(values)]
    pieces = [slice(*edge) for edge in pairwise(edges)]
    if memory is Memory.EWMA:
        above = _averages(values, level.band.centre, errors, pieces, settings)
        return replace(drawn, memory=memory, tracks=(above, level))
    return _sums(drawn, (values - level.band.centre) / errors, pieces, settings)


def _averages(
    values: np.ndarray, centre: np.ndarray, errors: np.ndarray, pieces: Sequence[slice], settings: Settings
) -> Track:
    known = np.where(np.isnan(errors), np.nan, values)
    lines = np.full((4, len(values)), np.nan)
    for own in pieces:
        if own.start < own.stop:
            lines[0, own] = ewma(known[own], weight=settings.weight, start=centre[own][0])
            lines[1:, own] = ewma_band_of(
                centre[own][0], errors[own], weight=settings.weight, width=settings.width
            )
    band = Band(*lines[1:])
    return Track("ewma", lines[0], band, _beyond(band, lines[0]))


def _sums(
    drawn: ProcessChart, scores: np.ndarray, pieces: Sequence[slice], settings: Settings
) -> ProcessChart:
    sums = np.zeros((2, len(scores)))
    began = np.zeros((2, len(scores)), dtype=np.int64)
    for own in pieces:
        found = cusum(scores[own], target=0.0, allowance=settings.allowance, decision=settings.decision)
        sums[:, own] = found.high, found.low
        began[:, own] = found.began_high + own.start, found.began_low + own.start
    flat = np.zeros(len(scores))
    band = Band(flat, np.full(len(scores), np.nan), flat + settings.decision)
    up, down = (
        Track(name, line, band, _beyond(band, line))
        for name, line in zip(("sums_up", "sums_down"), sums, strict=True)
    )
    signals = [
        (int(at), side) for side in (0, 1) for at in np.flatnonzero(sums[side] > settings.decision)[:1]
    ]
    first = min(signals, default=None)
    return replace(
        drawn,
        memory=Memory.CUSUM,
        tracks=(up, down),
        began=int(began[first[1], first[0]]) if first else None,
    )


def _beyond(band: Band, values: np.ndarray) -> list[list[Rule]]:
    return [list(BEYOND) if at else [] for at in band.beyond(values).tolist()]
