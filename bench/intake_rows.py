"""100,000 rows of inspections, from CSV to committed with sums current, against a bare COPY of the rows."""

import io
import time
from typing import Any

from bench._house import House, own_house, run

ROWS = 100_000
PARTS = 200
COPIES = 5
HEADER = "物料编码,批号,检验日期,批量,检验数,不合格数,判定,检验员"
RAW_TABLE = """
CREATE TABLE raw_rows (
    part_no text, lot_no text, inspection_date date, lot_size integer, inspected integer,
    nonconforming integer, verdict text, inspector text, PRIMARY KEY (part_no, lot_no))
"""


def main() -> tuple[list[list[str]], dict[str, Any]]:
    with own_house("intake_rows", suppliers=1, parts=PARTS) as house:
        content = book(house)
        raw = min(_copy_seconds(content) for _ in range(COPIES))
        understood, committed = _intake_seconds(house, content)
    whole = understood + committed
    figures = {
        "rows": ROWS,
        "raw_copy_s": raw,
        "understood_s": understood,
        "committed_s": committed,
        "intake_s": whole,
        "ratio": whole / raw,
    }
    table = [
        ["", "seconds", "rows/s", "× COPY"],
        *(
            [name, f"{seconds:.2f}", f"{ROWS / seconds:,.0f}", f"{seconds / raw:.1f}"]
            for name, seconds in (
                (f"bare COPY, best of {COPIES}", raw),
                ("understood", understood),
                ("committed", committed),
                ("intake, both", whole),
            )
        ),
    ]
    return table, figures


def book(house: House) -> bytes:
    """Return the CSV: a lot a row, two years of days, one lot in 50 rejected."""
    lines = [HEADER]
    for row in range(ROWS):
        _, part = house.parts[row % PARTS]
        month, day = divmod(row // PARTS, 28)
        bad = 7 if row % 50 == 0 else row % 3 == 0
        lines.append(
            f"{part},L{row:06},{2025 + month // 12}-{month % 12 + 1:02}-{day + 1:02},"
            f"{500 + row % 700},80,{int(bad)},{'不合格' if bad == 7 else '合格'},检{row % 9}"
        )
    return b"\xef\xbb\xbf" + "\n".join(lines).encode()


def _copy_seconds(content: bytes) -> float:
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS raw_rows")
        began = time.monotonic()
        with transaction.atomic():
            cursor.execute(RAW_TABLE)
            with cursor.copy("COPY raw_rows FROM STDIN (FORMAT csv, HEADER)") as copy:
                copy.write(content.removeprefix(b"\xef\xbb\xbf"))
        return time.monotonic() - began


def _intake_seconds(house: House, content: bytes) -> tuple[float, float]:
    """Return how long the file takes until it is understood, and from there until it is committed.

    Raises RuntimeError unless every row is new and the sums are what the rows add up to.
    """
    from core import clock
    from intake.services.commit import commit
    from intake.services.receive import Asked, receive_file
    from quality.services import rebuild_sums
    from suppliers.access import looking_as, looking_as_house

    clerk = house.clerks[0]
    asked = Asked(kind="inspections", stage="outgoing", partnership_id=house.partnerships[0], dry_run=True)
    with looking_as(clerk):
        began = time.monotonic()
        upload = receive_file(
            person=clerk,
            content=io.BytesIO(content),
            file_name="inspections.csv",
            asked=asked,
            now=clock.now(),
            seconds=None,
        )
        understood = time.monotonic()
        upload = commit(upload_id=upload.pk, person=clerk, now=clock.now(), seconds=None)
        committed = time.monotonic()
    with looking_as_house("hold the sums of a bench against its rows"):
        wrong = rebuild_sums(check=True)
    if upload.state != "committed" or upload.counts["new"] != ROWS or wrong:
        raise RuntimeError(f"{upload.state}, {upload.counts}, {len(wrong)} sums wrong")
    return understood - began, committed - understood


if __name__ == "__main__":
    run(main, f"{ROWS:,} inspections: CSV to committed, sums current, against COPY into a keyed table")
