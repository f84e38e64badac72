"""Hostile files end in one clear refusal, at a bounded cost, and what goes out again runs nothing."""

import io
import struct
import time
import zipfile

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from intake.models import Upload
from intake.queries import to_mend_of
from intake.queries.words import say
from intake.readers.reading import read
from intake.readers.refusals import Refused
from intake.services import repair, vault
from suppliers.access import looking_as
from tests.intake.files import INSPECTIONS, book, hand_in, sheet
from tests.intake.sheets import xlsx
from tests.intake.test_reading import with_part
from tests.intake.test_road import BROKEN, lots_of

SHEET = "xl/worksheets/sheet1.xml"
BOMB = (
    b"<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;'>]>"
)
STEAL = b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"


def refused(person, content: bytes, name: str = "5月.xlsx") -> str:
    """Hand a file in and return the rule of its refusal, or its state; within ten seconds."""
    began = time.monotonic()
    upload = hand_in(person, content, name=name)
    assert time.monotonic() - began < 10
    return upload.refusal["rule"] if upload.state == "refused" else upload.state


def lying_zip(real: int) -> bytes:
    """A workbook whose sheet says that it unpacks to 100 bytes, and unpacks to `real`."""
    content = with_part(xlsx(("a", [["x"]])), SHEET, lambda data: data + b" " * real)
    places = [at for at in range(len(content)) if content.startswith(b"PK\x01\x02", at)]
    told = bytearray(content)
    for at in places:
        length = struct.unpack_from("<H", told, at + 28)[0]
        if told[at + 46 : at + 46 + length] == SHEET.encode():
            struct.pack_into("<I", told, at + 24, 100)
            (local,) = struct.unpack_from("<I", told, at + 42)
            struct.pack_into("<I", told, local + 22, 100)
    return bytes(told)


def test_a_bomb_that_lies_about_its_size_is_refused(chain):
    assert refused(chain.clerk, lying_zip(900_000_000)) in {
        "zip_bomb", "truncated", "unreadable", "too_much_memory", "too_slow",
    }  # fmt: skip
    assert hand_in(chain.clerk, book(("J1", 0))).state == "committed"  # the next file is read


@pytest.mark.parametrize("trick", [BOMB, STEAL])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_entities_are_refused_in_every_part(chain, trick, part):
    hostile = with_part(xlsx(("a", [["x"]])), part, lambda data: data.replace(b"?>", b"?>" + trick, 1))
    assert refused(chain.clerk, hostile) == "entities"


@pytest.mark.parametrize("trick", [BOMB, STEAL])
def test_entities_are_refused_in_the_properties_that_name_a_marked_workbook(chain, trick):
    first = hand_in(chain.clerk, BROKEN, partial=True)
    with looking_as(chain.clerk):
        workbook = repair.repair_workbook(first)
    hostile = with_part(workbook, "docProps/custom.xml", lambda data: data.replace(b"?>", b"?>" + trick, 1))
    assert refused(chain.clerk, hostile) == "entities"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Windows\\system32\\5月.csv", "5月.csv"),
        ("/etc/5月.csv", "5月.csv"),
        ("5月\x00.csv", "5月.csv"),
        ("5月\u202egnp.csv", "5月gnp.csv"),
        ("\u2066\u200b\ufeff.csv", "csv"),
        ("", "file"),
        ("月" * 400 + ".xlsx", "月" * 250 + ".xlsx"),
    ],
)
def test_a_name_is_shown_without_folders_and_without_what_cannot_be_seen(name, shown):
    assert vault.tidy_name(name) == shown


def test_the_bytes_lie_under_their_hash_whatever_the_name(chain, settings):
    upload = hand_in(chain.clerk, book(("J1", 0)), name="../../../tmp/evil.csv")
    assert upload.file_name == "evil.csv"
    assert vault.path_of(upload.sha256) == f"uploads/{upload.sha256[:2]}/{upload.sha256}"


