"""The list of tasks, narrowed by what the address says."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import clock
from core.chips import Chip, Choice
from improvement import queries
from improvement.filters import TaskFilter
from improvement.models import TaskKind, TaskState
from improvement.queries.tasks import counts_of
from improvement.views import task_book
from improvement.views.narrowing import address, chip
from improvement.views.words import list_lead, task_row
from suppliers.access import MemberRequest
from suppliers.queries.seats import CUSTOMER, side_of_session

ROWS_A_PAGE = 40
FLAGS = ("waiting", "mine", "overdue")


@require_GET
@login_required
def task_list(request: MemberRequest) -> HttpResponseBase:
    """Improvement tasks, what is overdue first. Closed ones are shown when they are asked for."""
    person, now = request.person, clock.now()
    side = side_of_session(request)
    tasks = of_side(queries.tasks_to_list(), side, person.organisation_id)
    narrowed = TaskFilter(request.GET, queryset=tasks, request=request).qs
    if "state" not in request.GET:
        narrowed = narrowed.still_open()
    ordered = queries.in_order_of_need(narrowed, now)
    counts = counts_of(tasks, person, now)
    lead, shown_chips = list_lead(counts), chips(request)
    if request.GET.get("as") == "xlsx":
        return task_book.download(
            ordered,
            lead=lead,
            chips=shown_chips,
            given=dict(request.GET.lists()),
            address=address(request, {}),
            now=now,
        )
    page = Paginator(ordered, ROWS_A_PAGE).get_page(request.GET.get("page"))
    rows = [task_row(task, queries.today_of(task, now)) for task in page]
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "lead": lead,
        "chips": shown_chips,
        "export_url": address(request, {"as": "xlsx"}),
        "rows": rows,
        "page": page,
        "query": f"{query.urlencode()}&" if query else "",
        "narrowed": bool(query),
        "closed_url": address(request, {"state": TaskState.CLOSED.value}) if counts["closed"] else "",
        "as_customer": side == CUSTOMER,
        "may_open": person.may_define,
    }
    return render(request, "improvement/tasks.html", context)


def of_side(tasks: QuerySet, side: str, organisation_id: int) -> QuerySet:
    """Return the tasks of one's suppliers, or of one's customers: whichever side one looks from.

    What a grant opens belongs to the first: a guest looks at others' suppliers.
    """
    if side == CUSTOMER:
        return tasks.exclude(partnership__supplier=organisation_id)
    return tasks.filter(partnership__supplier=organisation_id) | tasks.exclude(
        partnership__customer=organisation_id
    )


def chips(request: MemberRequest) -> list[Chip]:
    """Return state, kind, and what needs somebody."""
    return [
        chip(
            request,
            _("State"),
            "state",
            [("", _("not closed")), *TaskState.choices, (",".join(TaskState.values), _("all"))],
        ),
        chip(request, _("Kind"), "kind", [("", _("all")), *TaskKind.choices]),
        flags(request),
    ]


def flags(request: MemberRequest) -> Chip:
    labels = {
        "": _("all"),
        "waiting": _("waiting for me"),
        "mine": _("mine"),
        "overdue": _("overdue"),
    }
    now = next((flag for flag in FLAGS if request.GET.get(flag)), "")
    without: dict[str, Any] = dict.fromkeys(FLAGS)
    return Chip(
        name=_("Show"),
        value=labels[now],
        choices=[
            Choice(label, address(request, without | ({flag: "true"} if flag else {})), flag == now)
            for flag, label in labels.items()
        ],
    )
