"""What the page of a part shows of Hotelling's T²: several of its characteristics on one chart."""

from datetime import date
from typing import Any

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import formatting
from core.lead import joined
from quality.formulas.process import Band
from quality.queries.chart_decisions import decided_of_all
from quality.queries.joint_charts import JointChart, NoLimit, Points, joint_chart, names_of, proposed_points
from quality.queries.joint_values import JointValues, joint_values
from quality.views.one_track import OneTrack
from suppliers.access import PersonRequest
from suppliers.queries.parts import Limits

NO_LIMIT_WORDS: dict[NoLimit, Promise] = {
    NoLimit.TOO_FEW: gettext_lazy("There is no limit: too few points for so many characteristics."),
    NoLimit.DEPENDENT: gettext_lazy(
        "There is no limit: a characteristic does not vary, or follows exactly from the others."
    ),
}


def joint_card(
    request: PersonRequest, limits: dict[int, Limits], among: dict[str, Any], limits_until: date | None
) -> dict[str, Any]:
    """Return chart, track, words and the characteristics to choose from; by default all that have values."""
    chosen = [version for version in limits if str(version) in request.GET.getlist("of")]
    chosen = chosen if len(chosen) > 1 else list(limits)
    found = joint_values(chosen, **among)
    until = limits_until if limits_until and found.days and found.days[0] <= limits_until else None
    stands = decided_of_all(partnership=among["partnership"], versions=chosen, stage=among["stage"])
    chart = joint_chart(found, proposed_points(found), limits_until=until, decided=stands)
    names = [
        formatting.in_language(limits[one].name, limits[one].name_en) or limits[one].number
        for one in found.versions
    ]
    told = [why(chart), made_of(found, names)]
    if chart.no_limit:
        told.append(str(NO_LIMIT_WORDS[chart.no_limit]))
    return {
        "kind": "t2",
        "track": _track(found, chart, names),
        "why": joined(*told),
        "finding": missing(found, chart),
        "note": _(
            "T² is the distance of a point from the centre of all characteristics at once, with regard to how they "
            "move together; there is no lower limit. At a point beyond stands the characteristic furthest off."
        ),
        "characteristics": [
            (
                one.version,
                formatting.in_language(one.name, one.name_en) or one.number,
                one.version in found.versions,
            )
            for one in limits.values()
        ],
    }


def _track(found: JointValues, chart: JointChart, names: list[str]) -> OneTrack:
    none = np.full(len(chart.values), np.nan)
    furthest = names_of(found, names, chart)
    return OneTrack(
        name="T²",
        places=1,
        lots=[found.lots[lot] for lot in chart.lots],
        numbers=[found.numbers[lot] for lot in chart.lots],
        days=[found.days[lot] for lot in chart.lots],
        values=chart.values,
        band=Band(none, none, chart.high),
        marks=furthest,
        words=[
            _("beyond the limit, mostly by %(name)s") % {"name": name} if name else "" for name in furthest
        ],
        monitored=chart.monitored.tolist(),
        excluded=chart.excluded.tolist(),
    )


def why(chart: JointChart) -> str:
    """Say what a point is and why."""
    if chart.points is Points.LOTS:
        return _("Each point is a lot, since all lots have the same number of whole pieces.")
    return _("Each point is a piece, since lots have different numbers of whole pieces, or one.")


def made_of(found: JointValues, names: list[str]) -> str:
    """Name the characteristics that are charted."""
    between = "、" if formatting.is_chinese() else ", "
    return _("Characteristics: %(names)s.") % {"names": between.join(names)} if names else ""


def missing(found: JointValues, chart: JointChart) -> str:
    """Say which pieces and lots no point was made of."""
    told = []
    if found.incomplete:
        told.append(
            ngettext(
                "%(n)s piece misses a value and makes no point.",
                "%(n)s pieces miss a value and make no point.",
                found.incomplete,
            )
            % {"n": formatting.decimal(found.incomplete)}
        )
    if chart.earlier:
        told.append(
            ngettext(
                "%(n)s lot of earlier segments is not shown.",
                "%(n)s lots of earlier segments are not shown.",
                chart.earlier,
            )
            % {"n": formatting.decimal(chart.earlier)}
        )
    return str(joined(*told))
