"""A supplier's clerk hands in a file that names no part, and says it once for all rows."""

import pytest

from tests.intake.files import sheet

FILE = sheet("批号,检验日期,检验数,合格数,不合格数", "NP-1,2026-06-25,125,124,1", "NP-2,2026-06-26,125,125,0")


@pytest.mark.parametrize("width", [1440, 390])
def test_the_part_of_all_rows_is_typed_once(chain, come_in, tmp_path, width):
    path = tmp_path / "6月.csv"
    path.write_bytes(FILE)
    page = come_in(chain.clerk)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/uploads/")
    page.set_input_files("#files", path)
    page.click("#file-list li:has-text('6月.csv') a.btn-primary:has-text('去修改')")
    page.click(".problems li a")
    page.get_by_label("所有 2 行都是这个零件").fill("0201002")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="填入所有行").click()
    page.wait_for_selector(".problems", state="detached")
    page.click(".sticky-bar button.btn-primary")
    page.wait_for_selector("h1 + .badge:has-text('已提交')")
