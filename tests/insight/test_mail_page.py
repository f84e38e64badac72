"""The HTML of a mail: small, whole without pictures and without a network, text that stays text."""

import html
import re
import unicodedata
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from core.text import folded
from improvement.models import Task
from improvement.services import open_task
from insight.mails import Contents, compose, page, plain
from suppliers.access import looking_as, looking_as_house
from suppliers.models import Organisation
from tests.insight.posting import CHANGE, LEAVE, MONTH, NOW, SITE, WEEK, mail_to, reader, words_of

HOSTILE = '<script>alert("1")</script>=HYPERLINK("http://elsewhere.example")'
# What may stand in Latin letters in a Chinese mail: signs, units and codes.
CODES = (
    r"PPM|ppm|n|UTC\+8|xlsx|v\d+|S\d+(-\d+)?|LEAD|OTHER|Reader|pass_rate|lot_acceptance_rate|ppm_delivered|"
    r"turnover|days_of_inventory|chain_turnover|D\d|T-\d+"
)


@pytest.fixture
def hostile(books):
    """Rename a supplier to what a page or a spreadsheet might run."""
    with looking_as_house("rename a supplier"):
        Organisation.objects.filter(code="S02").update(
            name=HOSTILE, name_en=HOSTILE, name_key=folded(HOSTILE)
        )
    return books


def test_a_mail_is_small_and_its_pictures_are_inside(books):
    mail = mail_to(reader(books, "LEAD"), what="suppliers")
    assert len(mail.html.encode()) <= 100_000
    assert sum(len(one.png) for one in mail.pictures) <= 200_000
    for picture in mail.pictures:
        assert picture.png.startswith(b"\x89PNG")
        assert f'src="cid:{picture.cid}"' in mail.html
    assert len(re.findall(r"<img\b", mail.html)) == len(mail.pictures)


def test_nothing_is_fetched_from_anywhere(books):
    page_ = mail_to(reader(books, "LEAD")).html
    assert re.findall(r'\bsrc="(?!cid:)', page_) == []
    assert "url(" not in page_
    assert "<script" not in page_
    assert "<link" not in page_
    addresses = re.findall(r'href="([^"]+)"', page_)
    assert addresses
    assert all(address.startswith((f"{SITE}/", CHANGE, LEAVE)) for address in addresses)


def test_the_alternative_text_carries_the_finding(books):
    mail = mail_to(reader(books, "LEAD"), rhythm="weekly", period=WEEK)
    texts = re.findall(r'<img\b[^>]*\balt="([^"]*)"', mail.html)
    assert texts
    assert all("week 26 of 2026" in text and "%" in text for text in texts)


def test_every_cell_has_its_own_background(books):
    page_ = mail_to(reader(books, "LEAD"), what="suppliers").html
    cells = re.findall(r"<(?:td|th)\b[^>]*>", page_)
    assert cells
    assert all("background-color" in cell for cell in cells)


def test_phones_have_rules_of_their_own(books):
    page_ = mail_to(reader(books, "LEAD")).html
    assert re.search(r"@media[^{]*max-width: ?620px", page_)
    assert 'name="viewport"' in page_


def test_a_name_with_a_script_stays_text(hostile):
    with looking_as_house("agree on a target"):
        partnership = hostile.partnerships["LEAD/S02"]
        partnership.target_pass_rate = "0.999"
        partnership.save()
    mail = mail_to(reader(hostile, "LEAD"), what="suppliers")
    assert "<script" not in mail.html
    assert HOSTILE in words_of(mail.html)
    assert "\n" not in mail.subject


@pytest.mark.parametrize("what", ["overview", "suppliers", "inventory", "kpi"])
def test_a_chinese_mail_has_no_english_words_but_codes(books, what):
    kpi = "pass_rate" if what == "kpi" else ""
    mail = mail_to(
        reader(books, "LEAD"), what=what, kpi=kpi, language="zh-hans", rhythm="weekly", period=WEEK
    )
    without_links = re.sub(r"https?://\S+", "", mail.text)
    for said in (words_of(mail.html), without_links, mail.subject, mail.attachments[0].name):
        words = re.findall(r"[A-Za-z][\w+-]*", said)
        assert [word for word in words if not re.fullmatch(CODES, word)] == []


def test_tasks_are_told_with_those_that_are_late_first(books):
    person = reader(books, "LEAD")
    with looking_as(person):
        for title, due in (("毛刺", "2026-07-20"), (HOSTILE, "2026-06-20")):
            open_task(
                partnership_id=books.partnerships["LEAD/S01"].pk, kind="eight_d", kpi="pass_rate",
                stage="outgoing", title=title, problem="毛刺", target="99%",
                due_date=NOW.date().fromisoformat(due), by=person, now=NOW,
                quietly=True,
            )  # fmt: skip
    mail = mail_to(person, what="tasks")
    assert mail.subject.startswith("2 improvement tasks open; 1 overdue")
    assert "<script" not in mail.html
    assert mail.text.index("<script>") < mail.text.index("毛刺")
    assert "1. ◆ T-0002" in mail.text
    assert "; D1 Team" in mail.text, "a step is called by its name"
    assert "2 improvement tasks open; 1 overdue" in mail_to(person).text
    assert "毛刺" not in mail_to(reader(books, "S02"), what="tasks").text


