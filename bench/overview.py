"""The overview and the KPI endpoint at 1 × and 10 × the lots of the sample: p95, and how many queries."""

import time
from typing import Any

from bench._house import House, own_house, quantile, run

LOTS = 7_300  # of the simulated year
SUPPLIERS = 11
PARTS = 30
DAYS = 540
REQUESTS = 20
PATHS = (
    "/overview/",
    "/api/v1/kpis/pass_rate/?by=supplier",
    "/api/v1/kpis/pass_rate/?by=month",
    "/api/v1/kpis/lot_acceptance_rate/?by=part",
)
# A lot a number: suppliers and parts in turn, days at random; every fifth is inspected by the customer, too.
MAKE_LOTS = """
INSERT INTO quality_lot (partnership_id, part_id, number, number_key, customer_number, customer_number_key,
    lot_size, created_at)
SELECT (%(partnerships)s::bigint[])[1 + n %% %(suppliers)s],
    (%(parts)s::bigint[])[1 + (n / %(suppliers)s) %% %(count)s], 'L' || n, 'l' || n, '', '', 800, now()
FROM generate_series(%(first)s::int, %(last)s::int - 1) AS n
"""
INSPECT = """
INSERT INTO quality_inspection (partnership_id, lot_id, part_id, stage, submission, inspection_date,
    inspection_no, inspected, nonconforming, verdict, inspection_type, inspector, shift, machine, cavity,
    remark, commit_id, recorded_at)
SELECT l.partnership_id, l.id, l.part_id, stage, 1, date '2026-06-30' - abs(hashint4(n) %% %(days)s),
    '', 80, (n %% 40 = 0)::int * 3 + (n %% 3 = 0)::int,
    CASE WHEN n %% 40 = 0 THEN 'rejected' ELSE 'accepted' END, '', '', '', '', '', '', 0, now()
FROM (SELECT *, substr(number, 2)::int AS n FROM quality_lot) l
CROSS JOIN (VALUES ('outgoing', 1), ('incoming', 5)) AS asked (stage, every)
WHERE n >= %(first)s AND n < %(last)s AND n %% every = 0
"""


def main() -> tuple[list[list[str]], dict[str, Any]]:
    with own_house("overview", suppliers=SUPPLIERS, parts=PARTS) as house:
        add_lots(house, 0, LOTS)
        once = _look(house)
        add_lots(house, LOTS, 10 * LOTS)
        tenfold = _look(house)
    lines = []
    for path in PATHS:
        before, after = once[path], tenfold[path]
        lines.append(
            [
                path,
                f"{before['p95_ms']:.0f}",
                f"{after['p95_ms']:.0f}",
                f"{after['p95_ms'] / before['p95_ms']:.2f}",
                str(before["queries"]),
                str(after["queries"]),
            ]
        )
    head = ["", "p95 1 ×, ms", "p95 10 ×, ms", "ratio", "queries 1 ×", "queries 10 ×"]
    return [head, *lines], {"lots": LOTS, "requests": REQUESTS, "once": once, "tenfold": tenfold}


def add_lots(house: House, first: int, last: int) -> None:
    from django.db import connection

    from quality.services import rebuild_sums
    from suppliers.access import looking_as_house

    told = {
        "partnerships": house.partnerships,
        "parts": [part for part, _ in house.parts],
        "suppliers": SUPPLIERS,
        "count": PARTS,
        "days": DAYS,
        "first": first,
        "last": last,
    }
    with connection.cursor() as cursor:
        cursor.execute(MAKE_LOTS, told)
        cursor.execute(INSPECT, told)
        with looking_as_house("count the sums of a bench"):
            rebuild_sums()
        cursor.execute("VACUUM ANALYZE")


def _look(house: House) -> dict[str, dict[str, float]]:
    """Return p50 and p95 in milliseconds and the number of queries of each path, asked by the buyer."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(house.buyer.user)
    found = {}
    for path in PATHS:
        _ask(client, path)  # warm: templates, plans, the session
        with CaptureQueriesContext(connection) as queries:
            _ask(client, path)
        asked = len(queries)  # now: the next request empties the log
        seconds = [_ask(client, path) for _ in range(REQUESTS)]
        found[path] = {
            "p50_ms": 1000 * quantile(seconds, 0.5),
            "p95_ms": 1000 * quantile(seconds, 0.95),
            "queries": asked,
        }
    return found


def _ask(client: Any, path: str) -> float:
    began = time.monotonic()
    answer = client.get(path)
    seconds = time.monotonic() - began
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return seconds


if __name__ == "__main__":
    run(
        main, f"The buyer's overview and KPI endpoint at {LOTS:,} and {10 * LOTS:,} lots, {REQUESTS} requests"
    )
