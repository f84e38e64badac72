"""A control chart as the browser draws it, and the same as rows of a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from core import formatting
from core.finite import finite_line
from quality.formulas.time_weighted import Memory
from quality.queries.process_charts import ProcessChart
from quality.queries.processes import LotValues
from quality.views.chart_words import DRAWN_PLACES, RULE_WORDS, TRACK_WORDS, limits_at, short


@dataclass(frozen=True, slots=True)
class Row:
    """One point of the table twin."""

    place: int
    lot_id: int
    lot: str
    day: str
    monitored: bool
    level: str
    limits: str
    spread: str
    spread_limits: str
    rules: str
    excluded: bool


def drawn(found: LotValues, chart: ProcessChart, places: int) -> dict[str, Any]:
    """Return numbers, limits, marks, words and addresses of the points, for `charts.js`."""
    lots = chart.places.tolist()
    urls = {place: reverse("lot", args=[found.lots[place]]) for place in set(lots)}
    upper, _lower = chart.tracks
    return {
        "kind": "control",
        "labels": list(range(1, len(lots) + 1)),
        "places": places,
        "tracks": [
            {
                "name": str(TRACK_WORDS[track.name]),
                "values": finite_line(track.values, places=DRAWN_PLACES),
                "centre": finite_line(track.band.centre, places=DRAWN_PLACES),
                "low": finite_line(track.band.low, places=DRAWN_PLACES),
                "high": finite_line(track.band.high, places=DRAWN_PLACES),
                "marks": [
                    [place, "·".join(short(rule) for rule in rules)]
                    for place, rules in enumerate(track.rules)
                    if rules
                ],
            }
            for track in chart.tracks
        ],
        "names": {
            "centre": _("Centre"),
            "low": "LCL",
            "high": "h" if chart.memory is Memory.CUSUM else "UCL",
        },
        "lines": _lines(chart),
        "excluded": np.flatnonzero(chart.excluded).tolist(),
        "values": finite_line(upper.values, places=DRAWN_PLACES),
        "words": list(_words(found, chart, places)),
        "links": [urls[place] for place in lots],
    }


def rows_of(found: LotValues, chart: ProcessChart, places: int, only: Sequence[int]) -> list[Row]:
    """Return the points at some places as rows, in the order given."""
    upper, lower = chart.tracks
    rows = []
    for at in only:
        lot = chart.places[at]
        rules = dict.fromkeys([*upper.rules[at], *lower.rules[at]])
        rows.append(
            Row(
                place=at + 1,
                lot_id=found.lots[lot],
                lot=found.numbers[lot],
                day=formatting.day(found.days[lot]),
                monitored=bool(chart.monitored[at]),
                level=formatting.decimal(float(upper.values[at]), places),
                limits=limits_at(upper.band, at, places),
                spread=formatting.decimal(float(lower.values[at]), places),
                spread_limits=limits_at(lower.band, at, places),
                rules="; ".join(f"{short(rule)} {RULE_WORDS[rule]}" for rule in rules),
                excluded=bool(chart.excluded[at]),
            )
        )
    return rows


def _lines(chart: ProcessChart) -> list[dict[str, Any]]:
    """Where a segment begins, and where points begin that are held against limits made before them."""
    lines = [{"at": one.first, "label": _("segment")} for one in chart.segments if one.first]
    ends = [*(one.first for one in chart.segments[1:]), len(chart.places)]
    for one, end in zip(chart.segments, ends, strict=True):
        later = chart.monitored[one.first : end]
        if later.any():
            word = _("limits frozen") if one.frozen else _("monitored from here")
            lines.append({"at": one.first + int(np.argmax(later)), "label": word})
    return lines


def _words(found: LotValues, chart: ProcessChart, places: int) -> list[str]:
    upper, lower = chart.tracks
    names = [str(TRACK_WORDS[track.name]) for track in chart.tracks]
    told = []
    for at, lot in enumerate(chart.places.tolist()):
        lines = [
            f"{at + 1} · {found.numbers[lot]} · {formatting.day(found.days[lot])}",
            f"{names[0]} {formatting.decimal(float(upper.values[at]), places)}",
            f"{names[1]} {formatting.decimal(float(lower.values[at]), places)}",
        ]
        lines += [
            f"{short(rule)} {RULE_WORDS[rule]}"
            for rule in dict.fromkeys([*upper.rules[at], *lower.rules[at]])
        ]
        told.append("\n".join(lines))
    return told
