"""One story a kind of contents: what is read, which number leads, what the mail ends with."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formatting
from core.period import Period
from insight.mails import needs, tables, work
from insight.mails.asked import Asked, asked
from insight.mails.courses import INSIDE, calm_of, chart_of, clause_of, standing_of
from insight.mails.figures import figure_of, no_data, passport_path
from insight.mails.letter import Contents
from insight.mails.story import Behind, Figure, Link, Need, Story, Table
from insight.mails.words import (
    base_word,
    clauses,
    days_of,
    kicker_of,
    late_word,
    rhythm_word,
    subject_of,
    when_word,
    with_value,
)
from insight.queries.courses import Course, course
from insight.queries.overview import selection_of
from kpis.definitions import CORRECTED, INCOMING, REPORTED, definition
from kpis.queries import wording
from kpis.queries.completeness import completeness
from kpis.queries.evaluate import evaluate
from kpis.queries.passport import lots_without_inspection
from kpis.queries.ranking import Ranked, ranking
from kpis.queries.readings import Reading
from kpis.queries.requests import standings_of
from quality.queries.lot_pages import presentations
from suppliers.access import Person

NAMED = 2  # suppliers or parts that a mail names; more are counted
LOTS_AT_MOST = 5000

# What comes so seldom that a week of it says little: told of the longer window.
SELDOM = {"ppm_delivered", "turnover", "days_of_inventory", "chain_turnover"}
OF_STOCK = {"turnover", "days_of_inventory", "chain_turnover"}
PAGES = {"overview": "overview", "suppliers": "suppliers", "inventory": "inventory"}


def story_of(
    *,
    person: Person,
    contents: Contents,
    period: Period,
    now: datetime,
    late_by: timedelta | None = None,
) -> Story:
    """Read what a mail tells and put it into words, in the active language."""
    ask = asked(person, contents, period, now)
    tell = {
        "overview": _overview,
        "suppliers": _suppliers,
        "inventory": _inventory,
        "kpi": _kpi,
        "tasks": _tasks,
    }
    return tell[contents.what](ask, late_by)


def _overview(ask: Asked, late_by: timedelta | None) -> Story:
    stage = ask.contents.stage or REPORTED
    (main,) = evaluate("pass_rate", **ask.view.what, stage=stage)
    beneath = [
        _one("pass_rate", ask, stage=other) for other in (REPORTED, INCOMING, CORRECTED) if other != stage
    ]
    delivered, turned = _one("ppm_delivered", ask), _one("turnover", ask)
    steps = _course(main, ask)
    ranked = ranking(**ask.window.what, stage=REPORTED)
    tasks = work.tasks_of(ask)
    return _story(
        ask,
        late_by,
        main=main,
        steps=steps,
        figures=[
            figure_of(main, ask, ask.view, beneath=beneath),
            figure_of(delivered, ask, ask.window),
            figure_of(turned, ask, ask.window),
        ],
        clauses_more=[_turn_clause(turned)],
        wanting=[
            *work.overdue(tasks, ask),
            *needs.of_ranked(ranked, ask),
            *_missing(ask, ("outgoing", "measurements", "stock", "incoming")),
            *needs.of_uninspected(lots_without_inspection(_selection(ask), ask.window.period), ask),
        ],
        readings=[main, *beneath, delivered, turned],
        ranked=ranked,
        tasks=tasks,
    )


def _suppliers(ask: Asked, late_by: timedelta | None) -> Story:
    (main,) = evaluate("pass_rate", **ask.view.what, stage=REPORTED)
    (accepted,) = evaluate("lot_acceptance_rate", **ask.view.what, stage=REPORTED)
    beneath = [_one("pass_rate", ask, stage=stage) for stage in (INCOMING, CORRECTED)]
    delivered = _one("ppm_delivered", ask)
    ranked = ranking(**ask.window.what, stage=REPORTED)
    below = sum(one.standing == "below" for one in ranked)
    told = ngettext("%(n)s supplier is below its target", "%(n)s suppliers are below their targets", below)
    return _story(
        ask,
        late_by,
        main=main,
        steps=_course(main, ask),
        figures=[
            figure_of(main, ask, ask.view, beneath=beneath),
            figure_of(accepted, ask, ask.view),
            figure_of(delivered, ask, ask.window),
        ],
        clauses_more=[told % {"n": below} if below else _("no supplier is surely below its target")],
        wanting=[*needs.of_ranked(ranked, ask), *_missing(ask, ("outgoing", "measurements", "incoming"))],
        table=tables.of_suppliers(ranked, ask),
        readings=[main, accepted, *beneath, delivered],
        ranked=ranked,
    )


def _inventory(ask: Asked, late_by: timedelta | None) -> Story:
    main, days, chain = (_one(name, ask) for name in ("turnover", "days_of_inventory", "chain_turnover"))
    turned = evaluate("turnover", **ask.window.what, by="supplier", prices="constant")
    known = [one for one in turned if one.value is not None]
    return _story(
        ask,
        late_by,
        main=main,
        steps=_course(main, ask),
        figures=[figure_of(one, ask, ask.window) for one in (main, days, chain)],
        wanting=[*needs.of_slower(known, ask), *_missing(ask, ("stock", "movements"))],
        table=tables.of_stock(known, ask),
        readings=[main, days, chain],
        suppliers=turned,
    )


def _kpi(ask: Asked, late_by: timedelta | None) -> Story:
    name = ask.contents.kpi
    stages = definition(name).stages or (None,)
    stage = ask.contents.stage or stages[0]
    view = ask.window if name in SELDOM else ask.view
    options: dict[str, Any] = {"prices": "constant"} if name in OF_STOCK else {}
    main, *others = [
        one
        for wanted in (stage, *(other for other in stages if other != stage))
        for one in evaluate(name, **view.what, stage=wanted, **options)
    ]
    by_supplier = evaluate(name, **ask.window.what, stage=stage, by="supplier", **options)
    return _story(
        ask,
        late_by,
        main=main,
        steps=_course(main, ask),
        figures=[figure_of(one, ask, view) for one in (main, *others)],
        readings=[main, *others],
        suppliers=by_supplier,
    )


def _tasks(ask: Asked, late_by: timedelta | None) -> Story:
    """Tell of the tasks alone: no figure leads, and no course is drawn."""
    found = work.tasks_of(ask)
    late = work.overdue(found, ask)
    said = work.sentence_of(found)
    file_name = _file_name(ask)
    return Story(
        language=ask.contents.language,
        subject=subject_of(said, [], _kicker(ask)),
        kicker=_kicker(ask),
        organisation=ask.person.organisation.shown_name,
        simulated=_simulated(ask),
        headline=said,
        calm=work.calm_of(found),
        view=Link(_("See it in Tongpin"), ask.link(ask.view.address(reverse("tasks")))),
        file_name=file_name,
        behind=Behind(
            figures=(),
            suppliers=(),
            course=None,
            lots=(),
            lots_left_out=0,
            tasks=found.rows,
            tasks_left_out=found.left_out,
        ),
        notices=_notices(None, ask, late_by),
        table=work.table_of(found, ask),
        needs_title=needs.title_of(len(late)),
        needs=late[: needs.AT_MOST],
        needs_more=_more(len(late) - needs.AT_MOST, ask),
        foot=[
            _("Attached: %(name)s with all tasks that run, and those closed since %(day)s.")
            % {"name": file_name, "day": formatting.day(ask.period.first)},
            *_why(ask),
        ],
        endings=_endings(ask),
    )


def _story(
    ask: Asked,
    late_by: timedelta | None,
    *,
    main: Reading,
    steps: Course,
    figures: Sequence[Figure],
    readings: Sequence[Reading],
    clauses_more: Sequence[str] = (),
    wanting: Sequence[Need] | None = None,
    table: Table | None = None,
    ranked: Sequence[Ranked] = (),
    suppliers: Sequence[Reading] = (),
    tasks: work.Tasks | None = None,
) -> Story:
    """Put the parts of a mail together: what leads, what it rests on, what the workbook holds.

    `wanting` is None where nobody looked for what needs attention, so that nothing is said of it.
    """
    looked, wanting = wanting is not None, wanting or ()
    wants = needs.clause_of(len(wanting))
    finding = _finding(main, steps, ask)
    lots, left_out = _lots(ask)
    file_name = _file_name(ask)
    return Story(
        language=ask.contents.language,
        subject=subject_of(finding, [clause for clause in (wants, *clauses_more) if clause], _kicker(ask)),
        kicker=_kicker(ask),
        organisation=ask.person.organisation.shown_name,
        simulated=_simulated(ask),
        headline=clauses([finding, *clauses_more, wants]),
        calm=_calm(main, steps, ask),
        view=Link(_("See it in Tongpin"), ask.link(_page_of(ask, main))),
        file_name=file_name,
        behind=Behind(
            figures=readings,
            suppliers=[one.reading for one in ranked] or suppliers,
            course=steps,
            lots=lots,
            lots_left_out=left_out,
            tasks=tasks.rows if tasks else (),
            tasks_left_out=tasks.left_out if tasks else 0,
        ),
        notices=_notices(next((one for one in readings if one.definition == "turnover"), None), ask, late_by),
        figures=figures,
        chart=chart_of(steps, ask),
        table=table,
        needs_title=needs.title_of(len(wanting)) if looked else "",
        tasks=work.line_of(tasks, ask) if tasks else None,
        needs=wanting[: needs.AT_MOST],
        needs_more=_more(len(wanting) - needs.AT_MOST, ask),
        foot=_foot(ask, main, file_name),
        definitions_name=(_("Definitions: %(names)s") % {"names": ""}).rstrip(),
        definitions=_definitions(readings, ask),
        endings=_endings(ask),
    )


def _one(name: str, ask: Asked, *, stage: str | None = None) -> Reading:
    """Read a figure of the longer window; stock at constant prices, so that prices move nothing."""
    options: dict[str, Any] = {"prices": "constant"} if name in OF_STOCK else {}
    (found,) = evaluate(name, **ask.window.what, stage=stage, **options)
    return found


def _course(main: Reading, ask: Asked) -> Course:
    options: dict[str, Any] = {"prices": "constant"} if main.definition in OF_STOCK else {}
    return course(
        main.definition,
        ask.view.what,
        until=ask.period.last,
        step="month" if ask.contents.rhythm == "monthly" else "week",
        stage=main.stage,
        **options,
    )


def _selection(ask: Asked):
    return selection_of(ask.view.what)


def _missing(ask: Asked, kinds: Sequence[str]) -> list[Need]:
    """Return what is missing of the last month that was over when the period ended.

    A customer is told of all that it asks for, a supplier of what it must send itself.
    """
    month = needs.last_whole_month(ask.period.last)
    selection, own = _selection(ask), ask.person.organisation_id
    known = standings_of(selection, month, now=ask.now)
    known = [one for one in known if ask.of_customer or one.asked.sender_id == own]
    found = completeness(known, selection, month)
    return needs.of_requests([one for one in found if one.kind in kinds], month, ask)


def _finding(main: Reading, steps: Course, ask: Asked) -> str:
    """Return the sentence that leads: the number, and what the limits or else a test say of it.

    A day is no step of the course: of it the test alone speaks.
    """
    if main.value is None:
        return no_data(main).rstrip(".。")
    clause = clause_of(steps) if ask.contents.rhythm != "daily" else ""
    change = main.change
    sure = change is not None and change.word in {"better", "worse"}
    if sure and (not clause or standing_of(steps) == INSIDE):
        assert change is not None
        word = wording.written_change(change, main)[1]
        clause = _("%(word)s than %(days)s") % {"word": word, "days": base_word(ask, change.period)}
    return _(", ").join(part for part in (with_value(main), clause) if part)


def _calm(main: Reading, steps: Course, ask: Asked) -> str:
    if main.value is None and not steps.known:
        return _("Nothing of this was handed in by then.")
    if main.value is None:
        last = steps.known[-1]
        return _("The last data are of %(days)s.") % {"days": days_of(last.period)}
    return calm_of(steps)


def _turn_clause(turned: Reading) -> str:
    """Say what became of turnover, volume before stock."""
    if turned.value is None:
        return ""
    told = {"turned": formatting.turnover(turned.value), "size": ""}
    if turned.change is None or turned.change.relative is None:
        return _("stock turns %(turned)s") % told
    told["size"] = formatting.relative(turned.change.relative)
    if turned.change.relative >= 0:
        return _("stock turns %(turned)s, %(size)s faster than a year before") % told
    return _("stock turns %(turned)s, %(size)s slower than a year before") % told


def _page_of(ask: Asked, main: Reading) -> str:
    """Return the page with this mail's filters and days."""
    if ask.contents.what == "kpi":
        return passport_path(main, ask.window if main.definition in SELDOM else ask.view)
    if not ask.of_customer and ask.contents.what != "inventory":
        return ask.view.of_figure(reverse("home"))
    view = ask.window if ask.contents.what == "inventory" else ask.view
    more = {"prices": "constant"} if ask.contents.what == "inventory" else {}
    return view.of_figure(reverse(PAGES[ask.contents.what]), **more)


