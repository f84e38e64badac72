"""What to do today: signals first, then what is missing; evidence in one line, one step each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock, formatting
from improvement.queries import Needed, count_needing, tasks_needing, warning_words
from improvement.queries.warnings import count_new, new_warnings
from insight.queries.overview import Overview
from intake.queries import WaitingUpload, WaitingUploads
from kpis.filters import View
from kpis.queries import wording
from kpis.queries.ranking import Ranked
from suppliers.access import PersonRequest
from suppliers.queries.selection import Relation

WARNINGS_AT_MOST = 3  # the others stand behind one line


@dataclass(frozen=True, slots=True)
class Action:
    """A step: a link, or with `post` a form that sends these fields, and what one may say beside them."""

    label: str
    url: str
    primary: bool = False
    post: Sequence[tuple[str, str]] | None = None
    reason: str = ""  # the name of a field for a few words, which may stay empty


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do: its mark, what it is, the evidence, the next step."""

    state: str
    title: str
    lines: Sequence[str]
    actions: Sequence[Action]


def tasks_of(request: PersonRequest) -> list[Needed]:
    """Return the tasks that wait for who asks, read once a page."""
    found: list[Needed] | None = getattr(request, "tasks_needed", None)
    if found is None:
        assert request.person is not None
        found = tasks_needing(request.person, clock.now())
        request.tasks_needed = found  # type: ignore[attr-defined]  # kept for the rail of the same page
    return found


def count_tasks(request: PersonRequest) -> int:
    """Return how many tasks wait for who asks: those that the page has read, else counted."""
    assert request.person is not None
    if hasattr(request, "tasks_needed"):
        return len(tasks_of(request))
    return count_needing(request.person, clock.now())


def warnings_of(
    request: PersonRequest, *, as_customer: bool, suppliers: Collection[str] | None = None
) -> list[Item]:
    """Return the newest warnings that nobody on one's side has seen, and how many more there are.

    Of some suppliers, by their codes, or of all. Three queries, however many there are.
    """
    person = request.person
    assert person is not None
    rows = new_warnings(person.organisation_id, as_customer=as_customer, suppliers=suppliers)
    found = list(rows[: WARNINGS_AT_MOST + 1])
    items = [
        of_warning(warning_words.told(one), as_customer=as_customer, may_open=person.may_define)
        for one in found[:WARNINGS_AT_MOST]
    ]
    if len(found) > WARNINGS_AT_MOST:
        items.append(of_more_warnings(rows.count() - WARNINGS_AT_MOST, suppliers))
    return items


def count_warnings(request: PersonRequest, *, as_customer: bool) -> int:
    """Return how many warnings nobody on one's side has seen."""
    assert request.person is not None
    return count_new(request.person.organisation_id, as_customer=as_customer)


def of_warning(one: warning_words.Told, *, as_customer: bool, may_open: bool) -> Item:
    """A warning: what the data say, with its evidence in one line."""
    whose = one.supplier if as_customer else one.customer
    look = Action(_("See the evidence"), one.path, primary=not may_open)
    door = Action(_("Open task"), one.task_path, primary=True)
    return Item(
        "bad",
        one.title,
        [f"{whose}{_(', ')}{one.line}"],
        [door, look] if may_open else [look],
    )


def of_more_warnings(more: int, suppliers: Collection[str] | None) -> Item:
    told = ngettext("%(n)s more new warning", "%(n)s more new warnings", more)
    query = urlencode({"state": "new", "supplier": list(suppliers or ())}, doseq=True)
    return Item(
        "bad", told % {"n": more}, [], [Action(_("See the warnings"), f"{reverse('warnings')}?{query}")]
    )


def work_of_customer(
    found: Overview,
    waiting: WaitingUploads,
    tasks: Sequence[Needed],
    view: View,
    *,
    may_open: bool,
    signals: Sequence[Item] = (),
    data: Sequence[Item] = (),
) -> list[Item]:
    """Return a customer's worklist; who may open tasks is offered to, where a figure calls for one.

    Warnings (`signals`), files, tasks and `data`, the lines about data requests, are of today. What figures
    call for is of the chosen days, and names them.
    """
    items = [*signals, *of_uploads(waiting)]
    items += [of_task(task) for task in tasks]
    items += [of_supplier(one, view, may_open=may_open) for one in found.ranked if one.standing == "below"]
    items += data
    if found.lots_without_inspection:
        items.append(of_uninspected(found.lots_without_inspection, view))
    return items


