"""A programme as somebody sees it: where each pledge stands, every reading before and after, its members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from core import formatting
from improvement.formulas.pledge import CountMargin, StockMargin, count_margin, stock_margin
from improvement.models import KeyTask, Pledge, Programme, ProgrammeEvent, ProgrammeMember, Task, TaskState
from kpis.definitions import INCOMING, REPORTED, definition
from kpis.queries.headlines import (
    OF_QUALITY,
    OF_STOCK,
    Way,
    before_and_after,
    before_and_after_by_supplier,
)
from kpis.queries.readings import Reading
from kpis.queries.sources import Sources, selected
from quality.formulas.proportion import against_target
from suppliers.access import Person, sees_joined
from suppliers.queries.selection import select

MOST_OFFERED = 200  # open tasks that a field offers as one types
STANDINGS = {-1: "not_met", 0: "undecided", 1: "met"}
USUAL = (Way("pass_rate", REPORTED), Way("turnover", average="snapshots", prices="period"))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a pledge stands: ``met``, ``not_met``, ``undecided``, or blank where there is no figure."""

    pledge: Pledge
    way: Way
    reading: Reading
    word: str
    goal: float | None  # the value that must be reached; None where the baseline has none
    counts: CountMargin | None = None
    stock: StockMargin | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A member with its own figures, by way."""

    member: ProgrammeMember
    code: str
    name: str
    counting: bool  # on the last day of the report period
    readings: Mapping[Way, Reading]


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key task: whose it is, until when, and what came of it."""

    id: int
    number: str
    title: str
    kind: str
    supplier_code: str
    supplier: str
    customer_owner: str
    supplier_owner: str
    due_date: date
    state: str
    state_word: str
    outcome: str
    days_overdue: int

    @property
    def closed(self) -> bool:
        return self.state == TaskState.CLOSED

    @property
    def ownerless(self) -> bool:
        """Nobody owns it on either side, though something is still to be done."""
        return not (self.closed or self.customer_owner or self.supplier_owner)


@dataclass(frozen=True, slots=True)
class ProgrammeFigures:
    """A programme in figures. `whole` says whether they are those of all members, or one member's own."""

    programme: Programme
    whole: bool
    what: Mapping[str, Any]  # the question that was asked, as of `kpis.queries.evaluate`
    suppliers_of_customer: int
    standings: Sequence[Standing]  # of the whole alone
    pledges: Mapping[Way, Pledge]
    readings: Mapping[Way, Reading]
    member_ways: Sequence[Way]
    members: Sequence[Member]
    key_tasks: Sequence[KeyRow]


def programmes_to_list() -> QuerySet:
    """Return the programmes of the open scope, the newest report period first, ready for a list."""
    found = Programme.objects.select_related("customer").prefetch_related("pledges")
    return found.order_by("-report_to", "customer__code", "slug")


def programme_called(slug: str, *, customer: str | None = None) -> Programme | None:
    """Return the programme of this name in the open scope: of a customer by its code, or of any."""
    found = programmes_to_list().filter(slug=slug)
    return (found.filter(customer__code=customer) if customer else found).first()


def programme_figures(programme: Programme, *, person: Person, today: date) -> ProgrammeFigures:
    """Read a programme as a person may see it; the number of queries does not grow with its members."""
    whole = sees_joined(person, customer_id=programme.customer_id)
    rows = members_of(programme)
    what, of_customer = question_of(programme, rows, person=person, whole=whole)
    pledges = {way_of(pledge): pledge for pledge in sorted(programme.pledges.all(), key=lambda one: one.pk)}
    readings = before_and_after((*OF_QUALITY, *OF_STOCK, *pledges), **what)
    ways = tuple(dict.fromkeys((*(pledges or USUAL), Way("pass_rate", INCOMING))))
    return ProgrammeFigures(
        programme=programme,
        whole=whole,
        what=what,
        suppliers_of_customer=of_customer if whole else 0,
        standings=[standing(pledge, readings[way]) for way, pledge in pledges.items()] if whole else [],
        pledges=pledges,
        readings=readings,
        member_ways=ways,
        members=_members(programme, rows, ways, what) if whole else [],
        key_tasks=key_tasks(programme, today=today),
    )