def test_sixty_five_thousand_columns_are_refused_at_once(chain):
    wide = ("日期,料号,生产批号,抽检数,不良数," + ",".join(f"c{n}" for n in range(65_531))).encode()
    rows = b"\r\n".join([wide, b"2026-05-04,0201002,J1,125,0" + b"," * 65_531, b""])
    assert refused(chain.clerk, rows, "5月.csv") == "too_many_columns"
    assert refused(chain.clerk, xlsx(("a", [[f"c{n}" for n in range(16_384)]] * 3))) == "too_many_columns"


def test_a_lot_number_that_turns_its_neighbours_round_waits(chain):
    rows = sheet(INSPECTIONS, "2026-05-04,0201002,J\u202e1,3200,125,1,合格,")
    assert refused(chain.clerk, rows, "5月.csv") == "waiting"
    assert lots_of(chain.ours) == {}


@pytest.mark.parametrize(
    "formula", ["=HYPERLINK(1)", "+1+1", "@SUM(A1)", "-2+3", "\t=1", "=cmd|'/C calc'!A0"]
)
def test_no_cell_of_a_marked_workbook_is_a_formula(chain, formula):
    quoted = '"' + formula + '"'
    rows = sheet(INSPECTIONS, f"2026-05-44,0201002,J1,3200,125,1,合格,{quoted}")
    upload = hand_in(chain.clerk, rows)
    with looking_as(chain.clerk):
        opened = openpyxl.load_workbook(io.BytesIO(repair.repair_workbook(upload)))
    for row in opened.worksheets[0].iter_rows():
        for cell in row:
            assert cell.data_type != "f"
    told = opened.worksheets[0]["H2"]
    assert told.value in (formula, formula.strip())
    assert told.quotePrefix or not formula.startswith(("=", "+", "-", "@", "\t"))


NUL = "x\x00y"
LONE = "\ud800"


@pytest.mark.parametrize(
    "body",
    [
        {"choices": {f"5月{NUL}!2": "keep"}},
        {"answers": {NUL: "x"}},
        {"answers": {"who:x": NUL}},
        {"cells": [{"sheet": NUL, "row": 2, "column": "A", "value": "1"}]},
        {"cells": [{"sheet": "5月", "row": 2, "column": "A", "value": NUL}]},
    ],
)
def test_characters_that_are_none_are_no_answer(chain, body):
    upload = hand_in(chain.clerk, BROKEN)
    client = Client()
    client.force_login(chain.clerk.user)
    answered = client.post(f"/api/v1/uploads/{upload.pk}/answers/", body, content_type="application/json")
    assert answered.status_code == 400


def test_characters_that_are_none_do_not_break_the_page(chain):
    upload = hand_in(chain.clerk, BROKEN)
    client = Client()
    client.force_login(chain.clerk.user)
    with looking_as(chain.clerk):
        problem = upload.problems.first()
    for told in ({"problem": f"p{problem.pk}", "value": NUL}, {"problem": "p²", "value": "1"}):
        answered = client.post(reverse("upload-mend", args=[upload.pk]), told)
        assert answered.status_code in (302, 404)
    answered = client.post(reverse("upload-new"), {"pasted": f"料号\t批号\n0201002\t{NUL}"})
    assert answered.status_code == 404
    answered = client.post(reverse("upload-new"), {"pasted": "料号\t批号\n0201002\tJ1", "repairs": "²"})
    assert answered.status_code == 302


@pytest.mark.parametrize("value", [NUL, LONE, "\u202e1"])
def test_rows_of_the_api_with_characters_that_are_none_are_refused_in_words(chain, value):
    client = Client()
    client.force_login(chain.clerk.user)
    row = {"part_no": "0201002", "lot_no": value, "inspection_date": "2026-05-04", "inspected": 125,
           "nonconforming": 0}  # fmt: skip
    answered = client.post(
        "/api/v1/uploads/", {"kind": "inspections", "rows": [row]}, content_type="application/json"
    )
    assert answered.status_code in (201, 400)
    if answered.status_code == 201:
        assert answered.json()["state"] in ("refused", "waiting")
    assert "codec" not in answered.content.decode()
    assert lots_of(chain.ours) == {}


