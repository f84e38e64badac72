"""The chart page's data of one characteristic among many values and among ten times as many: p95 and median.

Beside them the processor time of the web process and how long all its SQL took at least: on a busy machine
p95 says how busy it is.

Small by default; ``--values 1000000`` is the full size: one characteristic among 1M, then among 10M.
"""

import argparse
import sys
import time
from typing import Any

from bench._house import House, own_house, quantile, run

PIECES = 5
LOTS_OF_ONE = 200  # of the characteristic that is asked for: a thousand values
REQUESTS = 40
BATCH = 1_000_000  # values a statement
MAKE_LOTS = """
INSERT INTO quality_lot (partnership_id, part_id, number, number_key, customer_number, customer_number_key,
    lot_size, created_at)
SELECT (%(partnerships)s::bigint[])[1 + n %% cardinality(%(partnerships)s::bigint[])],
    (%(parts)s::bigint[])[1 + (n / cardinality(%(partnerships)s::bigint[])) %% cardinality(%(parts)s::bigint[])],
    'L' || n, 'l' || n, '', '', 800, now()
FROM generate_series(%(first)s::int, %(last)s::int - 1) AS n
"""
MAKE_SETS = """
INSERT INTO quality_measurementset (partnership_id, lot_id, part_id, stage, measured_date, values_hash,
    value_count, inspector, commit_id, recorded_at)
SELECT partnership_id, id, part_id, 'outgoing', date '2026-06-30' - abs(hashint4(id::int) %% 540), '', %(pieces)s,
    '', 0, now()
FROM quality_lot WHERE substr(number, 2)::int >= %(first)s AND substr(number, 2)::int < %(last)s
"""
MAKE_VALUES = """
INSERT INTO quality_measurement (partnership_id, measurement_set_id, lot_id, characteristic_version_id, piece, value,
    measured_date, cavity)
SELECT s.partnership_id, s.id, s.lot_id, v.id, piece,
    10 + (hashint4((s.id * %(pieces)s + piece)::int) %% 1000) / 10000.0, s.measured_date, ''
FROM quality_measurementset s
JOIN quality_lot l ON l.id = s.lot_id
JOIN suppliers_characteristic c ON c.part_id = s.part_id
JOIN suppliers_characteristicversion v ON v.characteristic_id = c.id
CROSS JOIN generate_series(1, %(pieces)s) AS piece
WHERE substr(l.number, 2)::int >= %(first)s AND substr(l.number, 2)::int < %(last)s
"""


def main() -> tuple[list[list[str]], dict[str, Any]]:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--values", type=int, default=100_000)
    options, rest = parser.parse_known_args()
    sys.argv[1:] = rest
    values = options.values
    with own_house("chart_page", suppliers=2, parts=1 + values // 20_000) as house:
        path = _characteristics(house)
        _fill(house, house.parts[:1], 0, LOTS_OF_ONE)
        _fill(house, house.parts[1:], LOTS_OF_ONE, values // PIECES)
        once = _look(house, path)
        _fill(house, house.parts[1:], values // PIECES, 10 * values // PIECES)
        tenfold = _look(house, path)
    ratio = tenfold["p95_ms"] / once["p95_ms"]
    names = {
        "p95_ms": "p95",
        "p50_ms": "median",
        "processor_ms": "processor, median",
        "server_ms": "SQL, least",
    }
    table = [["", "1 ×, ms", "10 ×, ms", "ratio"]] + [
        [f"{path} {name}", f"{once[key]:.1f}", f"{tenfold[key]:.1f}", f"{tenfold[key] / once[key]:.2f}"]
        for key, name in names.items()
    ]
    return table, {"values": values, "requests": REQUESTS, "once": once, "tenfold": tenfold, "ratio": ratio}


def _characteristics(house: House) -> str:
    """Give each part a characteristic; return the address of the first one's chart."""
    from core import clock
    from suppliers.access import looking_as_house
    from suppliers.models import Characteristic, CharacteristicVersion

    with looking_as_house("make the characteristics of a bench"):
        made = [
            CharacteristicVersion.objects.create(
                characteristic=Characteristic.objects.create(
                    part_id=part, number="D1", number_key="d1", created_at=clock.now()
                ),
                name="D1",
                nominal=10.0,
                lsl=9.5,
                usl=10.5,
                unit="mm",
                valid_from="2020-01-01",
            )
            for part, _number in house.parts
        ]
    return f"/api/v1/charts/xbar_r/{made[0].pk}/"


def _fill(house: House, parts: list[tuple[int, str]], first: int, last: int) -> None:
    from django.db import connection

    told = {"partnerships": house.partnerships[:1], "parts": [part for part, _ in parts], "pieces": PIECES}
    with connection.cursor() as cursor:
        for start in range(first, last, BATCH // PIECES):
            batch = told | {"first": start, "last": min(last, start + BATCH // PIECES)}
            for statement in (MAKE_LOTS, MAKE_SETS, MAKE_VALUES):
                cursor.execute(statement, batch)
        cursor.execute("VACUUM ANALYZE")


def _look(house: House, path: str) -> dict[str, float]:
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(house.buyer.user)
    _ask(client, path)  # warm: plans, the session
    asked = [_timed(client, path) for _ in range(REQUESTS)]
    wall, processor, server = (sorted(one) for one in zip(*asked, strict=True))
    return {
        "p50_ms": 1000 * quantile(wall, 0.5),
        "p95_ms": 1000 * quantile(wall, 0.95),
        "processor_ms": 1000 * quantile(processor, 0.5),
        "server_ms": 1000 * server[0],
    }


def _timed(client: Any, path: str) -> tuple[float, float, float]:
    """Return seconds of a request: on the clock, of this process's processor, and waiting for the server."""
    from django.db import connection

    server = 0.0

    def note(execute: Any, *statement: Any) -> Any:
        nonlocal server
        began = time.perf_counter()
        try:
            return execute(*statement)
        finally:
            server += time.perf_counter() - began

    began = time.process_time()
    with connection.execute_wrapper(note):
        wall = _ask(client, path)
    return wall, time.process_time() - began, server


def _ask(client: Any, path: str) -> float:
    began = time.monotonic()
    answer = client.get(path)
    seconds = time.monotonic() - began
    if answer.status_code != 200 or answer.json()["n"] != LOTS_OF_ONE * PIECES:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return seconds


if __name__ == "__main__":
    run(main, "The chart of one characteristic of 1,000 values, among many and among ten times as many")
