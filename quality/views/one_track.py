"""A chart of one track, of inspections or of several characteristics: drawn, as rows, and as a sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from core import formatting
from core.finite import finite_line
from core.workbook import CODE, COUNT, DAY, LONG, NUMBER, TEXT, Heading, Sheet
from quality.formulas.process import Band
from quality.views.chart_words import DRAWN_PLACES, limits_at

MOST_ROWS = 200  # of the table on the page; the workbook holds all


@dataclass(frozen=True, slots=True)
class OneTrack:
    """Points in order of time, each of one lot, in the unit that `name` says."""

    name: str
    places: int
    lots: Sequence[int]
    numbers: Sequence[str]
    days: Sequence[date]
    values: np.ndarray
    band: Band
    marks: Sequence[str]  # what stands at a point that signals, in short
    words: Sequence[str]  # and in full; both empty at one that does not
    monitored: Sequence[bool]
    excluded: Sequence[bool]
    beside: Sequence[tuple[str, Sequence[int]]] = ()  # further whole numbers of each point, with their names


def drawn(track: OneTrack) -> dict[str, Any]:
    """Return what `charts.js` draws."""
    urls = {lot: reverse("lot", args=[lot]) for lot in set(track.lots)}
    later = np.flatnonzero(track.monitored)
    return {
        "kind": "control",
        "labels": list(range(1, len(track.lots) + 1)),
        "places": track.places,
        "tracks": [
            {
                "name": track.name,
                "values": finite_line(track.values, places=DRAWN_PLACES),
                "centre": finite_line(track.band.centre, places=DRAWN_PLACES),
                "low": finite_line(track.band.low, places=DRAWN_PLACES),
                "high": finite_line(track.band.high, places=DRAWN_PLACES),
                "marks": [[place, mark] for place, mark in enumerate(track.marks) if mark],
            }
        ],
        "names": {"centre": _("Centre"), "low": "LCL", "high": "UCL"},
        "lines": [{"at": int(later[0]), "label": _("monitored from here")}] if later.size else [],
        "excluded": np.flatnonzero(track.excluded).tolist(),
        "values": finite_line(track.values, places=DRAWN_PLACES),
        "words": [
            "\n".join(
                [
                    f"{at + 1} · {number} · {formatting.day(day)}",
                    f"{track.name} {formatting.decimal(float(value), track.places)}",
                    *(f"{name} {formatting.decimal(line[at])}" for name, line in track.beside),
                    *([track.words[at]] if track.words[at] else []),
                ]
            )
            for at, (number, day, value) in enumerate(
                zip(track.numbers, track.days, track.values, strict=True)
            )
        ],
        "links": [urls[lot] for lot in track.lots],
    }


def newest_rows(track: OneTrack) -> list[dict[str, Any]]:
    """Return the newest points as rows, the latest first."""
    return [
        {
            "place": at + 1,
            "lot_id": track.lots[at],
            "lot": track.numbers[at],
            "day": formatting.day(track.days[at]),
            "beside": [formatting.decimal(line[at]) for _name, line in track.beside],
            "value": formatting.decimal(float(track.values[at]), track.places),
            "limits": limits_at(track.band, at, track.places),
            "words": track.words[at],
            "excluded": track.excluded[at],
        }
        for at in range(len(track.lots) - 1, max(-1, len(track.lots) - 1 - MOST_ROWS), -1)
    ]


def sheet(track: OneTrack) -> Sheet:
    """Return every point as a sheet."""
    headings = [
        *(Heading(_("Point"), COUNT), Heading(_("Lot"), CODE), Heading(_("Day"), DAY)),
        *(Heading(name, COUNT) for name, _line in track.beside),
        *(Heading(name, NUMBER) for name in (track.name, _("Centre"), "LCL", "UCL")),
        *(Heading(_("Monitored"), TEXT), Heading(_("Left out"), TEXT), Heading(_("Signal"), LONG)),
    ]
    columns = zip(
        range(1, len(track.lots) + 1),
        track.numbers,
        track.days,
        *(line for _name, line in track.beside),
        *(finite_line(line, places=DRAWN_PLACES) for line in (track.values, *track.band)),
        *([_("yes") if one else "" for one in ones] for ones in (track.monitored, track.excluded)),
        track.words,
        strict=True,
    )
    return Sheet(_("Control chart"), headings, (list(row) for row in columns))
