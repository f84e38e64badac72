"""Mails that are due: promised as rows, written by a worker, handed to the outbox, each once."""

import logging
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone, translation

import outbox.services as outbox
from core import lease
from core.period import Period
from core.wake import wake
from insight import mails
from insight.formulas.rhythm import Schedule, days_ahead, period_key, period_of
from insight.models import (
    Digest,
    DigestState,
    PauseReason,
    SkipReason,
    Subscription,
    SubscriptionState,
)
from insight.queries import subscriptions as queries
from insight.services.contents import contents_of, late_by
from insight.services.pausing import stop
from outbox.queries import LetterState
from suppliers import access

log = logging.getLogger(__name__)
COMPOSE = "insight.compose_digest"
AT_ONCE = 500  # subscriptions in one transaction
RUNG_AT_ONCE = 100  # digests a sweep rings for
TRIES = 8  # a worker killed in the middle counts as one
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=30)
LEFT_OUT_AT_MOST = 31  # rows that tell what was left out while the server was away
FATES = {
    LetterState.SENT: (DigestState.SENT, ""),
    LetterState.BOUNCED: (DigestState.FAILED, SkipReason.BOUNCED),
    LetterState.REFUSED: (DigestState.FAILED, SkipReason.REFUSED),
    LetterState.GIVEN_UP: (DigestState.FAILED, SkipReason.GIVEN_UP),
    LetterState.UNCONFIRMED: (DigestState.FAILED, SkipReason.UNCONFIRMED),
}


def make_due(*, now: datetime) -> int:
    """Promise every mail whose hour has come, ring for each, and return how many are new.

    Of what was due while nobody looked only the latest of a subscription is still worth sending; the others
    are noted as left out. Several may run at once.
    """
    made = 0
    while True:
        taken, new = _make_due(now)
        made += new
        if taken < AT_ONCE:
            return made


def compose_digest(*, digest_id: int, now: datetime) -> DigestState | None:
    """Write one mail unless that was done; return the state in which this call left it.

    That is written, skipped or failed; None where this call settled nothing: somebody else has it, or it is
    tried again. Whoever was killed here left nothing, or a letter and a digest that both know of each other.
    """
    held = lease.claim(_due(now), digest_id)
    if held is None:
        return None
    try:
        with lease.kept(held):
            return _settled(held, digest_id, now=now)
    except lease.LeaseLost:
        return None  # somebody else has taken it over, and what was done here is rolled back


def sweep(*, now: datetime) -> None:
    """Promise what is due, ring for what nobody holds, and learn how letters fared."""
    make_due(now=now)
    ring_for_due(now=now)
    learn_fates(now=now)


def send_all(*, now: datetime) -> dict[str, int]:
    """Promise and write what is due, and send every letter that waits, in this process; return the counts.

    `due` mails are new; `written`, `skipped` and `failed` ones were settled by this process. `sent` letters
    were taken by the mail server; `waiting` ones it put off.
    """
    counts: dict[str, int] = {"due": make_due(now=now), "written": 0, "skipped": 0, "failed": 0}
    waiting = _due(now).filter(lease.unheld()).order_by("retry_at")
    for pk in list(waiting.values_list("pk", flat=True)):
        if state := compose_digest(digest_id=pk, now=now):
            counts[state] += 1
    counts |= outbox.send_waiting(now=now)
    outbox.forget_old_parts(now=now)  # cron may be all there is, without beat
    learn_fates(now=now)
    return counts


def ring_for_due(*, now: datetime) -> int:
    """Ring for every promised mail that nobody writes, and return for how many."""
    ids = list(
        _due(now).filter(lease.unheld()).order_by("retry_at").values_list("pk", flat=True)[:RUNG_AT_ONCE]
    )
    for pk in ids:
        wake(COMPOSE, digest_id=pk)
    return len(ids)