def test_a_file_of_nothing_but_nuls_is_refused(chain):
    assert refused(chain.clerk, b"\x00" * 100_000, "5月.csv") == "nul_bytes"


def test_an_archive_of_many_small_entries_is_refused_quickly(chain):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for number in range(20_000):
            archive.writestr(f"{number}.csv", b"")
    assert refused(chain.clerk, stream.getvalue()) == "archive"
    assert Upload._base_manager.count() == 1


TEN_MB = 10 * 1024 * 1024


@pytest.mark.parametrize("kind", ["csv", "xlsx", "html", "quoted"])
def test_a_cell_of_ten_megabytes_is_refused(kind):
    long = b"x" * TEN_MB
    content = {
        "csv": INSPECTIONS.encode() + b"\r\n2026-05-04," + long + b",J1,3200,125,0\r\n",
        "quoted": INSPECTIONS.encode() + b'\r\n2026-05-04,"' + long + b'",J1,3200,125,0\r\n',
        "html": b"<table><tr><td>" + INSPECTIONS.encode() + b"</td><td>" + long + b"</td></tr></table>",
        "xlsx": with_part(
            xlsx(("a", [["LONG", "x"]])), "xl/sharedStrings.xml", lambda data: data.replace(b"LONG", long)
        ),
    }[kind]
    began = time.monotonic()
    with pytest.raises(Refused) as refusal:
        read(content)
    assert (refusal.value.rule, refusal.value.params["limit"]) == ("cell_too_long", 32_767)
    assert str(say("cell_too_long", refusal.value.params))
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "number", ["\u202e521", "1\u20662\u2069", "1e400", "-inf", "NaN", "Infinity", "9" * 400]
)
def test_what_only_looks_like_a_number_is_a_problem_of_its_cell_or_asked(chain, number):
    rows = sheet(INSPECTIONS, f"2026-05-04,0201002,J1,3200,{number},0,合格,")
    assert refused(chain.clerk, rows, "5月.csv") == "waiting"
    assert lots_of(chain.ours) == {}


def test_a_nul_that_a_workbook_spells_out_is_refused():
    book = openpyxl.Workbook()
    book.active.append(["批号", "a_x0000_b"])
    target = io.BytesIO()
    book.save(target)
    with pytest.raises(Refused) as refusal:
        read(target.getvalue(), filename="5月.xlsx")
    assert refusal.value.rule == "nul_bytes"


def test_a_price_that_no_column_holds_is_a_problem_of_its_cell(chain):
    file = sheet("期间,仓库,存货编码,期末数量,单价", "2026-05,成品仓,0201001,5,100000000000")
    upload = hand_in(chain.clerk, file, partnership_id=chain.ours.pk)
    with looking_as(chain.clerk):
        assert (upload.state, [one.rule for one in upload.problems.all()]) == ("waiting", ["too_big"])


def test_a_character_of_no_width_does_not_change_a_number(chain):
    assert (
        hand_in(chain.clerk, sheet(INSPECTIONS, "2026-05-04,0201002,J1,3200,1\u200b25,0,合格,")).state
        == "committed"
    )
    assert lots_of(chain.ours) == {"J1": (125, 0)}


@pytest.mark.soak
def test_three_hundred_thousand_wrong_rows_are_a_few_hundred_problems(chain):
    bad = "\r\n".join(f"2026-05-44,0201002,J{number},3200,若干,x,合格," for number in range(300_000))
    upload = hand_in(chain.clerk, f"{INSPECTIONS}\r\n{bad}\r\n".encode())
    with looking_as(chain.clerk):
        told = to_mend_of(upload)
        assert (told["rows"], upload.counts["wrong"]) == (300_000, 300_000)
        assert told["problems"] == 900_000
        assert upload.problems.count() <= 300
