"""Help in both languages says the same things, under the same headings, and is read without a login."""

import re

import pytest
from django.conf import settings
from django.urls import Resolver404, resolve

from insight.views.help_pages import TOPICS
from intake.readers.reading import read
from intake.tables.understand import understand

NAMES = [topic.name for group in TOPICS.values() for topic in group]
TEXTS = settings.BASE_DIR / "insight" / "templates" / "insight" / "help"
CHINESE = re.compile(r"[\u4e00-\u9fff]")

CELLS = {
    "日期": "2025-03-04", "交期": "2025-03-04", "号": "WIN0001", "代码": "0201001", "编码": "0201001",
    "名称": "接线端子板", "供应商": "甲冲压", "往来单位": "甲冲压", "单位": "只", "审核": "Y", "状态": "已审核",
    "红蓝": "蓝字", "暂估": "", "业务类型": "采购入库", "仓库": "原材料仓", "结果": "合格", "结论": "合格",
}  # fmt: skip


def text(language: str, name: str) -> str:
    return (TEXTS / language / f"{name}.html").read_text("utf-8")


def test_each_text_exists_in_both_languages_and_belongs_to_a_topic():
    for language in ("zh", "en"):
        assert {path.stem for path in (TEXTS / language).glob("*.html")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_headings_and_links(name):
    marks = [
        (
            re.findall(r'<h2 id="(\w+)">\S', text(language, name)),
            re.findall(r'href="([^"]+)"', text(language, name)),
        )
        for language in ("zh", "en")
    ]
    assert marks[0] == marks[1]
    assert len(marks[0][0]) >= 3
    assert len(set(marks[0][0])) == len(marks[0][0])


@pytest.mark.parametrize("name", NAMES)
def test_a_text_is_in_its_own_language(name):
    assert not CHINESE.search(text("en", name))
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", text("zh", name))
    assert all(CHINESE.search(heading) for heading in headings)


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_to_pages_that_are_there(name):
    for link in re.findall(r'href="([^"]+)"', text("en", name)):
        try:
            resolve(link)
        except Resolver404:
            pytest.fail(f"{name}: {link}")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_help_is_read_without_a_login(client, db, language):
    client.cookies["language"] = language
    page = client.get("/help/").content.decode()
    assert all(f'href="/help/{name}/"' in page for name in NAMES)
    for name in NAMES:
        response = client.get(f"/help/{name}/", headers={"Accept-Language": language})
        assert response.status_code == 200
        assert len(re.findall(r"<h1\b", response.content.decode())) == 1
    assert client.get("/help/no-such-text/").status_code == 404


def test_every_column_that_an_erp_is_to_export_is_known_by_its_name():
    named = re.findall(r"<li><b>.*?列：(.*?)(?:[。；（])", text("zh", "erp"))
    assert len(named) == 8
    for columns in named:
        header = columns.split("、")
        cells = [next((cell for word, cell in CELLS.items() if word in name), "100") for name in header]
        table = "\n".join([",".join(header), ",".join(cells), ",".join(cells)])
        understood = understand(read(table.encode(), filename="2025-03.csv"), file_name="2025-03.csv")
        assert understood.kind in {"deliveries", "stock", "movements", "inspections"}
        assert [
            column.header for found in understood.tables for column in found.columns if not column.field
        ] == []
        assert [question.code for question in understood.questions] == []
