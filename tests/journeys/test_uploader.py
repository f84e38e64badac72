"""A supplier's uploader: a file with a wrong date and a contradiction, mended in the page, saved, taken back."""

from datetime import date

import pytest
from openpyxl import load_workbook

from quality.models import Inspection
from suppliers.access import looking_as_house
from tests.intake.files import book, hand_in
from tests.journeys.sheets import write_book

ROWS = [
    (date(2026, 5, 4), "0201002", "接线端子板", "J0504", 3200, 125, 3, "合格", "周敏", ""),
    ("2026-05-44", "0201002", "接线端子板", "J0505", 3200, 125, 0, "合格", "周敏", ""),
    (date(2026, 5, 6), "0201002", "接线端子板", "J0506", 2800, 125, 1, "合格", "李强", ""),
]


def standing() -> list[tuple[str, int]]:
    with looking_as_house("see what counts"):
        counted = Inspection.objects.filter(withdrawn_at=None).order_by("lot__number")
        return list(counted.values_list("lot__number", "nonconforming"))


@pytest.fixture
def upload_page(chain, come_in, tmp_path):
    """The page of a file that waits: its lot J0504 came before, with another count."""
    hand_in(chain.clerk, book(("J0504", 1)), partnership_id=chain.ours.pk)
    page = come_in(chain.clerk)
    page.goto("/uploads/")
    page.set_input_files("#files", write_book(tmp_path / "5月.xlsx", ROWS))
    page.click("#file-list li:has-text('5月.xlsx') a.btn-primary:has-text('去修改')")
    page.wait_for_selector("#upload-head")
    return page


def test_wrong_cells_are_named_mended_in_the_page_saved_and_taken_back(upload_page):
    page = upload_page
    problems = page.locator(".problems")
    assert "2 行要处理" in problems.inner_text()
    assert page.locator("[aria-invalid=true]").inner_text() == "2026-05-44"
    date_wrong = page.locator(".remedy-in", has=page.locator("input[name=value]"))
    assert "A4" in date_wrong.inner_text()
    assert "J0504" in page.locator("td.conflict").inner_text()
    assert page.locator(".remedy-in.choice .place").inner_text() == "D3"

    date_wrong.locator("input[name=value]").fill("2026-05-05")
    date_wrong.get_by_role("button", name="修改").click()
    page.wait_for_selector("[aria-invalid=true]", state="detached")
    page.get_by_role("button", name="用这次的").locator("visible=true").click()
    page.wait_for_selector(".remedy-in .good")
    assert page.locator(".steps [aria-current]").inner_text().strip() == "提交"

    page.click(".sticky-bar button.btn-primary")
    page.wait_for_selector("h1 + .badge:has-text('已提交')")
    assert standing() == [("J0504", 3), ("J0505", 0), ("J0506", 1)]

    page.click("text=撤回这次提交")
    page.wait_for_selector("h1 + .badge:has-text('已撤回')")
    assert standing() == [("J0504", 1)]


def test_the_repair_workbook_is_the_own_sheet_with_the_wrong_cell_marked(upload_page, tmp_path):
    with upload_page.expect_download() as download:
        upload_page.click("text=下载标红的原表")
    assert download.value.suggested_filename.endswith(".xlsx")
    path = tmp_path / "repair.xlsx"
    download.value.save_as(path)
    sheet = load_workbook(path)["台账"]
    assert (sheet["A2"].value, sheet["A4"].value) == ("检验日期", "2026-05-44")
    assert sheet["A4"].comment is not None or sheet["A4"].fill.fgColor.rgb != sheet["A3"].fill.fgColor.rgb
