"""The parts of a mail about figures, put together."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _

from insight.mails import needs, work
from insight.mails.asked import Asked
from insight.mails.courses import chart_of
from insight.mails.framing import (
    definitions_of,
    endings_of,
    foot_of,
    more_of,
    notices_of,
    page_of,
    simulated_word,
)
from insight.mails.leading import calm_word, finding_of
from insight.mails.lots import lots_of
from insight.mails.naming import file_name_of, heading_of, tails_of
from insight.mails.story import Behind, Figure, Link, Need, Story, Table
from insight.mails.words import clauses, subject_of
from insight.queries.courses import Course
from kpis.queries.ranking import Ranked
from kpis.queries.readings import Reading


def put_together(
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
    pledges: Sequence[Link] = (),
) -> Story:
    """Put the parts of a mail together: what leads, what it rests on, what the workbook holds.

    `wanting` is None where nobody looked for what needs attention, so that nothing is said of it.
    """
    looked, wanting = wanting is not None, wanting or ()
    wants = needs.clause_of(len(wanting))
    finding = finding_of(main, steps, ask)
    lots, left_out = lots_of(ask)
    file_name = file_name_of(ask)
    return Story(
        language=ask.contents.language,
        subject=subject_of(finding, [clause for clause in (wants, *clauses_more) if clause], tails_of(ask)),
        kicker=heading_of(ask),
        organisation=ask.person.organisation.shown_name,
        simulated=simulated_word(ask),
        headline=clauses([finding, *clauses_more, wants]),
        calm=calm_word(main, steps, ask),
        view=Link(_("See it in Tongpin"), ask.link(page_of(ask, main))),
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
        notices=notices_of(
            next((one for one in readings if one.definition == "turnover"), None), ask, late_by
        ),
        figures=figures,
        chart=chart_of(steps, ask),
        table=table,
        needs_title=needs.title_of(len(wanting)) if looked else "",
        pledges=pledges,
        tasks=work.line_of(tasks, ask) if tasks else None,
        needs=wanting[: needs.AT_MOST],
        needs_more=more_of(len(wanting) - needs.AT_MOST, ask),
        foot=foot_of(ask, main, file_name),
        definitions_name=(_("Definitions: %(names)s") % {"names": ""}).rstrip(),
        definitions=definitions_of(readings, ask),
        endings=endings_of(ask),
    )
