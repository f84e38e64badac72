"""Where data requests stand follows from the data that exist."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from core.period import Period
from intake.services import commit
from inventory.models import Delivery
from kpis.queries.asking_words import sentence
from kpis.queries.completeness import completeness
from kpis.queries.evaluate import evaluate
from kpis.queries.passport import passport
from kpis.queries.requests import READ, standings, standings_of, to_send, waiting
from kpis.queries.sources import Sources
from kpis.queries.wording import facts
from suppliers import services
from suppliers.access import looking_as, looking_as_house
from suppliers.queries.asking import requests_asked
from suppliers.queries.selection import select
from suppliers.services import Rule
from tests.factories import make_organisation, make_partnership
from tests.intake.files import NOW as HANDED_IN
from tests.intake.files import book, hand_in
from tests.rows import make_rows

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONTH_END = Rule("monthly", 31, grace_days=3)
WEEKLY = Rule("weekly", 1, due_next=True, grace_days=2)


def at(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), SHANGHAI).replace(hour=9)


def ask(chain, *, rule=MONTH_END, kind="outgoing", sender="supplier", where=None, first="2026-01-01"):
    with looking_as(chain.buyer):
        (pk,) = services.ask_for_data(
            partnership_ids=[(where or chain.ours).pk], kind=kind, sender=sender, rule=rule,
            valid_from=date.fromisoformat(first), by=chain.buyer, now=HANDED_IN,
        )  # fmt: skip
    return pk


def states(person, days: str, today: str, **narrowed) -> list[str]:
    with looking_as(person):
        found = standings(requests_asked(**narrowed), now=at(today), period=Period.parse(days))
    return [one.state for one in found]


def report(chain, *days: str, part="0201002") -> None:
    """Hand in one lot a day, as the supplier's clerk does."""
    for day in days:
        asked = {"kind": "inspections", "partnership_id": chain.ours.pk}
        upload = hand_in(chain.clerk, book((f"L{day}", 1), part=part, day=day), f"{day}.csv", **asked)
        assert upload.state == "committed", upload.refusal


@pytest.mark.parametrize(
    ("today", "state"),
    [
        ("2026-05-20", "not_due"),
        ("2026-05-24", "due"),  # a week before the due day it begins to ask
        ("2026-05-31", "due"),
        ("2026-06-03", "due"),  # the last day of grace
        ("2026-06-04", "late"),
    ],
)
def test_a_month_without_data_is_due_and_then_late(chain, today, state):
    ask(chain)
    assert states(chain.clerk, "2026-05", today) == [state]


def test_data_of_the_period_settle_it_once_it_is_due(chain):
    ask(chain)
    report(chain, "2026-05-04")
    assert states(chain.clerk, "2026-05", "2026-05-25") == ["due"]  # more of May may come
    assert states(chain.clerk, "2026-05", "2026-05-31") == ["in"]
    assert states(chain.buyer, "2026-04..2026-06", "2026-06-30") == ["late", "in", "due"]


def test_weeks_are_held_against_their_own_days_over_the_end_of_a_year(chain):
    ask(chain, rule=WEEKLY, first="2025-12-01")
    report(chain, "2026-01-02")
    assert states(chain.clerk, "2025-12-22..2026-01-11", "2026-01-09") == ["late", "in", "not_due"]


def test_a_request_that_began_in_mid_period_takes_data_of_its_own_days_alone(chain):
    ask(chain, first="2026-05-10")
    report(chain, "2026-05-04")
    assert states(chain.clerk, "2026-05", "2026-06-30") == ["late"]
    report(chain, "2026-05-12")
    assert states(chain.clerk, "2026-05", "2026-06-30") == ["in"]


def test_a_daily_report_speaks_for_the_days_before_it(chain):
    ask(chain, rule=Rule("daily", 1, grace_days=0), first="2026-06-01")
    report(chain, "2026-06-16")
    found = states(chain.clerk, "2026-06-15..2026-06-19", "2026-06-19")
    assert found == ["in", "in", "late", "due", "not_due"]


def test_an_answer_settles_a_period_until_it_is_taken_back(chain):
    pk = ask(chain)
    with looking_as(chain.clerk):
        answer = services.answer_nothing(
            request_id=pk, period_first=date(2026, 5, 1), by=chain.clerk, now=HANDED_IN
        )
    assert states(chain.buyer, "2026-05", "2026-06-30") == ["nothing"]
    with looking_as(chain.clerk):
        services.take_back_answer(answer_id=answer, by=chain.clerk, now=HANDED_IN)
    assert states(chain.buyer, "2026-05", "2026-06-30") == ["late"]


def test_data_go_before_an_answer(chain):
    pk = ask(chain)
    with looking_as(chain.clerk):
        services.answer_nothing(request_id=pk, period_first=date(2026, 5, 1), by=chain.clerk, now=HANDED_IN)
    report(chain, "2026-05-04")
    assert states(chain.buyer, "2026-05", "2026-06-30") == ["in"]


