"""What a mail says is what the KPIs say, of what its reader may see, and nothing where nothing is."""

import io
from datetime import date, timedelta
from itertools import product

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core import clock, formatting
from core.period import Period
from insight.mails import Contents
from insight.mails.asked import asked
from kpis.definitions import UnknownKpi
from kpis.queries import wording
from kpis.queries.evaluate import evaluate
from suppliers import services
from suppliers.access import looking_as, looking_as_house
from tests.insight.conftest import add_supplier
from tests.insight.posting import LEAVE, MONTH, SITE, WEEK, mail_to, reader, words_of
from tests.kpis.books import Books

EVERY = ["overview", "suppliers", "inventory", "tasks", "kpi"]


def lengthen(books: Books, count: int, *, rate: float) -> None:
    """Give the customer more suppliers."""
    with looking_as_house("make the chain longer"):
        known = len(books.inspections)
        for place in range(count):
            add_supplier(books, "LEAD", f"S2{place}", rate=rate)
        books.inspections = books.inspections[known:]
        books.add_lot_sums()


def everything(mail) -> str:
    """Return every word of a mail: subject, HTML, text and workbook."""
    cells = []
    for attachment in mail.attachments:
        book = openpyxl.load_workbook(io.BytesIO(attachment.content))
        cells += [attachment.name, *book.sheetnames]
        cells += [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    return "\n".join([mail.subject, mail.html, mail.text, *cells])


@pytest.mark.parametrize(
    ("stage", "period"), [("outgoing", MONTH), ("incoming", Period.parse("2026-04..2026-06"))]
)
def test_the_pass_rate_is_that_of_the_kpi_for_the_same_days_and_stage(books, stage, period):
    person = reader(books, "LEAD")
    with looking_as(person), translation.override("en"):
        (expected,) = evaluate("pass_rate", period=period, stage=stage, customer="LEAD")
        told = [wording.written(expected), wording.written_interval(expected), wording.written_n(expected)]
    mail = mail_to(person)
    said = words_of(mail.html)
    assert expected.value is not None
    assert all(one in said and one in " ".join(mail.text.split()) for one in told)


def test_turnover_names_its_prices_and_splits_volume_from_stock(books):
    person = reader(books, "LEAD")
    with looking_as(person), translation.override("en"):
        (expected,) = evaluate(
            "turnover",
            period=Period.parse("2026-04..2026-06"),
            base=Period.parse("2025-04..2025-06"),
            customer="LEAD",
            prices="constant",
        )
        turned = wording.written(expected)
    said = words_of(mail_to(person).html)
    assert turned.split("×")[0] in said
    assert "constant prices" in said
    split = {name: formatting.decimal(expected.details[name], 2, signed=True) for name in ("volume", "stock")}
    assert f"volume {split['volume']}, stock {split['stock']}" in said


def test_a_week_is_held_against_the_thirteen_before_it(books):
    person = reader(books, "LEAD")
    with looking_as(person):
        ask = asked(person, Contents(what="overview", rhythm="weekly"), WEEK, now=None)
    assert str(ask.view.base) == "2026-03-23..2026-06-21"
    assert str(ask.window.period) == "2026-03-30..2026-06-28"
    assert str(ask.window.base) == "2025-03-30..2025-06-28"


def test_the_subject_names_finding_stage_and_period(books):
    person = reader(books, "LEAD")
    mail = mail_to(person, language="zh-hans")
    assert mail.subject.startswith("供方报出合格率（按件）")
    assert mail.subject.endswith("月报 · 2026-06")
    assert len(mail.subject) <= 60
    assert "Jun 2026" in mail_to(person).subject


@pytest.mark.parametrize("rhythm", ["daily", "weekly", "monthly"])
def test_every_mail_leads_to_the_same_view_and_says_why_it_comes(books, rhythm):
    period = {"daily": Period(date(2026, 6, 22), date(2026, 6, 22)), "weekly": WEEK, "monthly": MONTH}[rhythm]
    person = reader(books, "LEAD")
    for what, language in product(EVERY, ["zh-hans", "en"]):
        kpi = "lot_acceptance_rate" if what == "kpi" else ""
        mail = mail_to(person, what=what, language=language, rhythm=rhythm, period=period, kpi=kpi)
        assert len(mail.subject) <= (60 if language == "zh-hans" else 110), mail.subject
        assert "\n" not in mail.subject
        assert LEAVE in mail.html
        assert LEAVE in mail.text
        assert "07:30" in mail.text
        if what != "tasks":
            assert f"to={period.last}" in mail.text


def test_filters_and_days_are_in_the_address_of_the_view(books):
    mail = mail_to(reader(books, "LEAD"), suppliers=("S01",), parts=("S01-1",))
    address = next(line for line in mail.text.splitlines() if line.startswith(f"{SITE}/overview/"))
    assert "supplier=S01" in address
    assert "part=S01-1" in address
    assert "from=2026-06-01" in address
    assert "to=2026-06-30" in address


@pytest.mark.parametrize("what", EVERY)
def test_a_sibling_is_in_no_part_of_a_suppliers_mail(books, what):
    with looking_as_house("agree on targets"):
        for partnership in books.partnerships.values():
            partnership.target_pass_rate = "0.999"
            partnership.save()
    for code, hidden in (("S01", ("S02", "示例·乙冲压", "S09")), ("LEAD", ("S09", "OTHER"))):
        kpi = "pass_rate" if what == "kpi" else ""
        said = everything(mail_to(reader(books, code), what=what, kpi=kpi))
        assert not [name for name in hidden if name in said]


def test_who_looks_after_nobody_is_told_that_all_are_meant(books):
    told = "You look after no supplier"
    person = reader(books, "LEAD")
    assert told in mail_to(person, mine=True).html
    with looking_as_house("make somebody responsible"):
        partnership = books.partnerships["LEAD/S02"]
        partnership.responsible = person
        partnership.save()
    mail = mail_to(person, mine=True, what="suppliers")
    assert told not in mail.html
    assert "mine=1" in mail.text
    assert "示例·甲冲压" not in everything(mail)


def test_naming_a_supplier_of_somebody_else_finds_nothing(books):
    mail = mail_to(reader(books, "LEAD"), suppliers=("S09",))
    assert "no data" in mail.subject
    assert "Sample S09" not in everything(mail)


def test_a_supplier_below_its_target_leads_what_needs_attention(books):
    with looking_as_house("agree on a target"):
        partnership = books.partnerships["LEAD/S02"]
        partnership.target_pass_rate = "0.99"
        partnership.save()
    mail = mail_to(reader(books, "LEAD"), period=Period.parse("2026-01..2026-06"))
    first = mail.text.split("1. ")[1]
    assert "pass rate below target, statistically confirmed" in first.splitlines()[0]
    assert f"{SITE}/lots/?" in first


def test_at_most_five_things_are_told_and_the_rest_counted(books):
    lengthen(books, 7, rate=0.05)
    with looking_as_house("agree on targets"):
        for partnership in books.partnerships.values():
            partnership.target_pass_rate = "0.999"
            partnership.save()
    text = mail_to(reader(books, "LEAD"), period=Period.parse("2026-01..2026-06")).text
    assert "5. ◆" in text
    assert "\n6. " not in text
    assert "more in Tongpin" in text


def test_data_that_were_asked_for_and_have_not_come_are_missed(books):
    months = {"period": Period.parse("2026-05")}
    assert "not complete" not in mail_to(reader(books, "LEAD"), **months).text  # nobody was asked
    with looking_as_house("ask for data that have not come"):
        places = [books.partnerships[f"LEAD/{code}"].pk for code in ("S01", "S02")]
        for kind in ("measurements", "outgoing"):
            services.ask_for_data(
                partnership_ids=places, kind=kind, sender="supplier", rule=services.Rule("monthly", 31),
                valid_from=date(2026, 5, 1), by=None, now=clock.now(),
            )  # fmt: skip
    text = " ".join(mail_to(reader(books, "LEAD"), **months).text.split())
    assert "Measurements of May 2026: not complete" in text
    assert "for May, due on 31 May, have not come" in text
    assert "Outgoing inspections of May 2026: not complete" not in text


def test_a_supplier_is_told_of_what_it_must_send_itself_alone(books):
    may = {"period": Period.parse("2026-05")}
    with looking_as_house("ask for data that have not come"):
        for kind, sender in (("measurements", "supplier"), ("stock", "customer")):
            services.ask_for_data(
                partnership_ids=[books.partnerships["LEAD/S01"].pk], kind=kind, sender=sender,
                rule=services.Rule("monthly", 31), valid_from=date(2026, 5, 1), by=None, now=clock.now(),
            )  # fmt: skip
    words = {code: " ".join(mail_to(reader(books, code), **may).text.split()) for code in ("LEAD", "S01")}
    own, other = "Measurements of May 2026: not complete", "Stock statements of May 2026: not complete"
    assert own in words["LEAD"] and other in words["LEAD"]
    assert own in words["S01"]
    assert other not in words["S01"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_without_data_the_mail_says_so_and_why(books, language):
    mail = mail_to(reader(books, "LEAD"), period=Period.parse("2023-05"), language=language)
    words = {
        "en": ("no data of May 2023", "Nothing inspected in the period"),
        "zh-hans": ("2023-05 没有供方报出合格率", "本期没有检验"),
    }
    assert words[language][0] in mail.subject
    assert words[language][1] in mail.html
    assert mail.pictures == ()
    assert "0.0%" not in mail.text
    assert "100.0%" not in mail.text


def test_an_organisation_without_anybody_gets_an_honest_mail(books):
    with looking_as_house("make a company without partners"):
        books.organisation("ALONE")
    mail = mail_to(reader(books, "ALONE"))
    assert "no data" in mail.subject


def test_one_supplier_alone_is_told_like_many(books):
    mail = mail_to(reader(books, "OTHER"), what="suppliers", period=Period.parse("2026-01..2026-06"))
    assert "Sample S09" in mail.text
    assert "95% interval" in mail.text


def test_a_late_mail_says_so(books):
    mail = mail_to(reader(books, "LEAD"), late_by=timedelta(hours=27))
    assert "1 day 3 hours late" in mail.text
    assert "1 day 3 hours late" in mail.html
    assert "late:" not in mail_to(reader(books, "LEAD")).text


def test_simulated_data_are_marked(books):
    person = reader(books, "LEAD")
    assert "Simulated" not in everything(mail_to(person))
    person.organisation.simulated = True
    mail = mail_to(person)
    assert "Simulated data; supplier names are invented." in mail.html
    assert "Simulated data; supplier names are invented." in mail.text


def test_a_mail_about_one_supplier_names_it_wherever_it_is_read(books):
    mail = mail_to(reader(books, "LEAD"), suppliers=["S01"])
    name = "Sample S01"
    assert name in mail.subject
    assert name in mail.html and name in mail.text
    assert "S01" in mail.attachments[0].name
    assert "supplier" not in mail_to(reader(books, "LEAD")).subject  # of all, none is named


def test_an_unknown_kpi_is_refused(books):
    with pytest.raises(UnknownKpi):
        mail_to(reader(books, "LEAD"), what="kpi", kpi="happiness")


@pytest.mark.parametrize("what", EVERY)
def test_more_suppliers_ask_no_more_queries(books, what):
    person = reader(books, "LEAD")
    kpi = "ppm_delivered" if what == "kpi" else ""
    with CaptureQueriesContext(connection) as few:
        mail_to(person, what=what, kpi=kpi)
    lengthen(books, 4, rate=0.02)
    with CaptureQueriesContext(connection) as many:
        mail_to(person, what=what, kpi=kpi)
    assert len(many) == len(few)


@pytest.mark.parametrize("stage", ["incoming", "corrected"])
def test_a_pledged_reading_leads_and_the_others_stand_beneath(books, stage):
    person = reader(books, "LEAD")
    half = Period.parse("2026-01..2026-06")
    with looking_as(person), translation.override("en"):
        (expected,) = evaluate("pass_rate", period=half, stage=stage, customer="LEAD")
        told = wording.written(expected)
    mail = mail_to(person, stage=stage, period=half)
    assert mail.subject.startswith(f"Pass rate, pieces ({stage}) {told}")
    assert "Reported" in mail.text
