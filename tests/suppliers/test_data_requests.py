"""Asking for data: which periods are asked for and when they are due, and who may ask, end and answer."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from core.period import Period
from suppliers import services
from suppliers.access import looking_as
from suppliers.models import DataAnswer, DataRequest
from suppliers.queries.asking import AskedRequest, answers_of, requests_asked
from suppliers.services import Rule

NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)
MONTH_END = Rule("monthly", 31, grace_days=3)


def asked(rhythm: str, due_day: int, *, due_next: bool = False, first: str = "2024-01-01") -> AskedRequest:
    return AskedRequest(
        1, 1, 1, "LEAD", "", "", 2, "S01", "", "", "Asia/Shanghai", "outgoing", "supplier", rhythm, due_day,
        due_next, 0, date.fromisoformat(first), None,
    )  # fmt: skip


def due_days(one: AskedRequest, days: str) -> list[str]:
    return [slot.due.isoformat() for slot in one.slots(Period.parse(days))]


def ask(chain, *, partnerships=None, by=None, rule=MONTH_END, kind="outgoing", first="2026-01-01"):
    by = by or chain.buyer
    with looking_as(by):
        return services.ask_for_data(
            partnership_ids=[one.pk for one in partnerships or [chain.ours]], kind=kind, sender="supplier",
            rule=rule, valid_from=date.fromisoformat(first), by=by, now=NOW,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("due_day", "due_next", "due"),
    [
        (31, False, ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        (30, False, ["2026-01-30", "2026-02-28", "2026-03-30", "2026-04-30"]),
        (5, True, ["2026-02-05", "2026-03-05", "2026-04-05", "2026-05-05"]),
        (31, True, ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
    ],
)
def test_a_month_that_lacks_the_day_is_due_on_its_last(due_day, due_next, due):
    assert due_days(asked("monthly", due_day, due_next=due_next), "2026-01..2026-04") == due


def test_a_leap_february_is_due_on_the_twenty_ninth():
    assert due_days(asked("monthly", 31), "2024-02") == ["2024-02-29"]


def test_weeks_run_over_the_end_of_a_year():
    weekly = asked("weekly", 1, due_next=True)
    slots = list(weekly.slots(Period.parse("2025-12-29..2026-01-11")))
    assert [str(slot.period) for slot in slots] == ["2025-12-29..2026-01-04", "2026-01-05..2026-01-11"]
    assert [slot.due.isoformat() for slot in slots] == ["2026-01-05", "2026-01-12"]


def test_a_day_is_due_on_the_next_working_day_and_weekends_are_not_asked_for():
    daily = asked("daily", 1)
    assert due_days(daily, "2026-06-25..2026-06-29") == ["2026-06-26", "2026-06-29", "2026-06-30"]


def test_no_holiday_is_assumed():
    golden_week = "2026-10-01..2026-10-07"
    assert len(due_days(asked("daily", 1), golden_week)) == 5
    assert due_days(asked("weekly", 1, due_next=True), golden_week) == ["2026-10-05", "2026-10-12"]


def test_a_request_that_begins_inside_a_period_asks_for_the_rest_of_it():
    (june,) = asked("monthly", 31, first="2026-06-10").slots(Period.parse("2026-06"))
    assert (june.key, str(june.period)) == (date(2026, 6, 1), "2026-06-10..2026-06-30")


def test_a_period_that_was_due_before_the_request_began_is_not_asked_for():
    late = asked("monthly", 20, first="2026-06-25")
    assert due_days(late, "2026-06..2026-07") == ["2026-07-20"]


def test_a_request_that_ends_asks_up_to_its_last_day():
    ended = replace(asked("monthly", 31), valid_until=date(2026, 5, 15))
    assert [str(slot.period) for slot in ended.slots(Period.parse("2026-04..2026-06"))] == [
        "2026-04-01..2026-04-30",
        "2026-05-01..2026-05-15",
    ]


@pytest.mark.parametrize("rhythm", ["daily", "weekly", "monthly", "per_lot"])
def test_the_last_twelve_periods_are_at_least_twelve(rhythm):
    one = asked(rhythm, 1)
    for day in (date(2026, 1, 1), date(2026, 3, 31), date(2026, 6, 28)):
        assert len(list(one.slots(one.recent(day, periods=12)))) >= 12


def test_several_partnerships_are_asked_at_once(chain):
    made = ask(chain, partnerships=[chain.ours, chain.siblings])
    with looking_as(chain.buyer):
        assert {one.supplier_code for one in requests_asked(pk__in=made)} == {"S01", "S02"}


def test_asking_twice_for_the_same_makes_nothing_and_names_who_is_asked(chain):
    ask(chain)
    with pytest.raises(services.AlreadyAsked) as taken:
        ask(chain, partnerships=[chain.ours, chain.siblings])
    assert taken.value.suppliers == ["S01"]
    with looking_as(chain.buyer):
        assert DataRequest.objects.count() == 1


def test_the_database_itself_keeps_one_request_in_force(chain):
    (pk,) = ask(chain)
    with looking_as(chain.buyer), pytest.raises(IntegrityError), transaction.atomic():
        twin = DataRequest.objects.get(pk=pk)
        twin.pk = None
        twin.save()


def test_the_database_refuses_an_answer_to_a_request_of_another_partnership(chain):
    (pk,) = ask(chain)
    with looking_as(chain.sibling_engineer), pytest.raises(IntegrityError), transaction.atomic():
        DataAnswer.objects.create(
            partnership=chain.siblings, request_id=pk, period_first=date(2026, 6, 1), answered_at=NOW,
            answered_by=chain.sibling_engineer,
        )  # fmt: skip
        connection.check_constraints()


@pytest.mark.parametrize("who", ["clerk", "engineer", "viewer"])
def test_a_supplier_asks_for_nothing(chain, who):
    with pytest.raises(services.MayNot):
        ask(chain, by=getattr(chain, who))


@pytest.mark.parametrize("who", ["sibling_engineer", "outsider", "second_buyer"])
def test_to_strangers_a_partnership_is_not_there(chain, who):
    with pytest.raises(services.NotHere):
        ask(chain, by=getattr(chain, who))


def test_a_change_holds_from_a_day_on_and_leaves_the_past_alone(chain):
    (pk,) = ask(chain)
    with looking_as(chain.buyer):
        weekly = Rule("weekly", 5)
        (later,) = services.change_requests(
            request_ids=[pk], rule=weekly, from_day=date(2026, 7, 1), by=chain.buyer, now=NOW
        )
        before, after = requests_asked()
    assert (before.id, before.rhythm, before.valid_until) == (pk, "monthly", date(2026, 6, 30))
    assert (after.id, after.rhythm, after.valid_from) == (later, "weekly", date(2026, 7, 1))


@pytest.mark.parametrize("from_day", [date(2026, 1, 1), date(2026, 8, 1)])
def test_a_request_that_has_not_begun_is_changed_itself_and_names_who_did(chain, from_day):
    (pk,) = ask(chain, first="2026-08-01")
    later = datetime(2026, 7, 2, 4, tzinfo=UTC)
    with looking_as(chain.buyer):
        services.change_requests(
            request_ids=[pk], rule=Rule("monthly", 10, True), from_day=from_day, by=chain.buyer, now=later
        )
        (only,) = requests_asked()
        assert DataRequest.objects.get().made_at == later
    assert (only.id, only.due_day, only.due_next) == (pk, 10, True)


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 6, 1), date(2026, 6, 29)])
def test_who_was_late_stays_late(chain, day):
    (pk,) = ask(chain)
    told = {"request_ids": [pk], "by": chain.buyer, "now": NOW}
    with looking_as(chain.buyer):
        with pytest.raises(services.DayHasPassed):
            services.change_requests(**told, rule=Rule("weekly", 5), from_day=day)
        with pytest.raises(services.DayHasPassed):
            services.end_requests(**told, last_day=day)
        (only,) = requests_asked()
    assert (only.rhythm, only.valid_until) == ("monthly", None)


def test_today_is_the_customers(chain):
    (pk,) = ask(chain)
    in_july = datetime(2026, 6, 30, 17, tzinfo=UTC)  # 01:00 in Shanghai
    with looking_as(chain.buyer), pytest.raises(services.DayHasPassed):
        services.end_requests(request_ids=[pk], last_day=date(2026, 6, 30), by=chain.buyer, now=in_july)


def test_an_ended_request_makes_room_for_the_next(chain):
    (pk,) = ask(chain)
    with looking_as(chain.buyer):
        services.end_requests(request_ids=[pk], last_day=date(2026, 6, 30), by=chain.buyer, now=NOW)
    with pytest.raises(services.AlreadyAsked):
        ask(chain, first="2026-06-15")
    assert ask(chain, first="2026-07-01")


def test_a_rule_that_fits_no_rhythm_is_refused(chain):
    for rule in (Rule("weekly", 8), Rule("monthly", 0), Rule("daily", 1, due_next=True), Rule("per_lot", 61)):
        with pytest.raises(services.DoesNotFit):
            ask(chain, rule=rule)


def say_nothing(person, pk, first="2026-06-01"):
    with looking_as(person):
        return services.answer_nothing(
            request_id=pk, period_first=date.fromisoformat(first), by=person, now=NOW, reason="停产"
        )


def test_nothing_is_one_answer_however_often_it_is_said(chain):
    (pk,) = ask(chain)
    assert say_nothing(chain.clerk, pk) == say_nothing(chain.engineer, pk)
    with looking_as(chain.buyer):
        answer = answers_of([pk])[pk, date(2026, 6, 1)]
    assert (answer.by, answer.reason) == (chain.clerk.user.name, "停产")


def test_an_answer_that_was_taken_back_may_be_given_again(chain):
    (pk,) = ask(chain)
    first = say_nothing(chain.clerk, pk)
    with looking_as(chain.engineer):
        services.take_back_answer(answer_id=first, by=chain.engineer, now=NOW)
        services.take_back_answer(answer_id=first, by=chain.engineer, now=NOW)
        assert answers_of([pk]) == {}
    assert say_nothing(chain.clerk, pk) != first
    with looking_as(chain.clerk):
        assert DataAnswer.objects.count() == 2  # nothing of it is lost


@pytest.mark.parametrize("who", ["viewer", "buyer"])
def test_only_the_side_that_must_send_says_that_there_is_nothing(chain, who):
    (pk,) = ask(chain)
    with pytest.raises(services.MayNot):
        say_nothing(getattr(chain, who), pk)


@pytest.mark.parametrize("who", ["sibling_engineer", "outsider", "second_buyer"])
def test_to_strangers_a_request_is_not_there(chain, who):
    (pk,) = ask(chain)
    answer = say_nothing(chain.clerk, pk)
    stranger = getattr(chain, who)
    with pytest.raises(services.NotHere):
        say_nothing(stranger, pk)
    with looking_as(stranger):
        assert requests_asked() == []
        with pytest.raises(services.NotHere):
            services.take_back_answer(answer_id=answer, by=stranger, now=NOW)


@pytest.mark.parametrize("first", ["2026-06-02", "2025-12-01", "2026-07-01"])
def test_an_answer_is_about_a_period_that_was_asked_for_and_has_begun(chain, first):
    (pk,) = ask(chain)
    with pytest.raises(services.NoSuchPeriod):
        say_nothing(chain.clerk, pk, first)