def test_nothing_to_send_does_not_stand_against_lots_that_are_known(chain):
    pk = ask(chain)
    with looking_as(chain.clerk):
        services.answer_nothing(request_id=pk, period_first=date(2026, 5, 1), by=chain.clerk, now=HANDED_IN)
    deliver(chain, "L9", "2026-05-11")
    assert states(chain.buyer, "2026-05", "2026-06-30") == ["late"]


def test_data_that_are_taken_back_turn_the_state_back(chain):
    ask(chain)
    upload = hand_in(chain.clerk, book(("L1", 1)), kind="inspections")
    assert states(chain.clerk, "2026-05", "2026-06-30") == ["in"]
    with looking_as(chain.clerk):
        commit.undo(upload_id=upload.pk, person=chain.clerk, now=HANDED_IN)
    assert states(chain.clerk, "2026-05", "2026-06-30") == ["late"]


def deliver(chain, lot: str, day: str) -> None:
    """Say, as the customer does, that a lot was received."""
    with looking_as_house("set a test's scene"):
        Delivery.objects.create(
            partnership=chain.ours, part=chain.shared_part, receipt_no=lot, lot_number=lot,
            lot_number_key=lot.lower(), received_date=date.fromisoformat(day), received_quantity=100,
            commit_id=1, recorded_at=HANDED_IN,
        )  # fmt: skip


def test_a_delivered_lot_without_an_inspection_makes_a_report_partial(chain):
    ask(chain)
    report(chain, "2026-05-04")
    deliver(chain, "L2026-05-04", "2026-05-10")
    assert states(chain.buyer, "2026-05", "2026-06-30") == ["in"]
    deliver(chain, "L9", "2026-05-11")
    assert states(chain.buyer, "2026-05", "2026-06-30") == ["partial"]
    with looking_as(chain.buyer):
        (one,) = standings(requests_asked(), now=at("2026-06-30"), period=Period.parse("2026-05"))
        assert one.missing == 1


def test_with_every_lot_each_lot_has_its_own_due_day(chain):
    ask(chain, rule=Rule("per_lot", 2, grace_days=2))
    assert states(chain.clerk, "2026-06", "2026-06-30") == ["not_due"]  # no lot is known
    deliver(chain, "L9", "2026-06-26")
    assert states(chain.clerk, "2026-06", "2026-06-27") == ["not_due"]
    assert states(chain.clerk, "2026-06", "2026-06-28") == ["due"]
    assert states(chain.clerk, "2026-06", "2026-06-30") == ["due"]
    assert states(chain.clerk, "2026-06", "2026-07-01") == ["late"]
    report(chain, "2026-06-20")
    assert states(chain.clerk, "2026-06", "2026-07-01") == ["partial"]


def test_lots_without_values_are_missing_where_there_is_something_to_measure(chain):
    ask(chain, kind="measurements", rule=Rule("per_lot", 2))
    report(chain, "2026-06-15")  # of a part without characteristics
    assert states(chain.clerk, "2026-06", "2026-06-30") == ["not_due"]
    report(chain, "2026-06-16", part="0201001")
    assert states(chain.clerk, "2026-06", "2026-06-30") == ["late"]


@pytest.mark.parametrize("by_month", [False, True])
def test_what_came_is_counted_by_the_latest_day_of_a_bucket(chain, by_month):
    make_rows(chain.ours, chain.part, version=chain.length)
    with looking_as(chain.buyer):
        month = Period.parse("2026-06")
        found = {kind: READ[kind]([chain.ours.pk], month, by_month) for kind in ("stock", "measurements")}
    assert found == {
        "stock": [(chain.ours.pk, chain.customer.pk, date(2026, 6, 29), 1)],
        "measurements": [(chain.ours.pk, 0, date(2026, 6, 29), 1)],
    }


def test_stock_is_in_when_the_side_that_must_send_wrote_it_down(chain):
    ask(chain, kind="stock", sender="supplier")
    make_rows(chain.ours, chain.part, version=None)  # held, and written down, by the customer
    assert states(chain.buyer, "2026-06", "2026-07-10") == ["late"]


def test_a_customers_own_books_speak_for_all_of_its_partnerships(chain):
    ask(chain, kind="stock", sender="customer", where=chain.books)
    make_rows(chain.ours, chain.part, version=None)
    assert states(chain.buyer, "2026-06", "2026-07-10") == ["in"]
    assert states(chain.clerk, "2026-06", "2026-07-10") == []


def test_to_do_is_what_ones_own_side_must_send_the_latest_first(chain):
    ask(chain)
    ask(chain, kind="stock", rule=Rule("monthly", 5, due_next=True))
    with looking_as(chain.clerk):
        found = waiting(to_send(chain.clerk, now=at("2026-06-30")))
        open_ones = [(one.asked.kind, str(one.slot.key), one.state) for one in found]
    assert open_ones[0] == ("outgoing", "2026-01-01", "late")
    assert open_ones[-2:] == [("outgoing", "2026-06-01", "due"), ("stock", "2026-06-01", "due")]
    for other in (chain.buyer, chain.sibling_engineer, chain.outsider):
        with looking_as(other):
            assert to_send(other, now=at("2026-06-30")) == []