@transaction.atomic
def learn_fates(*, now: datetime) -> int:
    """Note on digests how their letters fared, pause what bounced, and return how many were settled."""
    # Read once, so that what bounces meanwhile is neither settled nor paused by halves. A subscription that
    # its person is changing or deleting is left for the next sweep: nobody waits here for anybody.
    settled = list(
        Digest.objects.filter(state=DigestState.WRITTEN, letter__state__in=FATES)
        .select_related("subscription", "letter")
        .only("subscription__state", "letter__state", "letter__last_answer")
        .order_by("pk")
        .select_for_update(of=("self", "subscription"), skip_locked=True)
    )
    for fate, (state, reason) in FATES.items():
        ids = [one.pk for one in settled if one.letter and one.letter.state == fate]
        Digest.objects.filter(pk__in=ids).update(state=state, reason=reason, finished_at=now)
    # What somebody had sent again, and arrived after all.
    failed = Digest.objects.filter(state=DigestState.FAILED, letter__state=LetterState.SENT)
    failed.update(state=DigestState.SENT, reason="", finished_at=now)
    for one in settled:
        if one.letter and one.letter.state == LetterState.BOUNCED:
            stop(
                Subscription.objects.filter(pk=one.subscription_id),
                PauseReason.BOUNCED,
                one.letter.last_answer,
            )
    return len(settled)


def preview(subscription: Subscription, *, now: datetime) -> mails.Mail:
    """Return the mail as it would be written now, of a subscription that comes with person and organisation.

    Call it under the person's own scope.
    """
    return _composed(asked_now(subscription, now=now), now=now)


def asked_now(subscription: Subscription, *, now: datetime) -> Digest:
    """Return the row, not stored, of a mail that is asked for at once: of the last days that are over.

    Its period is the minute: asked for twice in one, it is the same mail.
    """
    zone = subscription.person.user.zone
    local = now.astimezone(ZoneInfo(zone))
    # As if it were due at this hour of this day, in the reader's own time.
    schedule = Schedule(subscription.rhythm, local.hour, zone, local.day)
    zones = queries.calendars([subscription])[subscription.pk]
    digest = promised(subscription, schedule, local.date(), zones, now=now)
    digest.period, digest.asked, digest.due_at = f"now-{now:%Y%m%dT%H%M}", True, now
    return digest


def promised(
    subscription: Subscription, schedule: Schedule, slot: date, zones: Collection[str], *, now: datetime
) -> Digest:
    """Return the row, not stored, of a subscription's mail of one day of the reader's."""
    first, last = period_of(schedule, slot, days_ahead(schedule, zones, slot))
    return Digest(
        subscription=subscription,
        period=period_key(schedule, last),
        first_date=first,
        last_date=last,
        due_at=schedule.at(slot),
        retry_at=now,
        created_at=now,
    )


