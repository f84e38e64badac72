"""Limits and Cpk of 10,000 characteristics of 500 values, against bare NumPy reductions of the same array.

Processor time, since both are arithmetic of one thread.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from bench._house import run
from quality.formulas.capability import capability
from quality.formulas.process import Spread, baseline, process_sums

CHARACTERISTICS = 10_000
VALUES = 500
PIECES = 5
REPEATS = 5


def main() -> tuple[list[list[str]], dict[str, Any]]:
    values = np.random.default_rng(20260630).normal(20.0, 0.1, (CHARACTERISTICS, VALUES))
    subgroups = values.reshape(CHARACTERISTICS, VALUES // PIECES, PIECES)
    measured = {
        "single values": (
            _best(lambda: (values.mean(-1), values.std(-1, ddof=1), np.abs(np.diff(values)).mean(-1))),
            _best(lambda: _study(values, Spread.MOVING_RANGE)),
        ),
        f"subgroups of {PIECES}, ranges": (
            _best(lambda: (values.mean(-1), values.std(-1, ddof=1), np.ptp(subgroups, axis=-1).mean(-1))),
            _best(lambda: _study(subgroups, Spread.RANGE)),
        ),
        f"subgroups of {PIECES}, deviations": (
            _best(lambda: (values.mean(-1), values.std(-1, ddof=1), subgroups.std(-1, ddof=1).mean(-1))),
            _best(lambda: _study(subgroups, Spread.DEVIATION)),
        ),
    }
    table = [["", "bare NumPy, ms", "limits and Cpk, ms", "ratio"]]
    figures: dict[str, Any] = {"characteristics": CHARACTERISTICS, "values": VALUES}
    for name, (bare, ours) in measured.items():
        table.append([name, f"{1000 * bare:.0f}", f"{1000 * ours:.0f}", f"{ours / bare:.2f}"])
        figures[name] = {"bare_s": bare, "ours_s": ours, "ratio": ours / bare}
    return table, figures


def _study(values: np.ndarray, spread: Spread) -> None:
    """Control limits, and capability with its intervals, of all characteristics."""
    sums = process_sums(values, spread=spread)
    start = baseline(sums)
    pieces = 1 if spread is Spread.MOVING_RANGE else PIECES
    start.mean_band(pieces)
    start.range_band(max(pieces, 2))
    capability(sums, 19.5, 20.5)


def _best(work: Callable[[], Any]) -> float:
    work()  # warm: constants, pages of memory
    seconds = []
    for _ in range(REPEATS):
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return min(seconds)


if __name__ == "__main__":
    run(main, f"{CHARACTERISTICS:,} characteristics of {VALUES} values: control limits and Cpk with interval")
