"""A world in which everything says whose it is: what `test_who_sees_what` walks through.

Whatever hangs on a partnership, or is one organisation's own, carries a mark in its text. A mark in an
answer to somebody who may not see it is a leak, wherever it stands.
"""

import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core import clock
from improvement import services as improvement
from improvement.models import RaisedWarning, TaskAttachment, WarningEvent, WarningEvidence
from insight.models import SavedView
from insight.services.subscriptions import subscribe
from intake.models import ChunkedFile, Problem, Upload
from intake.services import chunks
from outbox.models import Letter
from quality.models import ChartDecision, SamplingDecision
from suppliers import services
from suppliers.access import looking_as, looking_as_house
from suppliers.models import (
    DataAnswer,
    DataRequest,
    Invitation,
    Organisation,
    Partnership,
    PartnershipGrant,
    Person,
)
from suppliers.queries.seats import sides_of
from tests.cast import Chain
from tests.factories import make_characteristic, make_part, make_person
from tests.intake.files import INSPECTIONS, hand_in, sheet
from tests.rows import make_gauge_study, make_rows


@dataclass(frozen=True)
class Thing:
    """Something that an address, a filter or a body names by `value`; organisations (codes) see it."""

    value: Any
    seen_by: frozenset[str]


@dataclass
class World:
    """Things by kind, marks by who may see them, and somebody of each organisation who may do everything."""

    things: dict[str, list[Thing]] = field(default_factory=lambda: defaultdict(list))
    marks: dict[str, frozenset[str]] = field(default_factory=dict)
    owners: dict[str, Person] = field(default_factory=dict)

    def add(self, seen_by: Iterable[str], **values: Any) -> None:
        for kind, value in values.items():
            self.things[kind].append(Thing(value, frozenset(seen_by)))

    def mark(self, text: str, seen_by: Iterable[str]) -> str:
        self.marks[text] = frozenset(seen_by)
        return text

    def seen(self, kind: str, organisation: str) -> Thing | None:
        """Something of a kind that an organisation sees."""
        return next((one for one in self.things[kind] if organisation in one.seen_by), None)

    def foreign(self, kind: str, organisation: str) -> list[Thing]:
        """Everything of a kind that an organisation does not see."""
        return [one for one in self.things[kind] if organisation not in one.seen_by]


def make_world(chain: Chain) -> World:
    world = World()
    partnerships = {
        "OURS": chain.ours,
        "SIBLINGS": chain.siblings,
        "SECOND": chain.second,
        "FOREIGN": chain.foreign,
        "BOOKS": chain.books,
    }
    for name, partnership in partnerships.items():
        _furnish(world, name, partnership)
    # It changes nobody's sight, and is there to be named by strangers.
    grant = PartnershipGrant.objects.create(
        partnership=chain.ours, viewer=chain.customer, granted_by=chain.owner, granted_at=clock.now()
    )
    world.add({chain.customer.code, chain.supplier.code}, grant=grant.pk)
    with looking_as_house("read the world that was made"):
        _introduce(world, list(Organisation.objects.all()), list(partnerships.values()))
    for name, partnership in partnerships.items():
        if partnership != chain.books:
            _improve(world, name, partnership)
    return world


def _furnish(world: World, name: str, partnership: Partnership) -> None:
    """Give a partnership a part with limits and one row of each kind, all marked."""
    seen_by = {partnership.customer.code, partnership.supplier.code}
    mark = world.mark(f"ZQ-{name}", seen_by)
    part = make_part(f"{mark}-P", partnership.customer, [partnership], name=f"{mark} part", family=mark)
    version = make_characteristic(part, f"{mark}-D1", name=mark, nominal=10.0, lsl=9.5, usl=10.5, unit="mm")
    rows = make_rows(partnership, part, number=f"{mark}-L", version=version)
    asked, answer = _ask(partnership, mark)
    if partnership.supplier != partnership.customer:
        _question(world, partnership, part.pk, rows.lot, mark)
    decision = _decide(partnership, part.pk, version.pk, rows.lot, mark)
    study = make_gauge_study(partnership, part, f"{mark}-G")
    world.add(
        seen_by,
        gauge_study=study.pk,
        gauge_name=study.gauge.name,
        warning=_warn(partnership, part.pk, version.pk, rows.lot, mark),
        data_request=asked,
        data_answer=answer,
        chart_decision=decision,
        sampling_decision=_decide_sampling(partnership, part.pk, mark),
        partnership=partnership.pk,
        part=part.pk,
        part_number=part.number,
        characteristic=version.characteristic_id,
        characteristic_number=f"{mark}-D1",
        characteristic_version=version.pk,
        family=mark,
        lot=rows.lot,
        lot_number=f"{mark}-L",
        inspection=rows.inspection,
        stock_item=rows.stock_item,
        movement=rows.movement,
        balance=rows.balance,
        delivery=rows.delivery,
        return_=rows.return_,
    )


