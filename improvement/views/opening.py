"""Opening a task: the cell comes with the address, the baseline is shown before it is locked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from core import clock, formatting
from core.lead import Lead, joined
from core.period import Period
from improvement import services
from improvement.forms.task import OpenForm
from improvement.models import TaskKind, Trigger
from improvement.queries import cells
from improvement.queries.cells import Cell, Draft, NoSuchCell, Windows
from improvement.queries.warnings import warning_or_none
from improvement.views import suggestions
from improvement.views.doors import door
from improvement.views.words import (
    BaselineRow,
    as_reading,
    baseline_sentence,
    figure_sentence,
    kpi_words,
    left_out_row,
    locked_row,
    parts_words,
)
from kpis.definitions import READINGS, definition, names
from kpis.queries.evaluate import CHOICES
from kpis.queries.readings import Reading
from suppliers.access import MemberRequest
from suppliers.queries import people_of_organisation, zone_of_customer
from suppliers.queries.partners import Partner, partners
from suppliers.queries.parts import supplied_parts
from suppliers.queries.seats import CUSTOMER, side_of_session
from suppliers.queries.selection import select

DAYS_TO_WORK = 60  # what a new task is given unless somebody says else
USUAL_KPI = "pass_rate"


@dataclass(frozen=True, slots=True)
class Asked:
    """The cell that an address asks for, as far as it says it."""

    kpi: str
    stage: str
    options: dict[str, str]
    partner: Partner | None  # None: whose is still to be chosen
    parts: dict[int, str]  # number by id
    strange_parts: Sequence[str]  # numbers that are not supplied on this partnership
    trigger: str
    days: Period | None
    warning_id: int | None  # a warning that the task is to work on


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be locked."""

    cell: Cell
    windows: Windows
    drafts: Sequence[Draft]
    figure: Reading  # of the days that open the task, which its baseline leaves out


@require_http_methods(["GET", "POST"])
@door
def task_new(request: MemberRequest) -> HttpResponse:
    """Show the cell with its baseline and ask for the rest; a POST opens the task."""
    if not request.person.may_define:
        raise PermissionDenied
    asked = read_asked(request)
    preview, problem = None, ""
    if asked.partner is not None and not asked.strange_parts:
        try:
            preview = preview_of(asked, today_there(asked.partner))
        except NoSuchCell:
            problem = _("This figure cannot be read like that. Choose another figure or stage.")
    elif asked.strange_parts:
        problem = _("Part %(parts)s is not supplied here.") % {"parts": ", ".join(asked.strange_parts)}
    if preview is None or asked.partner is None:
        return render(request, "improvement/new.html", {"page": cell_page(request, asked, problem)})
    form = open_form(request, asked, asked.partner, preview)
    if request.method == "POST" and form.is_valid():
        task = services.open_task(
            partnership_id=asked.partner.partnership_id,
            kpi=preview.cell.kpi,
            stage=preview.cell.stage,
            options=asked.options,
            part_ids=asked.parts,
            trigger=asked.trigger,
            trigger_days=asked.days,
            warning_id=asked.warning_id,
            by=request.person,
            now=clock.now(),
            **form.cleaned_data,
        )
        return HttpResponseRedirect(reverse("task", args=[task.pk]))
    page = cell_page(request, asked, "") | preview_page(asked, preview)
    return render(request, "improvement/new.html", {"page": page, "form": form})


def read_asked(request: MemberRequest) -> Asked:
    """Read the cell from the address: the filters that all pages share. What is no KPI of ours is left aside."""
    query = request.GET
    kpi = query.get("kpi", "")
    kpi = kpi if kpi in names() else USUAL_KPI
    stages = definition(kpi).stages
    stage = query.get("stage", "")
    partner = partner_of(request)
    numbers = [
        one for text in query.getlist("part") for one in text.replace("，", ",").split(",") if one.strip()
    ]
    found = supplied_parts(partner.partnership_id, numbers=numbers) if partner and numbers else {}
    days = days_of(query)
    warning_id = warning_of(request, partner) if days else None
    planned = Trigger.RANKING if days else Trigger.PLANNED
    return Asked(
        kpi=kpi,
        stage=stage if stage in stages else (stages[0] if stages else ""),
        options={
            name: query[name]
            for name in definition(kpi).options
            if query.get(name) in CHOICES.get(name, ())
        },
        partner=partner,
        parts=found,
        strange_parts=[one.strip() for one in numbers] if partner and len(found) < len(set(numbers)) else (),
        trigger=Trigger.WARNING if warning_id else planned,
        days=days,
        warning_id=warning_id,
    )  # fmt: skip


def partner_of(request: MemberRequest) -> Partner | None:
    """Return the partnership that an address means; the only one there is needs no name."""
    own = request.person.organisation.code
    as_customer = side_of_session(request) == CUSTOMER
    named = [one for one in request.GET.getlist("supplier" if as_customer else "customer") if one]
    if as_customer:
        relations = select(customer=own, suppliers=named or None).relations
    else:
        relations = select(customer=named[0] if named else None, suppliers=[own]).relations
    return partners([relations[0].partnership])[0] if len(relations) == 1 else None