def _more(count: int, ask: Asked) -> Link | None:
    if count <= 0:
        return None
    told = ngettext("%(n)s more in Tongpin", "%(n)s more in Tongpin", count) % {"n": count}
    return Link(told, ask.link(ask.view.of_figure(reverse("home"))))


def _notices(stock: Reading | None, ask: Asked, late_by: timedelta | None) -> list[str]:
    """Say what comes before everything else: that the mail is late, that the books end early."""
    found = [late_word(late_by, ask)] if late_by else []
    if ask.of_customer and ask.contents.mine and ask.view.suppliers is None:
        found.append(_("You look after no supplier, so this mail tells of all of them."))
    until = stock.data_until if stock else None
    if until is not None and until < ask.period.last.replace(day=1):
        told = _("Stock is known until %(day)s only; the days after that hold the last balance.")
        found.append(told % {"day": formatting.day(until)})
    return found


def _foot(ask: Asked, main: Reading, file_name: str) -> list[str]:
    until = formatting.day(main.data_until) if main.data_until else ""
    return [
        _("Attached: %(name)s with the figures, the suppliers, the lots behind them and the definitions.")
        % {"name": file_name},
        _("Data until %(day)s.") % {"day": until} if until else _("No data yet."),
        *_why(ask),
    ]


def _why(ask: Asked) -> list[str]:
    """Say when and why this mail comes, and what it may hold."""
    told = {"person": ask.person.user, "organisation": ask.person.organisation.shown_name}
    return [
        when_word(ask),
        _("It holds what is open to %(person)s in %(organisation)s, and nothing else.") % told,
    ]


