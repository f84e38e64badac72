"""Warnings after the commit of a big file of measured values: what looking at it adds to its intake.

Nobody waits for it: a worker looks after the commit. Each round brings other lots, so the past that is read grows.
"""

import argparse
import statistics
import time
from typing import Any

from bench._house import House, intake_seconds, own_house, run
from bench.measurement_rows import CHARACTERISTICS, PARTS, SHAPES, book, give_characteristics


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=100_000, help="values of a file (the goal: 1000000)")
    parser.add_argument(
        "--rounds", type=int, default=3, help="files of each shape, of which the median counts"
    )


def main(options: argparse.Namespace) -> tuple[list[list[str]], dict[str, Any]]:
    table = [["", "intake, s", "looking, s", "added, median", "lowest–highest", "warnings"]]
    figures: dict[str, Any] = {"rows": options.rows, "rounds": options.rounds, "shapes": {}}
    with own_house("warnings", suppliers=1, parts=PARTS) as house:
        give_characteristics(house)
        for number, shape in enumerate(SHAPES):
            taken, looked, made = [], [], 0
            for turn in range(options.rounds):
                content = book(house, shape, options.rows, f"{number}{turn}")
                taken.append(
                    intake_seconds(
                        house, content, file_name="values.csv", kind="measurements", rows=options.rows
                    )
                )
                seconds, found = _look(house)
                looked.append(seconds)
                made += found
            added = sorted(one / other for one, other in zip(looked, taken, strict=True))
            middle = statistics.median(added)
            figures["shapes"][shape.name] = {
                "intake_s": taken, "looking_s": looked, "added": middle, "warnings": made,
            }  # fmt: skip
            table.append(
                [
                    shape.name,
                    f"{statistics.median(taken):.2f}",
                    f"{statistics.median(looked):.2f}",
                    f"{middle:.0%}",
                    f"{added[0]:.0%}–{added[-1]:.0%}",
                    str(made),
                ]
            )
    figures["characteristics"] = PARTS * CHARACTERISTICS
    return table, figures


def _look(house: House) -> tuple[float, int]:
    """Look at what the file touched, as the worker does; return the seconds and the warnings."""
    from core import clock
    from improvement.services.warnings import evaluate
    from quality.queries.touched import touched_partnerships
    from suppliers.access import looking_as_house

    began = time.monotonic()
    made = evaluate(partnership_id=house.partnerships[0], now=clock.now())
    seconds = time.monotonic() - began
    with looking_as_house("see whether everything was looked at"):
        if left := touched_partnerships():
            raise RuntimeError(f"partnerships {left} were left")
    return seconds, made


if __name__ == "__main__":
    run(main, "Measured values: what looking for warnings adds to the intake of a file", add_options)
