"""The three doors of the road: page, API and command."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from openpyxl import load_workbook

from intake.models import Upload
from intake.readers.refusals import Limits
from intake.tables.typing_columns import BIGGEST_COUNT
from quality.models import Inspection
from suppliers.access import looking_as
from tests.intake.files import INCOMING, INSPECTIONS, book, hand_in, rules_of, sheet

JSON = {"content_type": "application/json"}
BROKEN = sheet(
    INSPECTIONS,
    "2026-05-04,0201002,J1,3200,125,1,合格,",
    "2026-05-44,0201002,J2,3200,125,0,合格,",
    "2026-05-04,0201002,J3,3200,125,215,合格,",
)


@pytest.fixture
def clerk(chain) -> Client:
    client = Client()
    client.force_login(chain.clerk.user)
    return client


def sent(content: bytes, name: str = "5月.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


# -- the command ------------------------------------------------------------------------------------
def commanded(capsys, tmp_path, content: bytes, *options: str) -> tuple[list, bool]:
    """Return what the command told as JSON, and whether it ended well."""
    path = tmp_path / "5月.csv"
    path.write_bytes(content)
    try:
        call_command("intake", str(path), "--json", *options)
        ended_well = True
    except CommandError:
        ended_well = False
    return json.loads(capsys.readouterr().out), ended_well


def test_the_command_commits_and_tells_the_counts(chain, capsys, tmp_path):
    told, well = commanded(capsys, tmp_path, book(("J1", 1), ("J2", 0)), "--partnership", "LEAD/S01")
    (file,) = told
    assert well
    assert file["state"] == "committed"
    assert file["counts"]["read"] == file["counts"]["new"] == 2
    assert set(file["counts"]) >= {
        "read",
        "new",
        "same",
        "changed",
        "conflicting",
        "wrong",
        "elsewhere",
        "gone",
    }
    with looking_as(chain.clerk):
        assert Upload.objects.get(pk=file["upload"]).sender_id == chain.supplier.pk
        assert Inspection.objects.count() == 2


def test_the_command_ends_badly_and_names_the_cells(chain, capsys, tmp_path):
    told, well = commanded(
        capsys,
        tmp_path,
        BROKEN,
        "--organisation",
        "S01",
        "--as",
        "uploader@s01.example",
        "--kind",
        "inspections",
    )
    assert not well
    first, second = told[0]["problems"]
    assert (first["row"], first["column"], first["value"], first["code"]) == (
        3,
        "A",
        "2026-05-44",
        "date_impossible",
    )
    assert (second["row"], second["column"], second["value"]) == (4, "F", "215")
    assert first["rule"]
    assert first["remedy"]


def test_the_command_takes_the_good_rows_and_a_dry_run_none(chain, capsys, tmp_path):
    told, well = commanded(capsys, tmp_path, BROKEN, "--partnership", "LEAD/S01", "--partial")
    assert (well, told[0]["state"], told[0]["counts"]["new"], told[0]["counts"]["wrong"]) == (
        True,
        "committed",
        1,
        2,
    )
    told, well = commanded(capsys, tmp_path, book(("J9", 0)), "--partnership", "LEAD/S01", "--dry-run")
    assert (well, told[0]["state"]) == (True, "understood")
    with looking_as(chain.clerk):
        assert Inspection.objects.count() == 1


def test_the_command_acts_for_the_customer_where_the_records_are_its_own(chain, capsys, tmp_path):
    rows = sheet(INCOMING, "2026-05-06,S01,0201002,J1,3200,32,0,合格")
    told, well = commanded(capsys, tmp_path, rows, "--partnership", "LEAD/S01", "--stage", "incoming")
    assert well
    with looking_as(chain.buyer):
        assert Upload.objects.get(pk=told[0]["upload"]).stage == "incoming"


def test_the_command_makes_what_nobody_knows_if_told_to(chain, capsys, tmp_path):
    header = "检验日期,供应商代码,供应商简称,物料编码,物料名称,来料批号,抽样数,不合格数"
    rows = sheet(header, "2026-05-06,S77,新厂,0777001,新零件,N1,32,0")
    told, well = commanded(capsys, tmp_path, rows, "--organisation", "LEAD", "--create")
    assert (well, told[0]["state"], told[0]["counts"]["new"]) == (True, "committed", 1)
    with looking_as(chain.buyer):
        (inspection,) = Inspection.objects.select_related("part", "partnership__supplier")
        assert (inspection.part.number, inspection.part.name) == ("0777001", "新零件")
        assert inspection.partnership.supplier.name == "新厂"


@pytest.mark.parametrize(
    "options",
    [
        ["--partnership", "LEAD/NOBODY"],
        ["--organisation", "NOBODY"],
        ["--partnership", "CUST2/S02"],
        ["--organisation", "LEAD", "--as", "stranger@nowhere.example"],
    ],
)
def test_the_command_says_who_is_missing(chain, tmp_path, options):
    path = tmp_path / "x.csv"
    path.write_bytes(book(("J1", 1)))
    with pytest.raises(CommandError):
        call_command("intake", str(path), *options)


# -- the API ----------------------------------------------------------------------------------------
def test_a_file_by_the_api_is_committed_unless_it_waits(chain, clerk):
    answered = clerk.post("/api/v1/uploads/", {"file": sent(book(("J1", 1))), "partnership": chain.ours.pk})
    assert answered.status_code == 201
    upload = answered.json()
    assert (upload["state"], upload["counts"]["new"], upload["file_name"]) == ("committed", 1, "5月.csv")
    committed = clerk.post(f"/api/v1/uploads/{upload['id']}/commit/", {}, **JSON)
    assert committed.json()["state"] == "committed"  # again is no error
    undone = clerk.post(f"/api/v1/uploads/{upload['id']}/undo/", {}, **JSON)
    assert undone.json()["state"] == "undone"
    assert clerk.post(f"/api/v1/uploads/{upload['id']}/undo/", {}, **JSON).status_code == 409


def test_the_api_goes_from_a_broken_file_to_mended_rows(chain, clerk):
    upload = clerk.post("/api/v1/uploads/", {"file": sent(BROKEN), "dry_run": "true"}).json()
    address = f"/api/v1/uploads/{upload['id']}/"
    assert (upload["state"], upload["open_rows"]) == ("waiting", 2)
    problems = clerk.get(f"{address}problems/").json()["results"]
    assert [(one["row"], one["column"]) for one in problems] == [(3, "A"), (4, "F")]
    cells = [
        {"sheet": one["sheet"], "row": one["row"], "column": one["column"], "value": value}
        for one, value in zip(problems, ["2026-05-04", "2"], strict=True)
    ]
    mended = clerk.post(f"{address}answers/", {"cells": cells}, **JSON).json()
    assert (mended["state"], mended["counts"]["new"]) == ("understood", 3)
    assert clerk.post(f"{address}commit/", {}, **JSON).json()["state"] == "committed"


def test_rows_by_the_api_and_the_same_key_twice(chain, clerk):
    row = {"part_no": "0201002", "lot_no": "J1", "inspection_date": "2026-05-04", "inspected": 125}
    body = {"kind": "inspections", "partnership": chain.ours.pk, "rows": [row | {"nonconforming": 1}]}
    first = clerk.post("/api/v1/uploads/", body, headers={"Idempotency-Key": "k-1"}, **JSON)
    again = clerk.post("/api/v1/uploads/", body, headers={"Idempotency-Key": "k-1"}, **JSON)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    other = body | {"rows": [row | {"nonconforming": 2}]}
    reused = clerk.post("/api/v1/uploads/", other, headers={"Idempotency-Key": "k-1"}, **JSON)
    assert (reused.status_code, reused.headers["Content-Type"]) == (422, "application/problem+json")
    with looking_as(chain.clerk):
        assert Inspection.objects.get().nonconforming == 1


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "inspections", "rows": []},
        {"kind": "nothing", "rows": [{"a": 1}]},
        {"kind": "inspections", "rows": [{"lot_no": ["a", "list"]}]},
        {"rows": [{"lot_no": "J1"}]},
    ],
)
def test_the_api_says_what_a_body_lacks(chain, clerk, body):
    answered = clerk.post("/api/v1/uploads/", body, **JSON)
    assert (answered.status_code, answered.json()["type"]) == (400, "validation_error")


# -- the workbooks ----------------------------------------------------------------------------------
def test_the_marked_workbook_has_every_cell_in_its_place_and_comes_back_mended(chain, clerk):
    upload = hand_in(chain.clerk, BROKEN, partnership_id=chain.ours.pk, partial=True)
    answered = clerk.get(f"/api/v1/uploads/{upload.pk}/repair.xlsx")
    assert answered.status_code == 200
    workbook = load_workbook(io.BytesIO(answered.content))
    page = workbook["5月"]
    assert [cell.value for cell in page[1]] == INSPECTIONS.split(",")
    assert page["B2"].value == "0201002"
    assert page["A3"].comment is not None
    assert page["F4"].comment is not None
    assert page["A2"].comment is None
    page["A3"].value, page["F4"].value = "2026-05-04", 2
    mended = io.BytesIO()
    workbook.save(mended)
    back = hand_in(chain.clerk, mended.getvalue(), name="5月-to mend.xlsx", repairs_id=upload.pk)
    assert (back.state, back.counts["new"], back.counts["same"]) == ("committed", 2, 1)
    with looking_as(chain.clerk):
        upload.refresh_from_db()
    assert upload.open_rows == 0


@pytest.mark.parametrize("kind", ["inspections", "measurements", "stock", "movements", "deliveries", "parts"])
def test_a_template_is_a_workbook(clerk, kind):
    answered = clerk.get(f"/uploads/templates/{kind}.xlsx")
    assert answered.status_code == 200
    assert load_workbook(io.BytesIO(answered.content)).worksheets


# -- the pages --------------------------------------------------------------------------------------
def test_the_page_takes_files_and_shows_them_before_anything_is_saved(chain, clerk):
    answered = clerk.post("/uploads/new/", {"files": [sent(book(("J1", 1)))]}, follow=True)
    assert answered.status_code == 200
    assert "J1" in answered.content.decode()
    with looking_as(chain.clerk):
        (upload,) = Upload.objects.all()
        assert upload.state == "understood"
        assert not Inspection.objects.exists()
    saved = clerk.post(f"/uploads/{upload.pk}/commit/", follow=True)
    assert saved.status_code == 200
    with looking_as(chain.clerk):
        assert Inspection.objects.count() == 1


def test_several_files_dropped_come_back_as_rows(chain, clerk):
    files = [sent(book(("J1", 1)), "a.csv"), sent(book(("J2", 300)), "b.csv")]
    answered = clerk.post("/uploads/new/", {"files": files}, headers={"HX-Request": "true"})
    assert answered.content.decode().count("<li") == 2


def test_the_page_mends_cell_after_cell_and_then_saves_all(chain, clerk):
    upload = hand_in(chain.clerk, BROKEN, dry_run=True)
    assert clerk.get(f"/uploads/{upload.pk}/").content.decode().count('aria-invalid="true"') == 2
    for value in ("2026-05-04", "2"):
        with looking_as(chain.clerk):
            problem = upload.problems.order_by("row").first()
        body = {"problem": f"p{problem.pk}", "value": value}
        part = clerk.post(f"/uploads/{upload.pk}/mend/", body, headers={"HX-Request": "true"})
        assert part.status_code == 200
        assert "<html" not in part.content.decode()
    clerk.post(f"/uploads/{upload.pk}/commit/")
    with looking_as(chain.clerk):
        upload.refresh_from_db()
        assert (upload.state, Inspection.objects.count()) == ("committed", 3)


def test_the_page_asks_whose_row_it_is_and_remembers(chain, clerk):
    rows = sheet("日期,料号,批号,抽检数,不良数", "2026-05-04,0201001,J1,125,0")
    upload = hand_in(chain.clerk, rows, dry_run=True)
    assert rules_of(upload) == [(2, "row_of_several")]
    with looking_as(chain.clerk):
        problem = upload.problems.get()
    page = clerk.get(f"/uploads/{upload.pk}/").content.decode()
    assert chain.customer.name in page
    clerk.post(f"/uploads/{upload.pk}/mend/", {"problem": f"p{problem.pk}", "value": str(chain.ours.pk)})
    with looking_as(chain.clerk):
        upload.refresh_from_db()
    assert (upload.state, upload.counts["new"]) == ("understood", 1)


def test_one_lot_by_hand_from_a_phone(chain, clerk):
    assert clerk.get("/uploads/lot/").status_code == 200
    lot = {
        "partnership": chain.ours.pk,
        "part_no": "0201002",
        "lot_no": "J1",
        "inspection_date": "2026-05-04",
        "inspected": 125,
        "nonconforming": 1,
    }
    answered = clerk.post("/uploads/lot/", lot, follow=True)
    assert answered.status_code == 200
    with looking_as(chain.clerk):
        assert Upload.objects.get().state == "understood"
    assert clerk.post("/uploads/lot/", lot | {"partnership": chain.foreign.pk}).status_code == 200
    with looking_as(chain.clerk):
        assert Upload.objects.count() == 1


def test_pasted_cells_make_a_preview(chain, clerk):
    text = "料号\t批号\t检验日期\t检验数\t不合格数\r\n0201002\tJ1\t2026-05-04\t125\t1\r\n"
    assert clerk.post("/uploads/new/", {"pasted": text}, follow=True).status_code == 200
    with looking_as(chain.clerk):
        assert (Upload.objects.get().state, Upload.objects.get().counts["new"]) == ("understood", 1)


def test_a_list_of_forty_files_takes_the_queries_of_one(chain, clerk, django_assert_max_num_queries):
    def look(at_most: int) -> int:
        with django_assert_max_num_queries(at_most) as asked:
            assert clerk.get("/uploads/").status_code == 200
        return len(asked)

    hand_in(chain.clerk, book(("J0", 0)), dry_run=True)
    look(30)  # the rail's counts are kept for a minute
    one = look(20)
    for number in range(1, 40):
        hand_in(chain.clerk, book((f"J{number}", 0)), dry_run=True)
    look(one)


def test_every_limit_is_said_on_the_page_before_it_is_hit(chain):
    chain.clerk.user.language = "en"
    chain.clerk.user.save()
    client = Client()
    client.force_login(chain.clerk.user)
    page = client.get("/uploads/").content.decode()
    read = Limits()
    for figure in (read.parts, read.columns, read.cells, read.text, BIGGEST_COUNT):
        assert f"{figure:,}" in page, figure
    assert f"{read.unpacked // 1024**2} MB" in page
