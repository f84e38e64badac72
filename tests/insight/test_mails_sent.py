"""Mails as they are really composed and sent: each reader's own, and no word of a sibling's."""

import io
import zipfile
from datetime import date, timedelta

import pytest

from insight.models import Digest
from insight.services import digests
from suppliers.access import Person, looking_as_house
from suppliers.models import Partnership
from tests.factories import make_person
from tests.insight.mailing import NOW, subscribe

pytestmark = pytest.mark.django_db
# By organisation: what stands in the books and is not its business. Part and lot numbers begin with the code.
FOREIGN = {
    "LEAD": ("OTHER", "S09"),
    "S01": ("S02", "乙冲压", "OTHER", "S09"),
    "S02": ("S01", "甲冲压", "OTHER", "S09"),
    "OTHER": ("LEAD", "总装", "S01", "S02", "甲冲压", "乙冲压"),
}


@pytest.fixture
def readers(books) -> dict[str, Person]:
    return {code: make_person(books.organisations[code]) for code in FOREIGN}


def ask_all(readers: dict[str, Person], **wanted) -> None:
    for code, person in readers.items():
        side = "supplier" if code.startswith("S") else "customer"
        subscribe(person, side=side, rhythm="monthly", day=1, **wanted)


def all_words(mail) -> str:
    """Everything that somebody can read in a mail: headers, bodies, each sheet of its workbook."""
    words = [str(value) for value in mail.values()]
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            words.append(part.get_content())
        elif part.get_content_type().endswith("sheet"):
            with zipfile.ZipFile(io.BytesIO(part.get_content())) as book:
                words += [book.read(name).decode("utf-8", "replace") for name in book.namelist()]
    return "\n".join(words)


@pytest.mark.parametrize("what", ["overview", "suppliers", "inventory", "tasks", "kpi"])
def test_no_mail_that_arrives_holds_a_word_of_another_s(readers, mail_server, what):
    ask_all(readers, what=what, filters={"kpi": "pass_rate"} if what == "kpi" else {})
    digests.send_all(now=NOW + timedelta(days=1))
    assert Digest.objects.filter(state="sent").count() == len(readers)
    by_address = {person.user.email: code for code, person in readers.items()}
    assert len(mail_server.letters) == len(readers)
    for mail in mail_server.letters:
        code, words = by_address[mail["To"]], all_words(mail)
        assert [word for word in FOREIGN[code] if word in words] == []
        if what == "suppliers" and code == "LEAD":
            assert "甲冲压" in words and "乙冲压" in words  # what it may read is there


def test_a_mail_tells_its_period_and_arrives_whole(readers, mail_server):
    subscribe(readers["LEAD"], rhythm="monthly", day=1)
    digests.send_all(now=NOW + timedelta(days=1))
    digest = Digest.objects.get()
    assert (digest.first_date, digest.last_date) == (date(2026, 6, 1), date(2026, 6, 30))
    (mail,) = mail_server.letters
    html = mail.get_body(("html",)).get_content()
    assert len(html.encode()) <= 100_000
    pictures = [part for part in mail.walk() if part["Content-ID"]]
    assert pictures
    assert all(f"cid:{part['Content-ID'].strip('<>')}" in html for part in pictures)
    assert all(part.get_content().startswith(b"\x89PNG") for part in pictures)
    assert any(part.get_content_type().endswith("sheet") for part in mail.iter_attachments())
    assert digest.letter.unsubscribe_url in html
    assert mail["Message-ID"] == f"<digest.{digest.subscription_id}.2026-06@127.0.0.1>"


def words_sent_to(person: Person, mail_server, filters: dict) -> str:
    subscribe(person, what="suppliers", rhythm="monthly", day=1, language="zh-hans", filters=filters)
    digests.make_due(now=NOW + timedelta(days=1))
    digest = Digest.objects.get()
    assert digests.compose_digest(digest_id=digest.pk, now=NOW + timedelta(days=1))
    digests.send_all(now=NOW + timedelta(days=1))
    (mail,) = mail_server.letters
    return all_words(mail)


def test_who_looks_after_nobody_and_asks_for_one_s_own_is_told_of_all_and_why(readers, mail_server):
    words = words_sent_to(readers["LEAD"], mail_server, {"mine": True})
    assert "您名下没有负责的供应商，这封信说的是全部供应商。" in words
    assert "甲冲压" in words and "乙冲压" in words


def test_a_supplier_that_is_named_comes_before_one_s_own(readers, books, mail_server):
    with looking_as_house("say who looks after whom"):
        partnership = Partnership.objects.filter(pk=books.partnerships["LEAD/S02"].pk)
        partnership.update(responsible=readers["LEAD"])
    words = words_sent_to(readers["LEAD"], mail_server, {"mine": True, "suppliers": ["S01"]})
    assert "甲冲压" in words
    assert "乙冲压" not in words
    assert Digest.objects.get().subscription.filters == {"suppliers": ["S01"]}


def test_one_s_own_alone_are_told_and_judged_by_who_is_looked_after_now(readers, books, mail_server):
    with looking_as_house("say who looks after whom"):
        partnership = Partnership.objects.filter(pk=books.partnerships["LEAD/S02"].pk)
        partnership.update(responsible=readers["LEAD"])
    words = words_sent_to(readers["LEAD"], mail_server, {"mine": True})
    assert "乙冲压" in words
    assert "甲冲压" not in words
