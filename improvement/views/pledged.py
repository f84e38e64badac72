"""What a customer pledged of its pass rate: the tag of a reading, a line in the trend, where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from improvement.models import Pledge
from improvement.queries.programme import members_counting, members_of, pledge_of_rate, standing
from improvement.views.pledge_words import target_of, word_of
from improvement.views.pledges import STATES
from kpis.definitions import CORRECTED, INCOMING, REPORTED
from kpis.filters import View
from kpis.queries.ranking import Ranked
from kpis.queries.readings import Reading
from kpis.views.figures import Headline


@dataclass(frozen=True, slots=True)
class Pledged:
    """A pledge beside the readings that a page shows."""

    stage: str
    target: float
    said: str
    url: str
    state: str = ""
    word: str = ""  # blank where the page does not show the programme's own figure

    @property
    def line(self) -> tuple[float, str]:
        """The dashed line of a trend, in per cent."""
        return round(100 * self.target, 4), self.said


def pledged(
    customer_id: int, view: View, readings: Sequence[Reading], ranked: Sequence[Ranked], *, running: bool
) -> Pledged | None:
    """Return the pledge of the days in view, if there is one.

    Where it stands is said only of the programme's own figure: its report period, its members, all parts.
    """
    pledge = pledge_of_rate(customer_id, on=view.period.last)
    if pledge is None:
        return None
    told = Pledged(
        stage=pledge.stage,
        target=float(pledge.target),
        said=_("pledge ≥ %(target)s") % {"target": target_of(pledge)},
        url=reverse("programme", args=[pledge.programme.slug]),
    )
    if view.period != pledge.programme.report_period or view.parts or not _of_members(pledge, ranked):
        return told
    found = standing(pledge, next(one for one in readings if one.stage == pledge.stage))
    return replace(told, state=STATES[found.word], word=word_of(found, running=running))


def _of_members(pledge: Pledge, ranked: Sequence[Ranked]) -> bool:
    counting = members_counting(pledge.programme, members_of(pledge.programme))
    codes = {member.partnership.supplier.code for member in counting}
    return codes == {one.reading.by["supplier"] for one in ranked}


def with_tag(headline: Headline, pledge: Pledged | None) -> Headline:
    """Tag the reading that the pledge is about."""
    if pledge is None:
        return headline
    tag, stage = pgettext("reading of a KPI", "pledged"), pledge.stage
    order = (REPORTED, INCOMING, CORRECTED)
    tagged = [
        replace(one, tag=tag) if of == stage else one
        for of, one in zip(order, headline.readings, strict=True)
    ]
    return replace(headline, readings=tagged)