def open_tasks(books, person, **titles) -> None:
    with looking_as(person):
        for title, due in titles.items():
            open_task(
                partnership_id=books.partnerships["LEAD/S01"].pk, kind="eight_d", kpi="pass_rate",
                stage="outgoing", title=title, problem="毛刺", target="99%",
                due_date=date.fromisoformat(due), by=person, now=NOW,
                quietly=True,
            )  # fmt: skip


def close(title: str, moment: datetime) -> None:
    with looking_as_house("close a task"):
        Task.objects.filter(title=title).update(
            state="closed", closed_at=moment, outcome="not_carried_out", end_date=moment.date()
        )


def test_a_task_that_was_closed_before_the_period_is_in_no_mail(books):
    person = reader(books, "LEAD")
    open_tasks(books, person, old="2026-05-20", june="2026-05-20", running="2026-12-20")
    # Two minutes apart, on either side of the first of June in Shanghai.
    close("old", datetime(2026, 5, 31, 15, 59, tzinfo=UTC))
    close("june", datetime(2026, 5, 31, 16, 1, tzinfo=UTC))
    for what in ("tasks", "overview"):
        book = load_workbook(BytesIO(mail_to(person, what=what).attachments[0].content))
        rows = {row[1]: row for row in book["Tasks"].iter_rows(min_row=2, values_only=True)}
        assert {"june", "running"} <= rows.keys()
        assert "old" not in rows
        assert str(rows["june"][11].date()) == "2026-06-01"


def test_more_tasks_than_a_workbook_takes_are_counted_and_said(books, monkeypatch):
    monkeypatch.setattr("insight.mails.work.TASKS_AT_MOST", 2)
    person = reader(books, "LEAD")
    open_tasks(books, person, one="2026-06-01", two="2026-06-02", three="2026-06-03", four="2026-12-01")
    mail = mail_to(person, what="tasks")
    assert mail.subject.startswith("4 improvement tasks open; 3 overdue")
    book = load_workbook(BytesIO(mail.attachments[0].content))
    said = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert {"one", "two"} <= set(said)
    assert "three" not in said
    assert "2 further tasks are left out." in said


def test_overdue_is_by_the_calendar_of_the_customer_wherever_it_is_read(books, settings):
    settings.CLOCK_DATE = ""
    person = reader(books, "S01")
    lead = reader(books, "LEAD")
    open_tasks(books, lead, late="2026-06-30")
    late = datetime(2026, 6, 30, 17, tzinfo=UTC)  # in Shanghai it is the first of July
    for zone in ("America/New_York", "Asia/Shanghai"):
        with looking_as(person):
            contents = Contents("tasks", "monthly", language="en", zone=zone, side="supplier")
            mail = compose(person=person, contents=contents, period=MONTH, now=late)
        assert mail.subject.startswith("1 improvement task open; 1 overdue")
        assert "due 30 Jun 2026, 1 days late" in mail.text


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("what", ["overview", "suppliers", "inventory", "tasks"])
def test_lines_of_text_are_72_columns_wide(hostile, what, language):
    text = mail_to(reader(hostile, "LEAD"), what=what, language=language).text
    for line in text.splitlines():
        if not line.startswith("http"):
            assert columns(line) <= 72, line
            assert line == line.rstrip()


def columns(line: str) -> int:
    """Count as a terminal with Chinese fonts does."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in line)


def test_no_line_begins_with_a_full_stop():
    lines = plain.filled("合格率在正常波动之内，不必单独解释。" * 20)
    assert len(lines) > 5
    assert all(line[0] not in "，。" for line in lines)
    assert "".join(lines) == "合格率在正常波动之内，不必单独解释。" * 20


def test_a_name_with_line_breaks_stays_on_its_line():
    assert plain.filled("one\r\ntwo\tthree") == ["one two three"]
    assert plain.filled("") == []


def test_a_word_longer_than_a_line_is_cut():
    assert max(map(columns, plain.filled("x" * 500))) <= 72


def test_the_text_says_what_the_page_says(books):
    mail = mail_to(reader(books, "LEAD"), what="suppliers")
    told = re.sub(r"\s+", "", mail.text)
    story_words = re.findall(r">([^<>]{4,})<", mail.html[mail.html.index("<body") :])
    missing = [
        word for word in story_words if word.strip() and re.sub(r"\s+", "", html.unescape(word)) not in told
    ]
    assert missing == []


def test_pictures_and_html_are_the_same_for_the_same_story(books):
    person = reader(books, "LEAD")
    assert mail_to(person).html == mail_to(person).html
    assert page.SIGNS == plain.SIGNS
