"""The figures of a programme as a workbook: every reading before and after, and those of the members."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.http import FileResponse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import workbook
from core.lead import Lead
from core.lists import made_at
from core.workbook import (
    CODE,
    COUNT,
    DAY,
    LONG,
    ONE_PLACE,
    POINTS,
    SHARE,
    VALUE,
    Cell,
    Heading,
    Sheet,
    Workbook,
)
from improvement.queries.programme import ProgrammeFigures
from kpis.definitions import definition
from kpis.queries.readings import Reading

KINDS = {"share": SHARE, "ppm": COUNT, "turns": ONE_PLACE, "days": ONE_PLACE}


def download(
    found: ProgrammeFigures, *, tags: Sequence[str], lead: Lead, address: str, day: date
) -> FileResponse:
    """Answer with what somebody sees of a programme: the whole, or one member's own figures."""
    title = found.programme.shown_name
    about = [
        (_("Programme"), ", ".join([title, *tags])),
        (_("In words"), strip_tags(lead.text)),
        *((_("Definition"), said) for said in _definitions(found.readings.values())),
        *made_at(address),
    ]
    readings = [[str(way), *_before_and_after(one)] for way, one in found.readings.items()]
    sheets = [Sheet(_("Readings"), [Heading(_("Reading"), LONG), *_headings()], readings)]
    if found.members:
        headings = [Heading(_("Supplier"), CODE), Heading(_("Name"), LONG), Heading(_("Reading"), LONG)]
        name = pgettext("of a programme", "Members")
        sheets.append(Sheet(name, [*headings, *_headings()], _members(found)))
    if found.key_tasks:
        sheets.append(Sheet(_("Key tasks"), _headings_of_tasks(), _key_tasks(found)))
    return workbook.download(Workbook(title, about, sheets), day=day)


def _members(found: ProgrammeFigures) -> Iterator[Sequence[Any]]:
    for member in found.members:
        for way, one in member.readings.items():
            yield [member.code, member.name, str(way), *_before_and_after(one)]


def _headings_of_tasks() -> list[Heading]:
    return [
        Heading(_("Task"), CODE),
        Heading(_("Title"), LONG),
        Heading(pgettext("of a task", "Kind")),
        Heading(_("Supplier"), CODE),
        Heading(_("Owner at the supplier")),
        Heading(_("Owner at the customer")),
        Heading(pgettext("date of a task", "Due"), DAY),
        Heading(_("Days overdue"), COUNT),
        Heading(pgettext("of a task", "State")),
        Heading(_("What came of it")),
    ]


def _key_tasks(found: ProgrammeFigures) -> Iterator[Sequence[Any]]:
    for one in found.key_tasks:
        yield [
            one.number,
            one.title,
            one.kind,
            one.supplier_code,
            one.supplier_owner,
            one.customer_owner,
            one.due_date,
            one.days_overdue or None,
            one.state_word,
            one.outcome,
        ]


def _headings() -> list[Heading]:
    bounds = [
        Heading(_("95% interval from"), VALUE),
        Heading(_("95% interval to"), VALUE),
        Heading("n", COUNT),
    ]
    return [
        Heading(_("Baseline"), VALUE),
        *bounds,
        Heading(_("Report period"), VALUE),
        *bounds,
        Heading(pgettext("against the baseline", "Change"), VALUE),
        Heading(_("Data until"), DAY),
        Heading(_("Remark"), LONG),
    ]


def _before_and_after(one: Reading) -> list[Any]:
    unit = definition(one.definition, one.version).unit
    change = one.change
    return [
        *_figure(change.reading if change else None),
        *_figure(one),
        Cell(change.difference if change else None, POINTS if unit == "share" else KINDS[unit]),
        one.data_until,
        one.reason_text or (_("preliminary") if one.preliminary else ""),
    ]


def _figure(one: Reading | None) -> list[Any]:
    if one is None:
        return [None] * 4
    kind = KINDS[definition(one.definition, one.version).unit]
    return [*(Cell(value, kind) for value in (one.value, one.low, one.high)), one.n]


def _definitions(readings: Iterable[Reading]) -> list[str]:
    """Return each definition once: its title, version and formula."""
    found = {(one.definition, one.version): definition(one.definition, one.version) for one in readings}
    return [f"{one.title} (v{one.version}): {one.formula}" for one in found.values()]