def warning_of(request: MemberRequest, partner: Partner | None) -> int | None:
    """Return the warning on this partnership that an address names and that no task works on yet."""
    text = request.GET.get("warning", "")
    if partner is None or not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    found = warning_or_none(int(text), request.person)
    if found is None or found.task_id is not None or found.partnership_id != partner.partnership_id:
        return None
    return found.pk


def days_of(query: QueryDict) -> Period | None:
    try:
        days = Period.parse(f"{query['from']}..{query['to']}")
    except (KeyError, ValueError):
        return None
    return days if days.may_be_meant else None


def today_there(partner: Partner) -> date:
    """Return the day in the customer's calendar, on which the baseline will be locked."""
    return clock.now().astimezone(ZoneInfo(zone_of_customer(partner.partnership_id))).date()


def preview_of(asked: Asked, today: date) -> Preview:
    """Read the baseline as it would be locked today. Raises NoSuchCell."""
    assert asked.partner is not None
    cell = cells.checked(
        Cell(asked.partner.partnership_id, asked.kpi, asked.stage, asked.options, tuple(asked.parts))
    )
    windows = cells.windows_of(cell, trigger=asked.trigger, opened_on=today, asked=asked.days)
    (figure,) = cells.read_cell(cell, windows.trigger_days)
    return Preview(cell, windows, cells.baselines_of(cell, windows), figure)


def open_form(request: MemberRequest, asked: Asked, partner: Partner, preview: Preview) -> OpenForm:
    """The form with what can be known: title, problem and target from the figure, the owners, a due day."""
    today, cell = today_there(partner), preview.cell
    before = as_reading(preview.drafts[0], cell.stage)
    return OpenForm(
        request.POST if request.method == "POST" else None,
        customer_people=people_choices(partner.customer_id),
        supplier_people=people_choices(partner.supplier_id),
        initial={
            "title": suggestions.title(cell.kpi, partner, asked.parts),
            "problem": suggestions.problem(cell, partner, asked.parts, preview.figure, before),
            "target": suggestions.target(cell, partner, preview.figure),
            "kind": TaskKind.EIGHT_D if definition(asked.kpi).counted else TaskKind.LEAN,
            "due_date": today + timedelta(days=DAYS_TO_WORK),
            "customer_owner_id": likely_owner(request, partner.customer_id),
            "supplier_owner_id": likely_owner(request, partner.supplier_id),
        },
    )


def likely_owner(request: MemberRequest, organisation_id: int) -> int | None:
    """Return oneself on one's own side; on the other its only quality engineer, if there is just one."""
    if request.person.organisation_id == organisation_id:
        return request.person.pk
    engineers = list(people_of_organisation(organisation_id).filter(role="quality_engineer")[:2])
    return engineers[0].pk if len(engineers) == 1 else None


def people_choices(organisation_id: int) -> list[tuple[int, str]]:
    """Return the people of a side who may own a task."""
    return [
        (person.pk, str(person.user))
        for person in people_of_organisation(organisation_id)
        if person.may_define
    ]


def cell_page(request: MemberRequest, asked: Asked, problem: str) -> dict[str, Any]:
    """What the form of the cell shows: the figure, whose, which parts."""
    as_customer = side_of_session(request) == CUSTOMER
    own = request.person.organisation.code
    relations = select(customer=own).relations if as_customer else select(suppliers=[own]).relations
    query = request.GET
    return {
        "problem": problem,
        "ready": False,
        "figures": [(name, str(definition(name).title), name == asked.kpi) for name in names()],
        "stages": [
            (stage, str(READINGS[stage]), stage == asked.stage) for stage in definition(asked.kpi).stages
        ],
        "end_name": "supplier" if as_customer else "customer",
        "end_label": _("Supplier") if as_customer else _("Customer"),
        "end": query.get("supplier" if as_customer else "customer", ""),
        "ends": sorted(
            {
                (one.supplier_code, formatting.in_language(one.supplier_name, one.supplier_name_en))
                if as_customer else (one.customer_code, "")
                for one in relations
            }
        ),
        "part": ", ".join(asked.parts.values()) or ", ".join(query.getlist("part")),
        "from": query.get("from", ""),
        "to": query.get("to", ""),
        "options": list(asked.options.items()),
    }  # fmt: skip


def preview_page(asked: Asked, preview: Preview) -> dict[str, Any]:
    """What stands above the form: the cell in words, the baseline that will be locked."""
    whole, *by_part = preview.drafts
    numbers = asked.parts
    reading = as_reading(whole, preview.cell.stage)
    assert asked.partner is not None
    rows: list[BaselineRow] = [
        left_out_row(whole, preview.figure),
        locked_row(whole, preview.cell.stage, pgettext("of a task", "Baseline")),
    ]
    rows += [locked_row(one, preview.cell.stage, numbers.get(one.part_id or 0, "")) for one in by_part]
    return {
        "ready": True,
        "kpi": kpi_words(preview.cell.kpi, preview.cell.stage),
        "supplier": asked.partner.supplier_shown,
        "customer": asked.partner.customer_shown,
        "parts": parts_words(list(numbers.values())),
        "rows": rows,
        "lead": Lead(
            joined(figure_sentence(preview.figure), baseline_sentence(reading)),
            "" if reading.value is not None else "watch",
        ),
        "without_data": reading.value is None,
    }