def _decide(partnership: Partnership, part: int, version: int, lot: int, mark: str) -> int:
    """Note something marked on the lot of a control chart."""
    with looking_as_house("set a test's scene"):
        return ChartDecision.objects.create(
            partnership=partnership, part_id=part, characteristic_version_id=version, stage="outgoing",
            kind="note", lot_id=lot, day=date(2026, 6, 29), reason=mark, made_at=clock.now(),
            made_by=Person.objects.filter(organisation=partnership.customer).earliest("pk"),
        ).pk  # fmt: skip


def _decide_sampling(partnership: Partnership, part: int, mark: str) -> int:
    """Approve reduced inspection for a reason that is marked."""
    with looking_as_house("set a test's scene"):
        return SamplingDecision.objects.create(
            partnership=partnership, part_id=part, stage="incoming", kind="reduced_approved",
            day=date(2026, 6, 29), reason=mark, made_at=clock.now(),
            made_by=Person.objects.filter(organisation=partnership.customer).earliest("pk"),
        ).pk  # fmt: skip


def _warn(partnership: Partnership, part: int, version: int, lot: int, mark: str) -> int:
    """Warn of a value out of limits, for a reason that is marked."""
    on = {"partnership": partnership, "part_id": part, "stage": "outgoing", "rule": "out_of_limits"}
    with looking_as_house("set a test's scene"):
        warning = RaisedWarning.objects.create(
            **on, customer=partnership.customer, number=partnership.pk, characteristic_version_id=version,
            first_day=date(2026, 6, 29), last_day=date(2026, 6, 29), raised_at=clock.now(),
            shared_at=clock.now(),
        )  # fmt: skip
        WarningEvidence.objects.create(
            **on, warning=warning, characteristic_version_id=version, lot_id=lot, day=date(2026, 6, 29),
            since=date(2026, 6, 29), found_at=clock.now(),
            details={"beyond": 1, "values": 5, "low": 10.0, "high": 10.7},
        )  # fmt: skip
        WarningEvent.objects.create(
            partnership=partnership, warning=warning, kind="raised", at=clock.now(), text=mark
        )
    return warning.pk


def _question(world: World, partnership: Partnership, part: int, lot: int, mark: str) -> None:
    """Ask the supplier alone whether its values are those of an earlier lot, whose number is marked."""
    seen_by = {partnership.supplier.code}
    own = world.mark(f"{mark}-QUESTION", seen_by)
    on = {"partnership": partnership, "part_id": part, "stage": "outgoing", "rule": "plausibility"}
    days = {"first_day": date(2026, 6, 29), "last_day": date(2026, 6, 29)}
    with looking_as_house("set a test's scene"):
        warning = RaisedWarning.objects.create(
            **on, **days, customer=partnership.customer, number=10_000 + partnership.pk, raised_at=clock.now()
        )
        WarningEvidence.objects.create(
            **on, warning=warning, lot_id=lot, day=date(2026, 6, 29), since=date(2026, 6, 29),
            found_at=clock.now(), details={"kind": "copied", "values": 15, "earlier": own},
        )  # fmt: skip
        WarningEvent.objects.create(
            partnership=partnership, warning=warning, kind="raised", at=clock.now(), text=own
        )
    world.add(seen_by, warning=warning.pk)


def _ask(partnership: Partnership, mark: str) -> tuple[int, int]:
    """Ask for data on a partnership, and have it answered with nothing for a reason that is marked."""
    with looking_as_house("set a test's scene"):
        request = DataRequest.objects.create(
            partnership=partnership, kind="outgoing", sender="customer", rhythm="monthly", due_day=31,
            valid_from=date(2026, 1, 1), made_at=clock.now(),
        )  # fmt: skip
        answer = DataAnswer.objects.create(
            partnership=partnership, request=request, period_first=date(2026, 5, 1), reason=mark,
            answered_by=Person.objects.filter(organisation=partnership.customer).earliest("pk"),
            answered_at=clock.now(),
        )  # fmt: skip
    return request.pk, answer.pk


