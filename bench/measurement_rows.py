"""Measured values, from CSV to committed with sums current, against a bare COPY of the same rows.

Every round brings other lots, so that all its rows are new; intake and COPY run in turn in the same round.
"""

import argparse
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from bench._house import House, intake_seconds, own_house, run

PARTS = 20
CHARACTERISTICS = 5  # of each part
FIRST = datetime(2025, 1, 1, 8)  # noqa: DTZ001  (a cell of a file has no zone)
HEADER = "物料编码,批号,检验项目,实测值,测量时间"
COLUMNS = "part_no text, lot_no text, characteristic text, value double precision, measured_at timestamp"
RAW_TABLE = f"CREATE TABLE raw_values (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {COLUMNS})"
RAW_COPY = (
    "COPY raw_values (part_no, lot_no, characteristic, value, measured_at) FROM STDIN (FORMAT csv, HEADER)"
)


@dataclass(frozen=True)
class Shape:
    """How the values of a file lie: pieces of a lot, days over which lots are spread, and their order."""

    name: str
    pieces: int
    days: int
    shuffled: bool = False


SHAPES = (
    Shape("long lots", 500, 365),
    Shape("short lots", 5, 365),
    Shape("sparse days", 5, 3650 // 7),
    Shape("shuffled rows", 500, 365, shuffled=True),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=100_000, help="values of a file (the goal: 1000000)")
    parser.add_argument(
        "--rounds", type=int, default=3, help="files of each shape, of which the median counts"
    )


def main(options: argparse.Namespace) -> tuple[list[list[str]], dict[str, Any]]:
    table = [["", "bare COPY, s", "intake, s", "rows/s", "× COPY, median", "lowest–highest"]]
    figures: dict[str, Any] = {"rows": options.rows, "rounds": options.rounds, "shapes": {}}
    with own_house("measurement_rows", suppliers=1, parts=PARTS) as house:
        give_characteristics(house)
        figures["settings"] = _settings()
        for number, shape in enumerate(SHAPES):
            raw, taken = [], []
            for turn in range(options.rounds):
                content = book(house, shape, options.rows, f"{number}{turn}")
                raw.append(_copy_seconds(content))
                taken.append(
                    intake_seconds(
                        house, content, file_name="values.csv", kind="measurements", rows=options.rows
                    )
                )
            ratios = sorted(one / other for one, other in zip(taken, raw, strict=True))
            middle = statistics.median(ratios)
            figures["shapes"][shape.name] = {"raw_copy_s": raw, "intake_s": taken, "ratio": middle}
            table.append(
                [
                    shape.name,
                    f"{statistics.median(raw):.2f}",
                    f"{statistics.median(taken):.2f}",
                    f"{options.rows / statistics.median(taken):,.0f}",
                    f"{middle:.2f}",
                    f"{ratios[0]:.2f}–{ratios[-1]:.2f}",
                ]
            )
        _hold_sums()
    table += [[name, value, "", "", "", ""] for name, value in figures["settings"].items()]
    return table, figures


def book(house: House, shape: Shape, rows: int, mark: str) -> bytes:
    """Return the CSV: lots of one part and day, a value of each characteristic a piece."""
    a_lot = shape.pieces * CHARACTERISTICS
    random = np.random.default_rng(rows)
    values = 10 + random.normal(0, 0.01, rows)
    lines = list(_lines(house, shape, a_lot, values, mark))
    if shape.shuffled:
        lines = [lines[place] for place in random.permutation(rows)]
    return b"\xef\xbb\xbf" + "\n".join([HEADER, *lines]).encode()


def _lines(house: House, shape: Shape, a_lot: int, values: np.ndarray, mark: str) -> Iterator[str]:
    lots = -(-len(values) // a_lot)
    for row, value in enumerate(values.tolist()):
        lot, place = divmod(row, a_lot)
        _, part = house.parts[lot % PARTS]
        spread = lot * shape.days // lots
        day = spread * 7 % 540 if shape.name == "sparse days" else spread
        moment = FIRST + timedelta(days=day, seconds=place // CHARACTERISTICS * 30)
        yield f"{part},L{mark}{lot:06},外径{place % CHARACTERISTICS + 1},{value:.4f},{moment:%Y-%m-%d %H:%M:%S}"


def give_characteristics(house: House) -> None:
    """Give each part what is measured on it."""
    from core import clock
    from suppliers.access import looking_as_house
    from suppliers.models import Characteristic, CharacteristicVersion

    with looking_as_house("give the parts of a bench what is measured on them"):
        made = Characteristic.objects.bulk_create(
            Characteristic(part_id=part, number=f"C{place}", number_key=f"c{place}", created_at=clock.now())
            for part, _ in house.parts
            for place in range(1, CHARACTERISTICS + 1)
        )
        CharacteristicVersion.objects.bulk_create(
            CharacteristicVersion(
                characteristic=one,
                valid_from=FIRST.date(),
                name=f"外径{one.number[1:]}",
                nominal=10,
                lsl=9.97,
                usl=10.03,
            )
            for one in made
        )


def _copy_seconds(content: bytes) -> float:
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS raw_values")
        began = time.monotonic()
        with transaction.atomic():
            cursor.execute(RAW_TABLE)
            with cursor.copy(RAW_COPY) as copy:
                copy.write(content.removeprefix(b"\xef\xbb\xbf"))
        return time.monotonic() - began


def _settings() -> dict[str, str]:
    """Return those settings of the server that a load depends on."""
    from django.db import connection

    names = ["server_version", "fsync", "synchronous_commit", "shared_buffers", "max_wal_size"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting(name) FROM unnest(%s::text[]) AS asked (name)", [names])
        return dict(cursor.fetchall())


def _hold_sums() -> None:
    from quality.services import rebuild_sums
    from suppliers.access import looking_as_house

    with looking_as_house("hold the sums of a bench against its values"):
        if wrong := rebuild_sums(check=True):
            raise RuntimeError(f"{len(wrong)} sums wrong")


if __name__ == "__main__":
    run(main, "Measured values: CSV to committed, sums current, against COPY into a keyed table", add_options)