@transaction.atomic
def _make_due(now: datetime) -> tuple[int, int]:
    rows = Subscription.objects.filter(state=SubscriptionState.ACTIVE)
    # Also who moved to another zone since: the hour is reckoned anew.
    rows = rows.filter(Q(next_at__lte=now) | ~Q(zone=F("person__user__zone")))
    rows = rows.select_related("person__user", "person__organisation").order_by("pk")
    subscriptions = list(rows.select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
    if not subscriptions:
        return 0, 0
    zones = queries.calendars(subscriptions)
    digests = [digest for one in subscriptions for digest in _digests_of(one, zones[one.pk], now)]
    pks, periods = [one.pk for one in subscriptions], {digest.period for digest in digests}
    those = _of(pks).filter(period__in=periods)
    before = set(those.values_list("pk", flat=True))
    Digest.objects.bulk_create(digests, ignore_conflicts=True)  # a period is told once, by whatever hour
    for one in subscriptions:
        one.zone = one.person.user.zone
        one.next_at = one.schedule().next(now)
    Subscription.objects.bulk_update(subscriptions, ["zone", "next_at"])
    _leave_out_overtaken(pks, now)
    due = list(those.filter(state=DigestState.DUE).exclude(pk__in=before).values_list("pk", flat=True))
    for pk in due:
        wake(COMPOSE, digest_id=pk)
    return len(subscriptions), len(due)


def _digests_of(subscription: Subscription, zones: Collection[str], now: datetime) -> list[Digest]:
    """The latest mail that is due, and notes of those before it that nobody sent."""
    assert subscription.next_at is not None
    schedule = subscription.schedule()  # by the zone in which the hour was promised
    slots = islice(schedule.missed(subscription.next_at, now), LEFT_OUT_AT_MOST)
    digests = [promised(subscription, schedule, slot, zones, now=now) for slot in slots]
    for digest in digests[1:]:
        digest.state, digest.reason, digest.finished_at = DigestState.SKIPPED, SkipReason.OVERTAKEN, now
    return digests


def _of(subscription_ids: Sequence[int]) -> QuerySet[Digest]:
    return Digest.objects.filter(subscription__in=subscription_ids, asked=False)


def _leave_out_overtaken(subscription_ids: Sequence[int], now: datetime) -> None:
    """Let an older mail that no worker has begun give way to the newer one."""
    later = _of(subscription_ids).filter(subscription=OuterRef("subscription"), due_at__gt=OuterRef("due_at"))
    old = _of(subscription_ids).filter(lease.unheld(), Exists(later), state=DigestState.DUE)
    old.update(state=DigestState.SKIPPED, reason=SkipReason.OVERTAKEN, finished_at=now)


def _due(now: datetime) -> QuerySet[Digest]:
    return Digest.objects.filter(state=DigestState.DUE, retry_at__lte=now)


def _settled(held: lease.Lease, digest_id: int, *, now: datetime) -> DigestState | None:
    """Write a mail, note why not, or put it off; return which. Raises LeaseLost."""
    digest = _whole(digest_id)
    if digest is None:  # deleted meanwhile, with its subscription
        return None
    reason = _why_not(digest) if held.attempt <= TRIES else SkipReason.OUR_FAULT
    try:
        reason = reason or _write(held, digest, now=now)
    except lease.LeaseLost:
        raise
    except Exception:
        log.exception("Digest %s could not be written; it is tried again.", digest_id)
        held.settle(retry_at=now + min(FIRST_PAUSE * 2 ** (held.attempt - 1), LONGEST_PAUSE))
        return None
    if not reason:
        return DigestState.WRITTEN
    state = DigestState.FAILED if reason == SkipReason.OUR_FAULT else DigestState.SKIPPED
    held.settle(state=state, reason=reason, finished_at=now)
    return state


def _whole(digest_id: int) -> Digest | None:
    parts = ("subscription__person__user", "subscription__person__organisation")
    return Digest.objects.select_related(*parts).filter(pk=digest_id).first()


def _why_not(digest: Digest) -> str:
    """Return the reason why a mail is not written, whatever its figures; blank if there is none."""
    subscription = digest.subscription
    person = subscription.person
    later = Digest.objects.filter(subscription=subscription, asked=False, due_at__gt=digest.due_at)
    reasons = {
        SkipReason.PAUSED: not subscription.is_active,
        SkipReason.LEFT: person.left_at is not None or not person.user.is_active,
        SkipReason.NO_ADDRESS: not person.user.email,
        SkipReason.OVERTAKEN: not digest.asked and later.exists(),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _write(held: lease.Lease, digest: Digest, *, now: datetime) -> str:
    """Write the mail as its reader may see it, and promise its letter; return why not, if so."""
    subscription = digest.subscription
    person = subscription.person
    with access.looking_as(person):
        if not queries.is_anything_shared(subscription):
            return SkipReason.NOTHING_SHARED
        mail = _composed(digest, now=now)
    with transaction.atomic():
        letter_id = _promise(digest, mail, now=now)
        held.settle(state=DigestState.WRITTEN, letter_id=letter_id)
    return ""


def _composed(digest: Digest, *, now: datetime) -> mails.Mail:
    """Compose the mail under the scope that is open: its reader's."""
    subscription = digest.subscription
    zone = subscription.person.user.zone
    with translation.override(subscription.language), timezone.override(zone):
        return mails.compose(
            person=subscription.person,
            contents=contents_of(subscription),
            period=Period(digest.first_date, digest.last_date),
            now=now,
            late_by=late_by(digest, now),
        )


def _promise(digest: Digest, mail: mails.Mail, *, now: datetime) -> int:
    subscription = digest.subscription
    person = subscription.person
    return outbox.write_letter(
        subject_key=f"digest:{subscription.pk}:{digest.period}",
        message_id=f"<{digest.message_name}@{outbox.mail_domain()}>",
        organisation_id=person.organisation_id,
        to=person.user.email or "",
        language=subscription.language,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        parts=[
            *(outbox.Part(one.name, "image/png", one.png, one.cid) for one in mail.pictures),
            *(outbox.Part(one.name, one.content_type, one.content) for one in mail.attachments),
        ],
        unsubscribe_url=queries.unsubscribe_url(subscription.pk),
        now=now,
    )
