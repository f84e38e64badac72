"""What to do today: signals first, then what is missing; evidence in one line, one step each."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core import formatting
from improvement.queries import Needed
from insight.queries.complete import Arrival
from insight.queries.overview import Overview
from intake.queries import WaitingUpload
from kpis.filters import View
from kpis.queries import wording
from kpis.queries.ranking import Ranked
from suppliers.queries.selection import Relation

NAMED = 4  # suppliers named in a line; the rest are counted


@dataclass(frozen=True, slots=True)
class Action:
    label: str
    url: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do: its mark, what it is, the evidence, the next step."""

    state: str
    title: str
    lines: Sequence[str]
    actions: Sequence[Action]


def work_of_customer(
    found: Overview, waiting: Sequence[WaitingUpload], tasks: Sequence[Needed], view: View, *, may_open: bool
) -> list[Item]:
    """Return a customer's worklist; who may open tasks is offered to, where a figure calls for one."""
    items = [of_upload(upload) for upload in waiting]
    items += [of_task(task) for task in tasks]
    items += [of_supplier(one, view, may_open=may_open) for one in found.ranked if one.standing == "below"]
    items += [of_arrival(one, view) for one in found.arrivals if one.missing]
    if found.lots_without_inspection:
        items.append(of_uninspected(found.lots_without_inspection, view))
    return items


def of_upload(upload: WaitingUpload) -> Item:
    """A file that waits for its sender."""
    url = reverse("upload", args=[upload.pk])
    sent = _("sent %(when)s") % {"when": formatting.moment(upload.created_at)}
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
    evidence = _("%(rate)s reported, 95%% interval %(interval)s, target %(target)s") % {
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


def of_arrival(one: Arrival, view: View) -> Item:
    """A kind of data that some suppliers sent before and not for the last month."""
    month = formatting.month_range(view.period.last, view.period.last)
    return Item(
        "none",
        _("%(kind)s of %(month)s: not complete") % {"kind": kind_word(one.kind), "month": month},
        [named(one.missing)],
        [Action(_("See suppliers"), view.address(reverse("suppliers")))],
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
        [_("No reported rate speaks for them.")],
        [Action(_("See suppliers"), view.address(reverse("suppliers")))],
    )


def named(missing: Sequence[tuple[Relation, object]]) -> str:
    """Name who is missing, with the last day that is known."""
    words = [
        _("%(name)s (until %(day)s)") % {"name": name_of(relation), "day": formatting.day(day)}  # type: ignore[arg-type]
        for relation, day in missing[:NAMED]
    ]
    more = len(missing) - NAMED
    if more > 0:
        words.append(ngettext("%(n)s more", "%(n)s more", more) % {"n": more})
    return _(", ").join(words)


def name_of(relation: Relation) -> str:
    """Return a supplier's name in the reader's language."""
    english = (get_language() or "").startswith("en")
    return (english and relation.supplier_name_en) or relation.supplier_name


def kind_word(kind: str) -> str:
    words = {
        "outgoing": _("Outgoing inspections"),
        "measurements": _("Measurements"),
        "stock": _("Stock"),
        "incoming": _("Incoming inspections"),
    }
    return words[kind]
