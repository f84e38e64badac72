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
from insight.mails.assembling import put_together
from insight.mails.figures import figure_of
from insight.mails.framing import endings_of, more_of, notices_of, simulated_word, why_of
from insight.mails.leading import turn_clause
from insight.mails.letter import Contents
from insight.mails.naming import file_name_of, heading_of, tails_of
from insight.mails.promised import pledges_of
from insight.mails.reading import OF_STOCK, SELDOM, course_of, one_of, selection_asked
from insight.mails.story import Behind, Link, Need, Story
from insight.mails.words import subject_of
from kpis.definitions import CORRECTED, INCOMING, REPORTED, definition
from kpis.queries.completeness import completeness
from kpis.queries.evaluate import evaluate
from kpis.queries.passport import lots_without_inspection
from kpis.queries.ranking import ranking
from kpis.queries.requests import standings_of
from suppliers.access import Person


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
        one_of("pass_rate", ask, stage=other) for other in (REPORTED, INCOMING, CORRECTED) if other != stage
    ]
    delivered, turned = one_of("ppm_delivered", ask), one_of("turnover", ask)
    steps = course_of(main, ask)
    ranked = ranking(**ask.window.what, stage=REPORTED)
    tasks = work.tasks_of(ask)
    return put_together(
        ask,
        late_by,
        main=main,
        steps=steps,
        figures=[
            figure_of(main, ask, ask.view, beneath=beneath),
            figure_of(delivered, ask, ask.window),
            figure_of(turned, ask, ask.window),
        ],
        clauses_more=[turn_clause(turned)],
        wanting=[
            *needs.of_warnings(ask),
            *work.overdue(tasks, ask),
            *needs.of_ranked(ranked, ask),
            *_missing(ask, ("outgoing", "measurements", "stock", "incoming")),
            *needs.of_uninspected(lots_without_inspection(selection_asked(ask), ask.window.period), ask),
        ],
        readings=[main, *beneath, delivered, turned],
        ranked=ranked,
        tasks=tasks,
        pledges=pledges_of(ask),
    )


def _suppliers(ask: Asked, late_by: timedelta | None) -> Story:
    (main,) = evaluate("pass_rate", **ask.view.what, stage=REPORTED)
    (accepted,) = evaluate("lot_acceptance_rate", **ask.view.what, stage=REPORTED)
    beneath = [one_of("pass_rate", ask, stage=stage) for stage in (INCOMING, CORRECTED)]
    delivered = one_of("ppm_delivered", ask)
    ranked = ranking(**ask.window.what, stage=REPORTED)
    below = sum(one.standing == "below" for one in ranked)
    told = ngettext("%(n)s supplier is below its target", "%(n)s suppliers are below their targets", below)
    return put_together(
        ask,
        late_by,
        main=main,
        steps=course_of(main, ask),
        figures=[
            figure_of(main, ask, ask.view, beneath=beneath),
            figure_of(accepted, ask, ask.view),
            figure_of(delivered, ask, ask.window),
        ],
        clauses_more=[told % {"n": below} if below else _("no supplier is surely below its target")],
        wanting=[
            *needs.of_warnings(ask),
            *needs.of_ranked(ranked, ask),
            *_missing(ask, ("outgoing", "measurements", "incoming")),
        ],
        table=tables.of_suppliers(ranked, ask),
        readings=[main, accepted, *beneath, delivered],
        ranked=ranked,
    )


def _inventory(ask: Asked, late_by: timedelta | None) -> Story:
    main, days, chain = (one_of(name, ask) for name in ("turnover", "days_of_inventory", "chain_turnover"))
    turned = evaluate("turnover", **ask.window.what, by="supplier", prices="constant")
    known = [one for one in turned if one.value is not None]
    return put_together(
        ask,
        late_by,
        main=main,
        steps=course_of(main, ask),
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
    return put_together(
        ask,
        late_by,
        main=main,
        steps=course_of(main, ask),
        figures=[figure_of(one, ask, view) for one in (main, *others)],
        readings=[main, *others],
        suppliers=by_supplier,
    )


def _tasks(ask: Asked, late_by: timedelta | None) -> Story:
    """Tell of the tasks alone: no figure leads, and no course is drawn."""
    found = work.tasks_of(ask)
    late = work.overdue(found, ask)
    said = work.sentence_of(found)
    file_name = file_name_of(ask)
    return Story(
        language=ask.contents.language,
        subject=subject_of(said, [], tails_of(ask)),
        kicker=heading_of(ask),
        organisation=ask.person.organisation.shown_name,
        simulated=simulated_word(ask),
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
        notices=notices_of(None, ask, late_by),
        table=work.table_of(found, ask),
        needs_title=needs.title_of(len(late)),
        needs=late[: needs.AT_MOST],
        needs_more=more_of(len(late) - needs.AT_MOST, ask),
        foot=[
            _("Attached: %(name)s with all tasks that run, and those closed since %(day)s.")
            % {"name": file_name, "day": formatting.day(ask.period.first)},
            *why_of(ask),
        ],
        endings=endings_of(ask),
    )


def _missing(ask: Asked, kinds: Sequence[str]) -> list[Need]:
    """Return what is missing of the last month that was over when the period ended.

    A customer is told of all that it asks for, a supplier of what it must send itself.
    """
    month = needs.last_whole_month(ask.period.last)
    selection, own = selection_asked(ask), ask.person.organisation_id
    known = standings_of(selection, month, now=ask.now)
    known = [one for one in known if ask.of_customer or one.asked.sender_id == own]
    found = completeness(known, selection, month)
    return needs.of_requests([one for one in found if one.kind in kinds], month, ask)
