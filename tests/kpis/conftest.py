import random
from datetime import date, timedelta

import pytest

from suppliers.access import looking_as_house
from tests.kpis.books import Books


@pytest.fixture
def house(db):
    with looking_as_house("write and read the rows of a test"):
        yield


@pytest.fixture
def year(house):
    """Two suppliers of LEAD and a second customer of S01, with a year of lots drawn by a fixed seed."""
    rng = random.Random(20260630)
    books = Books()
    cells = [
        ("LEAD/S01", "0201001", 0.020, 1.0),
        ("LEAD/S01", "0201002", 0.004, 1.0),
        ("LEAD/S02", "0201003", 0.030, 0.5),
        ("CUST2/S01", "PD-3311", 0.200, 1.0),
    ]
    for where, part, rate, finds in cells:
        for place in range(26):
            day = date(2025, 7, 1) + timedelta(days=14 * place)
            lot, n = f"{where}-{part}-{place}", rng.choice([50, 80, 125])
            bad = sum(rng.random() < rate for _ in range(n))
            found = sum(rng.random() < finds for _ in range(bad))
            verdict = "rejected" if found > 4 else "accepted"
            books.inspect(where, part, lot, day, (n, found), verdict=verdict)
            if place % 2 == 0:
                theirs = sum(rng.random() < rate for _ in range(n))
                books.inspect(where, part, lot, day + timedelta(days=9), (n, theirs), stage="incoming")
    books.add_lot_sums()
    return books