def test_a_second_customer_is_asked_and_answered_apart(chain):
    ask(chain)
    report(chain, "2026-05-04")
    with looking_as(chain.second_buyer):
        services.ask_for_data(
            partnership_ids=[chain.second.pk], kind="outgoing", sender="supplier", rule=MONTH_END,
            valid_from=date(2026, 1, 1), by=chain.second_buyer, now=HANDED_IN,
        )  # fmt: skip
    assert states(chain.second_buyer, "2026-05", "2026-06-30") == ["late"]
    assert sorted(states(chain.clerk, "2026-05", "2026-06-30")) == ["in", "late"]


def test_the_card_counts_who_owes_nothing_of_the_last_month(chain):
    ask(chain)
    ask(chain, where=chain.siblings)
    report(chain, "2026-05-04")
    with looking_as(chain.buyer):
        chosen, days = select(customer="LEAD"), Period.parse("2026-04..2026-05")
        (card,) = completeness(standings_of(chosen, days, now=at("2026-06-30")), chosen, days)
    assert (card.kind, card.asked, card.have, card.not_asked) == ("outgoing", 2, 1, 0)
    assert [one.asked.supplier_code for one in card.owing] == ["S02"]
    assert {one.asked.supplier_code for one in card.earlier} == {"S01", "S02"}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Outgoing inspections of Sample A Stamping for May, due on 31 May, have not come"),
        ("zh-hans", "示例·甲冲压 的 5 月出货检验应于 05-31 报送，尚未收到"),
    ],
)
def test_a_figure_without_a_value_names_the_request_that_is_late(chain, settings, language, said):
    settings.CLOCK_DATE = "2026-06-30"
    ask(chain)
    with looking_as(chain.buyer), translation.override(language):
        what = {"customer": "LEAD", "period": Period.parse("2026-05"), "stage": "outgoing"}
        (one,) = evaluate("pass_rate", **what)
        assert one.value is None
        assert said in one.reason_text
        assert one.reason_word in one.reason_text
        assert said in dict(facts(passport("pass_rate", **what))).values()


def test_a_figure_by_supplier_names_its_own_request_alone(chain, settings):
    settings.CLOCK_DATE = "2026-06-30"
    ask(chain)
    with looking_as(chain.buyer), translation.override("en"):
        found = evaluate("pass_rate", customer="LEAD", by="supplier", period=Period.parse("2026-05"))
    waiting = {one.by["supplier"]: len(one.waiting) for one in found if one.stage == "outgoing"}
    assert waiting == {"S01": 1, "S02": 0}


@pytest.mark.parametrize(("moment", "late"), [("2026-05-10", 0), ("2026-06-30", 1)])
def test_what_a_figure_waits_for_is_that_of_the_moment_of_its_page(chain, moment, late):
    ask(chain)
    with looking_as(chain.buyer):
        (one,) = evaluate(
            "pass_rate", customer="LEAD", stage="outgoing", period=Period.parse("2026-05"),
            sources=Sources(at(moment)),
        )  # fmt: skip
    assert len(one.waiting) == late


def test_a_figure_in_part_says_so_without_losing_its_value(chain, settings):
    settings.CLOCK_DATE = "2026-06-30"
    ask(chain)
    report(chain, "2026-05-04")
    with looking_as(chain.buyer):
        (one,) = evaluate(
            "pass_rate", customer="LEAD", stage="outgoing", period=Period.parse("2026-04..2026-05")
        )
    assert one.value is not None
    assert [str(waiting.slot.key) for waiting in one.waiting] == ["2026-04-01"]


def test_a_sentence_counts_the_lots_that_a_report_lacks(chain):
    ask(chain)
    report(chain, "2026-05-04")
    deliver(chain, "L8", "2026-05-11")
    deliver(chain, "L9", "2026-05-11")
    with looking_as(chain.buyer), translation.override("zh-hans"):
        (one,) = standings(requests_asked(), now=at("2026-06-30"), period=Period.parse("2026-05"))
        assert sentence(one) == "示例·甲冲压 的 5 月出货检验还缺 2 批"


@pytest.mark.parametrize("suppliers", [1, 40])
def test_forty_suppliers_take_the_queries_of_one(chain, django_assert_num_queries, suppliers):
    with looking_as_house("set a test's scene"):
        places = [
            make_partnership(chain.customer, make_organisation(f"Q{number:02}")).pk
            for number in range(suppliers)
        ]
        for kind in ("outgoing", "movements"):
            services.ask_for_data(
                partnership_ids=places, kind=kind, sender="supplier", rule=MONTH_END,
                valid_from=date(2025, 1, 1), by=None, now=HANDED_IN,
            )  # fmt: skip
    # requests, answers, inspections, delivered lots without one, movements
    with looking_as(chain.buyer), django_assert_num_queries(5):
        found = standings(requests_asked(), now=at("2026-06-30"))
    assert len(found) == suppliers * 2 * 12