def _introduce(world: World, organisations: list[Organisation], partnerships: list[Partnership]) -> None:
    """Give each organisation an owner, and things that are its own alone."""
    for organisation in organisations:
        code = organisation.code
        mine = [one for one in partnerships if organisation in (one.customer, one.supplier)]
        seen_by = {end.code for one in mine for end in (one.customer, one.supplier)}
        world.mark(organisation.name, seen_by)
        world.add(
            seen_by,
            organisation=organisation.pk,
            organisation_code=code,
            organisation_name=organisation.name,
        )
        own = world.mark(f"zq-only-{code}".lower(), {code})
        owner = make_person(organisation, "owner", email=f"owner@{own}.example")
        colleague = make_person(organisation, "uploader", email=f"clerk@{own}.example")
        world.owners[code] = owner
        key, _token = services.make_key(person=owner, name=own, may_write=True, now=clock.now())
        with looking_as(owner):
            services.invite_colleague(email=f"new@{own}.example", role="viewer", by=owner, now=clock.now())
        _subscribe(world, owner, colleague)
        upload = _hand_in(owner, own, mine[0])
        view = SavedView.objects.create(
            person=owner, name=own, path="/lots/", query=f"lot={own}", created_at=clock.now()
        )
        world.add(
            {code},
            person=colleague.pk,
            key=key.pk,
            letter=Letter.objects.filter(organisation_id=organisation.pk).earliest("pk").pk,
            invitation=Invitation.objects.get(organisation=organisation).pk,
            saved_view=view.pk,
            upload=upload.pk,
            chunked_file=_begin_in_chunks(owner, own).pk,
            problem=Problem.objects.filter(upload=upload).earliest("pk").pk,
            email=owner.user.email,
        )


def _begin_in_chunks(owner: Person, mark: str) -> ChunkedFile:
    """Have all bytes of a file come, and no upload be made of it yet."""
    content = sheet(INSPECTIONS)
    with looking_as(owner):
        file = chunks.begin(person=owner, file_name=f"{mark}.csv", size=len(content))
        chunks.append(file=file, offset=0, content=io.BytesIO(content), length=len(content))
    return file


def _subscribe(world: World, owner: Person, colleague: Person) -> None:
    """Have both be sent a mail: the colleague's is no business of the owner's."""
    code = owner.organisation.code
    for person, seen_by in ((owner, {code}), (colleague, set())):
        with looking_as(person):
            side = next(iter(sides_of(person.organisation_id)))
            wanted = {"what": "overview", "filters": {}, "rhythm": "weekly", "hour": 8}
            made = subscribe(person=person, side=side, now=clock.now(), **wanted)
        world.add(seen_by, subscription=made.pk)


def _improve(world: World, name: str, partnership: Partnership) -> None:
    """Open a task on a partnership on which both ends speak, aloud and among themselves, with files."""
    ends = partnership.customer.code, partnership.supplier.code
    mark = f"ZQ-{name}"
    part = next(one for one in world.things["part"] if set(ends) == one.seen_by)
    with looking_as(world.owners[ends[0]]):
        task = improvement.open_task(
            partnership_id=partnership.pk,
            kind="eight_d",
            kpi="pass_rate",
            part_ids=[part.value],
            title=f"{mark}-T",
            problem=f"{mark}-P",
            target=f"{mark}-G",
            due_date=clock.now().date(),
            by=world.owners[ends[0]],
            now=clock.now(),
        )
    world.add(ends, task=task.pk)
    for code in ends:
        for own_only in (False, True):
            own = world.mark(f"zq-{name}-of-{code}-{own_only}".lower(), {code} if own_only else ends)
            _speak(world.owners[code], task.pk, own, own_only=own_only)
            attachment = TaskAttachment._base_manager.latest("pk")
            world.add({code} if own_only else ends, attachment=attachment.pk)


def _speak(person: Person, task_id: int, text: str, *, own_only: bool) -> None:
    content = text.encode()
    file = improvement.Sent(f"{text}.txt", io.BytesIO(content), len(content))
    with looking_as(person):
        improvement.add_comment(
            task_id=task_id, text=text, own_only=own_only, file=file, by=person, now=clock.now()
        )


def _hand_in(owner: Person, mark: str, partnership: Partnership) -> Upload:
    """Hand in a file that waits for a mend: there is no 31st of November."""
    row = f"2025-11-31,{mark}-P,{mark}-L,3200,125,2,合格,{mark}"
    asked = {"kind": "inspections", "stage": "outgoing", "partnership_id": partnership.pk}
    return hand_in(owner, sheet(INSPECTIONS, row), f"{mark}.csv", **asked)
