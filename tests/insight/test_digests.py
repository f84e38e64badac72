"""A mail that was asked for comes once: at its hour, of its period, to who may still see it."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from core import lease
from insight.models import Digest, Subscription
from insight.queries.subscriptions import subscriptions_of
from insight.services import digests, subscriptions
from outbox import services as outbox
from outbox.models import Letter, LetterPart, LetterState
from suppliers.access import looking_as, looking_as_house
from suppliers.models import Partnership, User
from tests.factories import make_organisation, make_person
from tests.insight.mailing import NOW, PNG, digests_of, stand_in, subscribe

pytestmark = pytest.mark.django_db
at_once = pytest.mark.django_db(transaction=True)  # several connections must see the rows
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def composed(monkeypatch):
    monkeypatch.setattr("insight.mails.compose", stand_in)


def write_all(now=NOW) -> None:
    digests.make_due(now=now)
    for pk in Digest.objects.filter(state="due").values_list("pk", flat=True):
        digests.compose_digest(digest_id=pk, now=now)


def told(subscription) -> list[tuple[str, str, str]]:
    return [(one.period, one.state, one.reason) for one in digests_of(subscription)]


def test_a_mail_is_promised_at_its_hour_and_written_once(chain):
    one = subscribe(chain.buyer)
    assert one.next_at == NOW + DAY  # it is eight already: from tomorrow on
    digests.make_due(now=NOW + DAY - timedelta(seconds=1))
    assert digests_of(one) == []
    for _ in range(3):
        write_all(NOW + DAY)
    (digest,) = digests_of(one)
    assert (digest.period, digest.state) == ("2026-06-30", "written")
    assert (digest.first_date, digest.last_date) == (date(2026, 6, 30), date(2026, 6, 30))
    letter = Letter.objects.get()
    assert letter.message_id == f"<digest.{one.pk}.2026-06-30@127.0.0.1>"
    assert (letter.to, letter.organisation_id) == (chain.buyer.user.email, chain.customer.pk)
    assert letter.unsubscribe_url in letter.text
    assert {(part.content_id, bytes(part.content)) for part in LetterPart.objects.all()} == {
        ("trend", PNG),
        ("", b"PK"),
    }
    one.refresh_from_db()
    assert one.next_at == NOW + 2 * DAY


@at_once
def test_two_beats_at_once_promise_one_mail_of_each_subscription(chain):
    people = [make_person(chain.customer, email=f"reader{number}@lead.example") for number in range(20)]
    for person in people:
        subscribe(person)
    gate = threading.Barrier(4)

    def beat() -> None:
        gate.wait()
        digests.make_due(now=NOW + DAY)
        connection.close()

    beats = [threading.Thread(target=beat) for _ in range(4)]
    for one in beats:
        one.start()
    for one in beats:
        one.join()
    assert Digest.objects.filter(state="due").count() == len(people)
    assert Digest.objects.count() == len(people)


@at_once
def test_many_workers_that_are_woken_at_once_write_one_letter(chain):
    subscribe(chain.buyer)
    digests.make_due(now=NOW + DAY)
    pk = Digest.objects.get().pk
    left: list[str | None] = []

    def work() -> None:
        left.append(digests.compose_digest(digest_id=pk, now=NOW + DAY))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(left, key=bool) == [None] * 5 + ["written"]
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("length", [1, 40])
def test_forty_mails_are_promised_with_the_queries_of_one(chain, length, django_assert_max_num_queries):
    for number in range(length):
        subscribe(make_person(chain.supplier, email=f"{number}@s01.example"), side="supplier")
    with django_assert_max_num_queries(12):
        digests.make_due(now=NOW + DAY)
    assert Digest.objects.count() == length


def test_a_server_that_was_away_sends_the_latest_alone_and_says_that_it_is_late(chain):
    daily, monthly = subscribe(chain.buyer), subscribe(chain.owner, rhythm="monthly", day=1, hour=7)
    write_all(NOW + 3 * DAY + timedelta(hours=5))
    assert told(daily) == [
        ("2026-06-30", "skipped", "overtaken"),
        ("2026-07-01", "skipped", "overtaken"),
        ("2026-07-02", "written", ""),
    ]
    assert told(monthly) == [("2026-06", "written", "")]
    subjects = set(Letter.objects.values_list("subject", flat=True))
    assert subjects == {
        "overview 2026-07-02..2026-07-02 late by 5:00:00",
        "overview 2026-06-01..2026-06-30 late by 2 days, 6:00:00",
    }
    (latest,) = subscriptions_of(chain.buyer).get().latest
    assert latest.period == "2026-07-02"
    write_all(NOW + 4 * DAY)
    assert told(daily)[-1] == ("2026-07-03", "written", "")
    assert Letter.objects.latest("pk").subject == "overview 2026-07-03..2026-07-03"


def test_what_no_worker_wrote_gives_way_to_the_next_one(chain):
    one = subscribe(chain.buyer)
    digests.make_due(now=NOW + DAY)
    write_all(NOW + 2 * DAY)
    assert told(one) == [("2026-06-30", "skipped", "overtaken"), ("2026-07-01", "written", "")]


def test_an_hour_in_one_s_own_zone_moves_along(chain):
    one = subscribe(chain.buyer)
    write_all(NOW + DAY)
    User.objects.filter(pk=chain.buyer.user_id).update(zone="Europe/Berlin")
    digests.make_due(now=NOW + DAY + timedelta(minutes=1))
    one.refresh_from_db()
    # Eight in Berlin of the same day; and its period was told already.
    assert (one.zone, one.next_at) == ("Europe/Berlin", datetime(2026, 7, 1, 6, tzinfo=UTC))
    write_all(NOW + DAY + timedelta(hours=7))
    assert told(one) == [("2026-06-30", "written", "")]
    write_all(NOW + 2 * DAY + timedelta(hours=7))
    assert [period for period, _, _ in told(one)] == ["2026-06-30", "2026-07-01"]


def test_a_reader_elsewhere_is_told_the_customer_s_days(chain):
    User.objects.filter(pk=chain.buyer.user_id).update(zone="America/New_York")
    chain.buyer.user.refresh_from_db()
    one = subscribe(chain.buyer, hour=18)
    assert one.next_at == datetime(2026, 6, 30, 22, tzinfo=UTC)  # the first of July in Shanghai
    write_all(one.next_at)
    assert told(one) == [("2026-06-30", "written", "")]


def test_a_supplier_s_days_are_those_of_the_customer_that_it_names(chain):
    with looking_as_house("move a customer"):
        type(chain.second_customer).objects.filter(code="CUST2").update(zone="America/New_York")
    every = subscribe(chain.engineer, side="supplier")
    lead = subscribe(chain.engineer, side="supplier", filters={"customer": "LEAD"})
    write_all(NOW + DAY)
    assert told(every) == [("2026-06-29", "written", "")]  # the 30th is not over in New York
    assert told(lead) == [("2026-06-30", "written", "")]


def test_who_left_gets_nothing(chain):
    one = subscribe(chain.buyer)
    type(chain.buyer).objects.filter(pk=chain.buyer.pk).update(left_at=NOW)
    write_all(NOW + DAY)
    assert told(one) == [("2026-06-30", "skipped", "left")]
    assert not Letter.objects.exists()


def test_who_may_see_nothing_of_it_any_more_gets_nothing(chain):
    guest = subscribe(chain.outsider, filters={})
    named = subscribe(chain.buyer, filters={"suppliers": ["S01"]})
    with looking_as_house("take partnerships away"):
        # As if each had gone over to somebody else.
        other = make_organisation("ELSE")
        Partnership.objects.filter(pk=chain.foreign.pk).update(customer=other)
        Partnership.objects.filter(pk=chain.ours.pk).update(supplier=other)
    write_all(NOW + DAY)
    assert told(guest) == told(named) == [("2026-06-30", "skipped", "nothing")]
    assert not Letter.objects.exists()


def test_a_paused_one_is_not_written_though_it_was_promised(chain):
    one = subscribe(chain.buyer)
    digests.make_due(now=NOW + DAY)
    subscriptions.pause(subscription_id=one.pk, person=chain.buyer)
    write_all(NOW + DAY)
    assert told(one) == [("2026-06-30", "skipped", "paused")]
    write_all(NOW + 5 * DAY)
    assert len(told(one)) == 1
    subscriptions.resume(subscription_id=one.pk, person=chain.buyer, now=NOW + 5 * DAY)
    write_all(NOW + 6 * DAY)
    assert told(one)[1:] == [("2026-07-05", "written", "")]  # and nothing of the days between


def test_one_at_once_is_one_a_minute_and_takes_no_other_s_place(chain):
    one = subscribe(chain.buyer)
    for second in (1, 20, 59):
        now = NOW + timedelta(seconds=second)
        subscriptions.send_now(subscription_id=one.pk, person=chain.buyer, now=now)
    write_all(NOW + timedelta(minutes=1))
    assert told(one) == [("now-20260630T0000", "written", "")]
    assert Letter.objects.get().subject == "overview 2026-06-29..2026-06-29"
    write_all(NOW + DAY)
    assert [period for period, _, _ in told(one)] == ["now-20260630T0000", "2026-06-30"]


def test_a_mailbox_that_does_not_exist_pauses_what_goes_to_it(chain, mail_server):
    one, other = subscribe(chain.buyer), subscribe(chain.owner)
    mail_server.answers[chain.buyer.user.email] = "550 5.1.1 No such user"
    digests.send_all(now=NOW + DAY)
    one.refresh_from_db()
    assert (one.state, one.pause_reason, one.pause_note) == ("paused", "bounced", "550 5.1.1 No such user")
    assert told(one) == [("2026-06-30", "failed", "bounced")]
    assert told(other) == [("2026-06-30", "sent", "")]
    mail_server.answers.clear()
    subscriptions.resume(subscription_id=one.pk, person=chain.buyer, now=NOW + DAY)
    digests.send_all(now=NOW + 2 * DAY)
    assert told(one)[-1] == ("2026-07-01", "sent", "")


def test_a_letter_that_bounces_while_fates_are_learnt_still_pauses(chain):
    one = subscribe(chain.buyer)
    write_all(NOW + DAY)
    reads = []

    def bounce_after_the_first_read(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if sql.startswith("SELECT") and not reads:
            reads.append(sql)
            Letter.objects.update(state=LetterState.BOUNCED, last_answer="550 5.1.1 No such user")
        return answer

    with connection.execute_wrapper(bounce_after_the_first_read):
        assert digests.learn_fates(now=NOW + DAY) == 0
    assert reads
    assert digests.learn_fates(now=NOW + DAY) == 1
    one.refresh_from_db()
    assert (one.state, one.pause_note) == ("paused", "550 5.1.1 No such user")
    assert told(one) == [("2026-06-30", "failed", "bounced")]


def test_a_server_that_says_later_for_a_day_ends_in_a_reason(chain, mail_server):
    one = subscribe(chain.buyer)
    mail_server.answers[chain.buyer.user.email] = "451 4.3.0 Come back later"
    digests.send_all(now=NOW + DAY)
    letter, tries = Letter.objects.get(), 0
    while letter.state == LetterState.WAITING:
        outbox.send_letter(letter_id=letter.pk, now=letter.due_at)
        letter.refresh_from_db()
        tries += 1
    digests.learn_fates(now=letter.due_at)
    assert told(one) == [("2026-06-30", "failed", "given_up")]
    one.refresh_from_db()
    assert one.is_active
    assert tries < 20
    assert mail_server.letters == []


def test_a_composer_that_breaks_is_tried_again_at_growing_pauses_and_then_said(chain, monkeypatch):
    def broken(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("insight.mails.compose", broken)
    one = subscribe(chain.buyer)
    digests.make_due(now=NOW + DAY)
    digest, pauses, now = Digest.objects.get(), [], NOW + DAY
    while digest.state == "due":
        assert digests.compose_digest(digest_id=digest.pk, now=now) in {None, "failed"}
        digest.refresh_from_db()
        pauses.append((digest.retry_at - now) / timedelta(minutes=1))
        now = max(digest.retry_at, now)
    assert pauses[:6] == [1, 2, 4, 8, 16, 30]
    assert told(one) == [("2026-06-30", "failed", "our_fault")]
    assert not Letter.objects.exists()


def lose(pk: int) -> None:
    """Let a lease run out and another worker take the row."""
    Digest.objects.filter(pk=pk).update(attempts=9)


@pytest.mark.parametrize("breaks", [False, True])
def test_who_lost_the_lease_leaves_the_mail_to_who_has_it(chain, monkeypatch, breaks):
    one = subscribe(chain.buyer)
    digests.make_due(now=NOW + DAY)
    pk = Digest.objects.get().pk

    def slow(**asked):
        lose(pk)
        if breaks:
            raise ZeroDivisionError
        return stand_in(**asked)

    monkeypatch.setattr("insight.mails.compose", slow)
    assert digests.compose_digest(digest_id=pk, now=NOW + DAY) is None
    assert told(one) == [("2026-06-30", "due", "")]
    assert not Letter.objects.exists()


def test_what_another_worker_settles_is_not_counted(chain, monkeypatch, mail_server):
    subscribe(chain.buyer)
    subscribe(chain.owner)
    real, taken = digests.compose_digest, []

    def compose(*, digest_id, now):
        if not taken:  # another worker is quicker
            taken.append(real(digest_id=digest_id, now=now))
        return real(digest_id=digest_id, now=now)

    monkeypatch.setattr(digests, "compose_digest", compose)
    counts = digests.send_all(now=NOW + DAY)
    assert (counts["due"], counts["written"], counts["sent"]) == (2, 1, 2)


def test_a_digest_of_a_worker_that_died_is_rung_for_and_written(chain, settings):
    settings.LEASE_SECONDS = 0
    one = subscribe(chain.buyer)
    digests.make_due(now=NOW + DAY)
    pk = Digest.objects.get().pk
    lease.claim(Digest.objects.all(), pk)  # and then its worker dies
    assert digests.ring_for_due(now=NOW + DAY) == 1
    settings.LEASE_SECONDS = 30
    assert digests.compose_digest(digest_id=pk, now=NOW + DAY) == "written"
    assert told(one) == [("2026-06-30", "written", "")]


def test_a_subscription_that_is_deleted_while_its_mail_is_due_sends_nothing(chain):
    one = subscribe(chain.buyer)
    digests.make_due(now=NOW + DAY)
    pk = Digest.objects.get().pk
    subscriptions.delete(subscription_id=one.pk, person=chain.buyer)
    assert not digests.compose_digest(digest_id=pk, now=NOW + DAY)
    assert not Subscription.objects.exists()


def test_the_same_question_is_subscribed_to_once(chain):
    one = subscribe(chain.buyer, filters={"suppliers": ["S02", "S01"], "mine": False})
    with pytest.raises(subscriptions.AlreadySubscribed) as twin:
        subscribe(chain.buyer, filters={"suppliers": ["S01", "S02"]}, rhythm="weekly")
    assert twin.value.subscription_id == one.pk
    assert subscribe(chain.buyer, filters={"suppliers": ["S01"]}).pk != one.pk


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"suppliers": ["OTHER"]}, "suppliers"),
        ({"suppliers": ["NOBODY"]}, "suppliers"),
        ({"parts": ["NO-SUCH-PART"]}, "parts"),
    ],
)
def test_what_is_not_shared_cannot_be_subscribed_to(chain, filters, field):
    with pytest.raises(subscriptions.Unfit) as unfit:
        subscribe(chain.buyer, filters=filters)
    assert (unfit.value.field, unfit.value.rule) == (field, "not_shared")


def test_a_newcomer_to_whom_nothing_is_shared_is_told_so(chain):
    lonely = make_person(make_organisation("LONE"))
    with pytest.raises(subscriptions.Unfit, match="nothing_shared"):
        subscribe(lonely, side="supplier")


def test_who_has_no_address_cannot_be_written_to(chain):
    phone = make_person(chain.supplier, "uploader", email="phone@s01.example")
    User.objects.filter(pk=phone.user_id).update(email=None)
    phone.user.refresh_from_db()
    with pytest.raises(subscriptions.NoAddress):
        subscribe(phone, side="supplier")


def test_nothing_but_what_is_a_person_s_own_can_be_changed(chain):
    one = subscribe(chain.buyer)
    with looking_as(chain.buyer), pytest.raises(TypeError, match="person_id"):
        subscriptions.change(
            subscription_id=one.pk, person=chain.buyer, now=NOW, hour=9, person_id=chain.owner.pk
        )
    one.refresh_from_db()
    assert (one.person_id, one.hour) == (chain.buyer.pk, 8)
