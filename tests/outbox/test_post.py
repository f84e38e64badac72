"""What a letter looks like when it arrives: pictures in its HTML, attachments beside it, the right headers."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest

from outbox import services
from outbox.models import Letter, LetterPart

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)
PNG = bytes.fromhex("89504e470d0a1a0a") + bytes(range(256)) * 8
XLSX = b"PK\x03\x04" + bytes(range(256)) * 8
HTML = '<html><body><p>合格率 99.12%</p><img src="cid:trend" alt="合格率走势"></body></html>'
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def report() -> Letter:
    letter_id = services.write_letter(
        subject_key="digest:17:2026-06-29",
        message_id="<digest.17.2026-06-29@127.0.0.1>",
        to="zhou@example.org",
        language="zh-hans",
        subject="合格率 99.12%，比去年同期高 0.4 个百分点；3 家供应商低于目标，请看 6 月 29 日的检验",
        text="合格率 99.12%\n" + "一行很长的文字，" * 80,
        html=HTML,
        parts=[
            services.Part("走势.png", "image/png", PNG, "trend"),
            services.Part("明细.xlsx", SHEET, XLSX),
        ],
        unsubscribe_url="https://tongpin.example/u/17.abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMN/",
        now=NOW,
    )
    return Letter.objects.get(pk=letter_id)


def arrived(letter: Letter, mail_server):
    assert services.send_letter(letter_id=letter.pk, now=NOW), Letter.objects.get(pk=letter.pk).last_answer
    return mail_server.letters[-1]


def test_a_picture_stands_in_the_html_and_a_workbook_beside_it(mail_server):
    mail = arrived(report(), mail_server)
    assert mail.get_content_type() == "multipart/mixed"
    alternative, workbook = mail.iter_parts()
    text, related = alternative.iter_parts()
    assert (text.get_content_type(), related.get_content_type()) == ("text/plain", "multipart/related")
    html, picture = related.iter_parts()
    assert html.get_content().strip() == HTML
    assert (picture["Content-ID"], picture.get_content_disposition()) == ("<trend>", "inline")
    assert picture.get_content() == PNG
    assert (workbook.get_filename(), workbook.get_content_type()) == ("明细.xlsx", SHEET)
    assert workbook.get_content() == XLSX


def test_its_headers_are_those_that_mail_programs_look_for(mail_server):
    letter = report()
    mail = arrived(letter, mail_server)
    assert mail["Subject"] == letter.subject
    assert mail["Message-ID"] == "<digest.17.2026-06-29@127.0.0.1>"
    assert parsedate_to_datetime(mail["Date"]) == NOW
    assert mail["From"] == "Tongpin <tongpin@localhost>"
    assert mail["List-Unsubscribe"] == f"<{letter.unsubscribe_url}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_it_passes_a_server_that_knows_seven_bits_and_lines_of_998(mail_server):
    """The raw bytes: no line too long, nothing above 127, and the address to unsubscribe on one line."""
    arrived(report(), mail_server)
    raw = mail_server.raw[-1]
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\r\nList-Unsubscribe: <https://tongpin.example/u/17." in raw
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_its_parts_are_kept_while_it_waits_and_forgotten_once_it_is_sent(mail_server, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9  # discard: nobody answers
    letter = report()
    services.send_letter(letter_id=letter.pk, now=NOW)
    assert LetterPart.objects.count() == 2
    settings.EMAIL_PORT = port
    Letter.objects.update(due_at=NOW)
    assert arrived(letter, mail_server).get_content_type() == "multipart/mixed"
    assert not LetterPart.objects.exists()


def test_a_letter_about_one_thing_brings_its_parts_once(mail_server):
    assert report().pk == report().pk
    assert LetterPart.objects.count() == 2
