"""Keeping what rules found: evidence once, episodes as warnings, old ones without a shout."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Exists, F, Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from core.period import Period
from core.scope import must_hold
from improvement.models import RaisedWarning, WarningAct, WarningEvent, WarningEvidence, WarningRule
from quality.queries.signals import Cell, Found, Signal
from suppliers.queries import zone_of_customer
from suppliers.queries.partners import Partner, partners

EPISODE = timedelta(days=31)  # between two finds of one episode at most
NEXT_NUMBERS = """
INSERT INTO improvement_warningcount (customer_id, last_number) VALUES (%(customer)s, %(count)s)
ON CONFLICT (customer_id) DO UPDATE SET last_number = improvement_warningcount.last_number + EXCLUDED.last_number
RETURNING last_number
"""
Key = tuple[str, int, str, int | None]  # rule, part, stage, characteristic version


@dataclass(slots=True)
class _Kept:
    """What a look changes: warnings that are new or grew, their evidence, lines of their histories."""

    new: list[RaisedWarning]
    grown: list[RaisedWarning]
    evidence: list[WarningEvidence]
    events: list[WarningEvent]


def keep(*, partnership_id: int, cells: Sequence[Cell], found: Found, now: datetime) -> int:
    """Keep what was found in cells, and return how many warnings are new.

    What is stored is not stored again; what the rows no longer hold is marked as gone. The caller holds the
    partnership's lock, and its transaction is open.
    """
    partner = partners([partnership_id])[0]
    if partner.customer_id == partner.supplier_id:  # a company's own books: nobody is to be warned of oneself
        return 0
    held = {(*_key(one), one.lot): one for one in found.signals}
    since = {(one.part, one.stage): one.since for one in cells}
    stored = _stored(partnership_id, since, lots={one.lot for one in found.signals})
    looked = {
        key: row
        for key, row in stored.items()
        if row.rule in found.rules and (key in held or row.day >= since[row.part_id, row.stage])
    }
    corrected = _correct(looked, held)
    _settle_gone(looked, held, now=now)
    _span_again({row.warning_id for key, row in looked.items() if key not in held} | corrected)
    new = sorted(
        (one for key, one in held.items() if key not in stored), key=lambda one: (one.day, one.lot, one.rule)
    )
    if not new:
        return 0
    kept = _episodes(partner, new, quiet_before=_quiet_before(partnership_id, now), now=now)
    _write(partner, kept)
    return len(kept.new)


def _quiet_before(partnership_id: int, now: datetime) -> date:
    """Return the first day of the last whole month: what is older is history, and shouted at nobody."""
    today = now.astimezone(ZoneInfo(zone_of_customer(partnership_id))).date()
    return Period.month_before(today, 1).first


def _key(one: Signal) -> Key:
    return one.rule, one.part, one.stage, one.version


def _stored(
    partnership_id: int, since: Mapping[tuple[int, str], date], *, lots: Collection[int]
) -> dict[tuple, WarningEvidence]:
    """Return the evidence of cells since their first day, by what makes it one of a kind.

    Also what was found in `lots` on an earlier day: a correction may have moved them.
    """
    rows = WarningEvidence.objects.filter(
        Q(day__gte=min(since.values())) | Q(lot__in=lots),
        partnership=partnership_id,
        part__in={part for part, _stage in since},
    )
    return {
        (row.rule, row.part_id, row.stage, row.characteristic_version_id, row.lot_id): row
        for row in rows
        if (row.part_id, row.stage) in since
    }


def _correct(stored: dict[tuple, WarningEvidence], held: dict[tuple, Signal]) -> set[int]:
    """Have evidence say what the rows say now, and return the warnings that it moved."""
    moved = []
    for key, row in stored.items():
        one = held.get(key)
        if one is not None and (row.day, row.since, row.details) != (one.day, one.since, one.details):
            row.day, row.since, row.details = one.day, one.since, one.details
            moved.append(row)
    WarningEvidence.objects.bulk_update(moved, ["day", "since", "details"])
    return {row.warning_id for row in moved}


def _span_again(warning_ids: Collection[int]) -> None:
    """Have warnings begin and end with the evidence that holds; one without any keeps its days."""
    holding = (
        WarningEvidence.objects.filter(warning=OuterRef("pk"), gone_at=None).order_by().values("warning")
    )
    first, last = (
        Subquery(holding.annotate(day_=bound).values("day_")) for bound in (Min("since"), Max("day"))
    )
    RaisedWarning.objects.filter(pk__in=warning_ids).update(
        first_day=Coalesce(first, F("first_day")), last_day=Coalesce(last, F("last_day"))
    )


def _settle_gone(stored: dict[tuple, WarningEvidence], held: dict[tuple, Signal], *, now: datetime) -> None:
    """Mark evidence that the rows no longer hold, and what they hold again; warnings without any end."""
    gone = [row for key, row in stored.items() if key not in held and row.gone_at is None]
    back = [row for key, row in stored.items() if key in held and row.gone_at is not None]
    if not gone and not back:
        return
    WarningEvidence.objects.filter(pk__in=[row.pk for row in gone]).update(gone_at=now)
    WarningEvidence.objects.filter(pk__in=[row.pk for row in back]).update(gone_at=None)
    holds = Exists(WarningEvidence.objects.filter(warning=OuterRef("pk"), gone_at=None))
    over = RaisedWarning.objects.filter(
        ~holds, pk__in={row.warning_id for row in gone}, explained_at=None, task=None
    )
    ended = list(over.values_list("pk", "partnership"))
    RaisedWarning.objects.filter(pk__in=[pk for pk, _partnership in ended]).update(explained_at=now)
    RaisedWarning.objects.filter(pk__in={row.warning_id for row in back}, explained_by=None).update(
        explained_at=None
    )
    WarningEvent.objects.bulk_create(
        WarningEvent(partnership_id=partnership, warning_id=pk, kind=WarningAct.GONE, at=now)
        for pk, partnership in ended
    )


def _episodes(partner: Partner, new: Sequence[Signal], *, quiet_before: date, now: datetime) -> _Kept:
    """Add each find to the episode that it belongs to, or begin one with it."""
    known = defaultdict(list)
    rows = RaisedWarning.objects.filter(
        partnership=partner.partnership_id, part__in={one.part for one in new}, explained_at=None
    )
    for row in rows.select_for_update(of=("self",)).order_by("pk"):
        known[row.rule, row.part_id, row.stage, row.characteristic_version_id].append(row)
    kept = _Kept([], [], [], [])
    for one in new:
        warning = next((row for row in known[_key(one)] if _belongs(one, row)), None)
        if warning is None:
            warning = _begun(partner, one, now=now)
            known[_key(one)].append(warning)
            kept.new.append(warning)
        elif warning.pk and warning not in kept.grown:
            kept.grown.append(warning)
        _grow(warning, one)
        kept.evidence.append(_evidence(warning, one, now=now))
    for warning in kept.new:
        # A question about the data is its supplier's to answer before others read it.
        warning.shared_at = None if warning.rule == WarningRule.PLAUSIBILITY else now
        quiet = warning.last_day < quiet_before
        if quiet:
            warning.customer_seen_at = warning.supplier_seen_at = now
        kept.events.append(_event(warning, WarningAct.QUIET if quiet else WarningAct.RAISED, now))
    newest = {id(one.warning): one.day for one in kept.evidence}
    for warning in kept.grown:
        if newest[id(warning)] >= quiet_before:
            # Seen is not settled: what goes on is new again, until somebody explains it or works on it.
            warning.customer_seen_at = warning.supplier_seen_at = None
            kept.events.append(_event(warning, WarningAct.AGAIN, now))
    return kept


def _belongs(one: Signal, warning: RaisedWarning) -> bool:
    return warning.first_day - EPISODE <= one.day <= warning.last_day + EPISODE


def _begun(partner: Partner, one: Signal, *, now: datetime) -> RaisedWarning:
    return RaisedWarning(
        partnership_id=partner.partnership_id,
        customer_id=partner.customer_id,
        rule=one.rule,
        part_id=one.part,
        stage=one.stage,
        characteristic_version_id=one.version,
        first_day=one.since,
        last_day=one.day,
        raised_at=now,
    )


def _grow(warning: RaisedWarning, one: Signal) -> None:
    warning.first_day = min(warning.first_day, one.since)
    warning.last_day = max(warning.last_day, one.day)


def _evidence(warning: RaisedWarning, one: Signal, *, now: datetime) -> WarningEvidence:
    return WarningEvidence(
        partnership_id=warning.partnership_id,
        warning=warning,
        rule=one.rule,
        part_id=one.part,
        stage=one.stage,
        characteristic_version_id=one.version,
        lot_id=one.lot,
        day=one.day,
        since=one.since,
        details=one.details,
        found_at=now,
    )


def _event(warning: RaisedWarning, kind: WarningAct, now: datetime) -> WarningEvent:
    return WarningEvent(partnership_id=warning.partnership_id, warning=warning, kind=kind, at=now)


def _write(partner: Partner, kept: _Kept) -> None:
    last = _last_number(partner, len(kept.new))
    for place, warning in enumerate(kept.new):
        warning.number = last - len(kept.new) + 1 + place
    RaisedWarning.objects.bulk_create(kept.new)
    RaisedWarning.objects.bulk_update(
        kept.grown, ["first_day", "last_day", "customer_seen_at", "supplier_seen_at"]
    )
    WarningEvidence.objects.bulk_create(kept.evidence)
    WarningEvent.objects.bulk_create(kept.events)


def _last_number(partner: Partner, count: int) -> int:
    """Count on, per customer: whoever raises next waits for this transaction to end."""
    must_hold(partner.partnership_id)
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBERS, {"customer": partner.customer_id, "count": count})
        return cursor.fetchone()[0]