def _simulated(ask: Asked) -> str:
    simulated = ask.person.organisation.simulated
    return _("Simulated data; supplier names are invented.") if simulated else ""


def _definitions(readings: Sequence[Reading], ask: Asked) -> list[Link]:
    """Return the definitions that the figures were made by, each once."""
    named = dict.fromkeys((one.definition, one.version) for one in readings)
    return [
        Link(f"{name} v{version}", ask.link(reverse("definition", args=[name, version])))
        for name, version in named
    ]


def _endings(ask: Asked) -> list[Link]:
    found = [
        (_("Change time or contents"), ask.contents.change_url),
        (_("Unsubscribe"), ask.contents.unsubscribe_url),
    ]
    return [Link(text, url) for text, url in found if url]


def _kicker(ask: Asked) -> str:
    """Name what a mail is narrowed to, if it is, and its days."""
    return " · ".join(part for part in (_narrowed_to(ask), kicker_of(ask)) if part)


def _narrowed_to(ask: Asked) -> str:
    """Name the suppliers and parts that a mail tells of; empty where it tells of all."""
    selection = _selection(ask)
    named = []
    if ask.of_customer and ask.view.suppliers:
        named = [
            formatting.in_language(one.supplier_name, one.supplier_name_en) for one in selection.relations
        ]
        if len(named) > NAMED:
            named = [ngettext("%(n)s supplier", "%(n)s suppliers", len(named)) % {"n": len(named)}]
    return " · ".join([*named, *list(ask.view.parts or ())[:NAMED]])


