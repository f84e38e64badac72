"""The door: what a mail says is read, then written three times from the same words."""

from datetime import datetime, timedelta

from django.utils import timezone, translation

from core.period import Period
from insight.mails import page, plain, workbook
from insight.mails.letter import Contents, Mail
from insight.mails.stories import story_of
from suppliers.access import Person


def compose(
    *,
    person: Person,
    contents: Contents,
    period: Period,
    now: datetime,
    late_by: timedelta | None = None,
) -> Mail:
    """Write the mail that tells a person about a period.

    Figures come from the scope that is open: the caller looks as the person. The number of queries does
    not depend on the number of suppliers, parts or lots. Without data the mail says so.

    Parameters
    ----------
    person : Person
        Who reads it, from the side of the own organisation that `contents` names.
    contents : Contents
        What the mail is about.
    period : Period
        Days of the customer's calendar.
    now : datetime
        When it is written.
    late_by : timedelta, optional
        How long after its hour it is written, if that is worth a word.

    Returns
    -------
    Mail
        At most 100 kB of HTML and 200 kB of pictures.

    Raises
    ------
    kpis.definitions.UnknownKpi, kpis.queries.evaluate.QuestionMakesNoSense
        If the contents name a KPI or a stage that there is not.
    """
    with translation.override(contents.language), timezone.override(contents.zone):
        story = story_of(person=person, contents=contents, period=period, now=now, late_by=late_by)
        html, pictures = page.written(story)
        return Mail(
            subject=story.subject,
            text=plain.written(story),
            html=html,
            pictures=pictures,
            attachments=(workbook.written(story),),
        )