def question_of(
    programme: Programme, members: Sequence[ProgrammeMember], *, person: Person, whole: bool
) -> tuple[dict[str, Any], int]:
    """Return the question that a programme's figures answer, and how many suppliers its customer has.

    The members on the last day of the report period count, in both periods. Where they are all suppliers
    of the customer nobody is named: then its own books, whose supplier cannot be told, belong to it too.
    """
    sources = Sources()
    sources.look_at(programme.baseline, programme.report_period)
    customer = programme.customer.code
    count = members_counting(programme, members)
    suppliers: list[str] | None = [one.partnership.supplier.code for one in count]
    relations = selected(sources, customer=customer).relations
    if not whole:
        suppliers = [person.organisation.code]
    elif {one.partnership for one in relations} <= {one.partnership_id for one in count}:
        suppliers = None
    what: dict[str, Any] = {
        "customer": customer,
        "suppliers": suppliers,
        "parts": None,
        "period": programme.report_period,
        "base": programme.baseline,
        "sources": sources,
    }
    return what, len(relations)


def pledge_of_rate(customer_id: int, *, on: date) -> Pledge | None:
    """Return what a customer pledged of its pass rate for a report period with this day in it; None without."""
    found = Pledge.objects.filter(
        kpi="pass_rate",
        by_change=False,
        programme__customer=customer_id,
        programme__report_from__lte=on,
        programme__report_to__gte=on,
    )
    return found.select_related("programme").order_by("-programme__report_to", "pk").first()


def standings_on(day: date, *, person: Person) -> list[Standing]:
    """Return where the pledges of a person's own organisation stand whose report period holds this day.

    They are the programmes' own figures: of all their members, over the whole report period.
    """
    own = Programme.objects.filter(
        customer=person.organisation_id, report_from__lte=day, report_to__gte=day, pledges__isnull=False
    )
    found = own.distinct().select_related("customer").prefetch_related("pledges")
    told: list[Standing] = []
    for programme in found.order_by("report_to", "slug"):
        what, _count = question_of(programme, members_of(programme), person=person, whole=True)
        pledges = {way_of(one): one for one in sorted(programme.pledges.all(), key=lambda one: one.pk)}
        readings = before_and_after(tuple(pledges), **what)
        told += [standing(pledge, readings[way]) for way, pledge in pledges.items()]
    return told


def members_of(programme: Programme) -> list[ProgrammeMember]:
    """Return the members in view, those that left too, by their codes."""
    found = programme.members.select_related("partnership__supplier")
    return list(found.order_by("partnership__supplier__code"))


def members_counting(programme: Programme, members: Sequence[ProgrammeMember]) -> list[ProgrammeMember]:
    """Return those of the members whose figures count: who is in it on the last day of the report period."""
    last = programme.report_to
    return [one for one in members if one.joined_on <= last and (one.left_on is None or one.left_on > last)]


def way_of(pledge: Pledge) -> Way:
    """Return the reading that a pledge names."""
    return Way(pledge.kpi, pledge.stage or None, pledge.average or None, pledge.prices or None)


def standing(pledge: Pledge, one: Reading) -> Standing:
    """Say where a pledge stands.

    A rate is met where its interval lies wholly above the target, not met wholly below, and otherwise not
    yet decidable, as it is while it is preliminary. A turnover is counted in full: it has no interval.
    """
    way = way_of(pledge)
    goal = _goal(pledge, one)
    if one.value is None or goal is None:
        return Standing(pledge, way, one, "", goal)
    if definition(pledge.kpi).unit == "turns":
        word = "met" if one.value >= goal else "not_met"
        return Standing(pledge, way, one, word, goal, stock=_stock_margin(one, goal))
    low, high, target = one.low, one.high, float(pledge.target)
    if pledge.by_change:
        low, high = (one.change.low, one.change.high) if one.change else (None, None)
    sure = 0 if one.preliminary or low is None or high is None else int(against_target(low, high, target))
    return Standing(pledge, way, one, STANDINGS[sure], goal, counts=_count_margin(pledge, one))


