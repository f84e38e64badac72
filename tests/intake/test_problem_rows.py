"""One bad row is one line, however many of its cells are wrong: on the page, in API, workbook and command."""

import io
import json

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from intake.queries import pages
from intake.services import repair
from suppliers.access import looking_as
from tests.intake.files import INSPECTIONS, hand_in, sheet

MANY = 130


def broken(rows: int) -> bytes:
    """Of `rows` rows each has two wrong cells; one more is faultless, and one has an unreadable count alone."""
    bad = [f"2026-05-44,0201002,J{number},3200,若干,0,合格," for number in range(rows)]
    return sheet(
        INSPECTIONS,
        "2026-05-04,0201002,G1,3200,125,0,合格,",
        *bad,
        "2026-05-04,0201002,G2,3200,若干,0,合格,",
    )


def test_rows_and_problems_are_counted_apart_and_alike_everywhere(chain):
    upload = hand_in(chain.clerk, broken(2))
    client = Client()
    client.force_login(chain.clerk.user)
    rows = client.get(f"/api/v1/uploads/{upload.pk}/problems/").json()["results"]
    assert [
        (one["row"], one["column"], one["code"], one["count"], [also["column"] for also in one["also"]])
        for one in rows
    ] == [
        (3, "A", "date_impossible", 1, ["E"]),
        (4, "A", "date_impossible", 1, ["E"]),
        (5, "E", "count_in_words", 1, []),
    ]
    told = client.get(f"/api/v1/uploads/{upload.pk}/").json()
    assert (told["to_mend"], told["counts"]["wrong"]) == ({"rows": 3, "problems": 5}, 3)
    with looking_as(chain.clerk), translation.override("en"):
        page = pages.upload_page(upload)
        assert page["problems_title"] == "To mend: 3 rows, 5 problems"
        assert pages.file_row(upload)["headline"] == page["problems_title"]
        book = openpyxl.load_workbook(io.BytesIO(repair.repair_workbook(upload)))
    note = book.active["A3"].comment.text
    assert note.endswith("Also to be mended in this row: E3")
    assert book.active["E5"].comment
    assert "Also" not in book.active["E5"].comment.text


def test_rows_beyond_the_first_hundred_are_counted_once_and_marked_all(chain):
    upload = hand_in(chain.clerk, broken(MANY))
    with looking_as(chain.clerk):
        problems = list(upload.problems.all())
        assert sum(one.rows for one in problems) == MANY + 1
        assert sum(one.count for one in problems) == 2 * MANY + 1
        assert sum(one.rows > 0 for one in problems) == 101  # the row that begins otherwise is listed, too
        book = openpyxl.load_workbook(io.BytesIO(repair.repair_workbook(upload)))
    last = book.active[f"A{MANY + 2}"]
    assert last.value == "2026-05-44"
    assert last.comment


def test_the_command_tells_rows_with_all_their_problems(chain, tmp_path, capsys):
    path = tmp_path / "5月.csv"
    path.write_bytes(broken(1))
    with pytest.raises(CommandError):
        call_command("intake", path, "--partnership", "LEAD/S01", "--json")
    (told,) = json.loads(capsys.readouterr().out)
    assert told["to_mend"] == {"rows": 2, "problems": 3}
    assert [(one["row"], len(one["also"])) for one in told["problems"]] == [(3, 1), (4, 0)]