def _file_name(ask: Asked) -> str:
    words = {
        "overview": _("overview"),
        "suppliers": _("suppliers"),
        "inventory": _("inventory"),
        "tasks": _("tasks"),
        "kpi": str(definition(ask.contents.kpi).title) if ask.contents.kpi else "",
    }
    codes = list(ask.view.parts or ())
    if ask.of_customer and ask.view.suppliers:
        codes = [*(one.supplier_code for one in _selection(ask).relations), *codes]
    told = {
        "rhythm": rhythm_word(ask.contents.rhythm),
        "about": "_".join([words[ask.contents.what], *(codes if len(codes) <= NAMED else ())]),
        "days": f"{ask.period.first}_{ask.period.last}",
    }
    return (_("Tongpin %(rhythm)s_%(about)s_%(days)s") % told).replace(", ", "-").replace(" ", "-") + ".xlsx"


def _lots(ask: Asked) -> tuple[list[tuple[Any, ...]], int]:
    """Return the lots behind the period's figures, at most 5,000, and how many are left out."""
    rows = presentations(_selection(ask), period=ask.period).values_list(
        "inspection_date", "stage", "partnership__customer__code", "partnership__supplier__code",
        "partnership__supplier__name", "partnership__supplier__name_en", "part__number", "part__name",
        "part__name_en", "lot__number", "inspected", "nonconforming", "verdict",
    )  # fmt: skip
    found = list(rows[: LOTS_AT_MOST + 1])
    left_out = rows.count() - LOTS_AT_MOST if len(found) > LOTS_AT_MOST else 0
    return [_lot(row) for row in found[:LOTS_AT_MOST]], left_out


def _lot(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a lot with the names of its supplier and part in the reader's language."""
    day, stage, customer, code, name, name_en, number, part, part_en, *rest = row
    supplier = formatting.in_language(name, name_en)
    return day, stage, customer, code, supplier, number, formatting.in_language(part, part_en), *rest