def _goal(pledge: Pledge, one: Reading) -> float | None:
    target = float(pledge.target)
    if not pledge.by_change:
        return target
    before = one.change.value if one.change else None
    if before is None:
        return None
    return before * (1 + target) if definition(pledge.kpi).unit == "turns" else before + target


def _count_margin(pledge: Pledge, one: Reading) -> CountMargin | None:
    """What is left of a pledged value, where it is a quotient of counts: a corrected rate is none."""
    if pledge.by_change or not isinstance(one.numerator, int) or not isinstance(one.denominator, int):
        return None
    return count_margin(inspected=one.denominator, conforming=one.numerator, target=pledge.target)


def _stock_margin(one: Reading, goal: float) -> StockMargin | None:
    if one.numerator is None or one.denominator is None:
        return None
    return stock_margin(
        cost_of_issues=Decimal(one.numerator),
        held=Decimal(one.denominator),
        days=one.period.days,
        turns=Decimal(repr(goal)),
    )


def _members(
    programme: Programme, rows: Sequence[ProgrammeMember], ways: Sequence[Way], what: Mapping[str, Any]
) -> list[Member]:
    by_way = before_and_after_by_supplier(ways, **what)
    counting = {one.pk for one in members_counting(programme, rows)}
    found = []
    for row in rows:
        supplier = row.partnership.supplier
        code, here = supplier.code, row.pk in counting
        readings = {way: by_way[way][code] for way in ways if here and code in by_way[way]}
        found.append(Member(row, code, supplier.shown_name, here, readings))
    return sorted(found, key=lambda one: (not one.counting, one.code))


def key_tasks(programme: Programme, *, today: date) -> list[KeyRow]:
    """Return the key tasks of a programme that are in view, in their order."""
    rows = KeyTask.objects.filter(programme=programme).select_related(
        "task__customer_owner__user", "task__supplier_owner__user", "partnership__supplier"
    )
    return [_key_row(row, today) for row in rows.order_by("position")]


def _key_row(row: KeyTask, today: date) -> KeyRow:
    task, supplier = row.task, row.partnership.supplier
    open_still = task.state in (TaskState.OPEN, TaskState.IN_PROGRESS)
    return KeyRow(
        id=task.pk,
        number=task.shown_number,
        title=task.title,
        kind=str(task.get_kind_display()),
        supplier_code=supplier.code,
        supplier=supplier.shown_name,
        customer_owner=str(task.customer_owner.user) if task.customer_owner else "",
        supplier_owner=str(task.supplier_owner.user) if task.supplier_owner else "",
        due_date=task.due_date,
        state=task.state,
        state_word=str(task.get_state_display()),
        outcome=str(task.get_outcome_display()) if task.outcome else "",
        days_overdue=max((today - task.due_date).days, 0) if open_still else 0,
    )


def events_of(programme: Programme) -> QuerySet[ProgrammeEvent]:
    """Return who changed what, the latest first: nothing to anybody but the programme's customer."""
    rows = ProgrammeEvent.objects.filter(programme=programme).select_related("by__user")
    return rows.order_by("-at", "-pk")


def task_numbered(programme: Programme, number: int) -> int | None:
    """Return the id of a task by its number, which counts per customer."""
    found = Task.objects.filter(customer=programme.customer_id, number=number)
    return found.values_list("pk", flat=True).first()


def tasks_not_on_list(programme: Programme) -> list[tuple[str, str]]:
    """Return number and title of the members' open tasks that are no key tasks, the newest first."""
    members = programme.members.filter(left_on=None).values("partnership")
    found = Task.objects.still_open().filter(partnership__in=members)
    found = found.exclude(pk__in=KeyTask.objects.filter(programme=programme).values("task"))
    return [(task.shown_number, task.title) for task in found.order_by("-number")[:MOST_OFFERED]]


def suppliers_not_in(programme: Programme) -> list[tuple[str, str]]:
    """Return code and name of the customer's suppliers that are no members now."""
    members = set(programme.members.filter(left_on=None).values_list("partnership", flat=True))
    relations = select(customer=programme.customer.code).relations
    return [
        (one.supplier_code, formatting.in_language(one.supplier_name, one.supplier_name_en))
        for one in relations
        if one.partnership not in members
    ]