def with_one_primary(items: Sequence[Item]) -> list[Item]:
    """Leave the first thing to do its primary button, or give it one, and nothing else."""
    return [
        replace(
            item, actions=[replace(step, primary=not (place or at)) for at, step in enumerate(item.actions)]
        )
        for place, item in enumerate(items)
    ]


def of_uploads(waiting: WaitingUploads) -> list[Item]:
    """Files that wait for their sender: the latest each, the others as the list of all."""
    items = [of_upload(upload) for upload in waiting.latest]
    if waiting.more:
        told = ngettext("%(n)s more file waits for you", "%(n)s more files wait for you", waiting.more)
        every = Action(_("See all files that wait"), f"{reverse('uploads')}?waiting=true")
        items.append(Item("watch", told % {"n": waiting.more}, [], [every]))
    return items


def of_upload(upload: WaitingUpload) -> Item:
    """A file that waits for its sender."""
    url = reverse("upload", args=[upload.pk])
    sent = _("sent %(when)s") % {"when": formatting.moment(upload.created_at)}
    if upload.asks and not upload.to_mend:
        told = _("%(file)s: a question is to be answered") % {"file": upload.file_name}
        return Item("watch", told, [sent], [Action(_("Answer it"), url)])
    if not upload.to_mend:
        told = _("%(file)s: ready to save") % {"file": upload.file_name}
        return Item("watch", told, [sent], [Action(_("Preview and save"), url)])
    told = ngettext("%(file)s: %(n)s row to mend", "%(file)s: %(n)s rows to mend", upload.to_mend)
    return Item(
        "bad",
        told % {"file": upload.file_name, "n": formatting.decimal(upload.to_mend)},
        [sent],
        [Action(_("Mend"), url, primary=True)],
    )


def of_task(task: Needed) -> Item:
    """An improvement task whose next move is the reader's."""
    url = reverse("task", args=[task.pk])
    due = formatting.day(task.due_date)
    if task.overdue:
        late = ngettext("due %(day)s, %(n)s day overdue", "due %(day)s, %(n)s days overdue", -task.days_left)
        line = late % {"day": due, "n": -task.days_left}
    else:
        line = _("due %(day)s") % {"day": due}
    return Item(
        "bad" if task.overdue else "watch",
        f"{task.number} {task.title}",
        [f"{task.step}{_(', ')}{line}" if task.step else line],
        [Action(_("Open the task"), url, primary=task.overdue)],
    )


def of_supplier(one: Ranked, view: View, *, may_open: bool) -> Item:
    """A supplier whose whole interval lies below its target."""
    reading = one.reading
    evidence = _("%(days)s: %(rate)s reported, 95%% interval %(interval)s, target %(target)s") % {
        "days": days_of(view),
        "rate": wording.written(reading),
        "interval": wording.written_interval(reading),
        "target": formatting.percent(one.target, 1) + "%",
    }
    rows = Action(
        _("See %(lots)s") % {"lots": formatting.lots(reading.n_lots)}, reading.rows_path, primary=not may_open
    )
    cell = {"kpi": reading.definition, "stage": reading.stage, "supplier": reading.by["supplier"]}
    door = Action(
        _("Open task"),
        view.of_figure(reverse("task-new"), base=None, mine=None, **cell),
        primary=True,
    )
    return Item(
        "bad",
        _("%(name)s: pass rate below target, statistically confirmed") % {"name": reading.label},
        [evidence],
        [door, rows] if may_open else [rows],
    )


def of_uninspected(lots: int, view: View) -> Item:
    told = ngettext(
        "%(n)s delivered lot without an outgoing inspection",
        "%(n)s delivered lots without an outgoing inspection",
        lots,
    )
    return Item(
        "watch",
        told % {"n": formatting.decimal(lots)},
        [_("Delivered %(days)s; no reported rate speaks for them.") % {"days": days_of(view)}],
        [
            Action(
                _("See %(lots)s") % {"lots": formatting.lots(lots)},
                view.of_figure(reverse("lots-uninspected"), base=None),
            )
        ],
    )


def days_of(view: View) -> str:
    return formatting.day_range(view.period.first, view.period.last)


def name_of(relation: Relation) -> str:
    """Return a supplier's name in the reader's language."""
    return formatting.in_language(relation.supplier_name, relation.supplier_name_en)
