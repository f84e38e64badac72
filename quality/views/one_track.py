"""A chart of one track, of inspections or of several characteristics: drawn, as rows, and as a sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from core import formatting
from core.workbook import CODE, COUNT, DAY, LONG, TEXT, Heading, Kind, Sheet
from quality.formulas.process import Band

NUMBER = Kind(str, "General", is_number=True)
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
                "values": numbers(track.values),
                "centre": numbers(track.band.centre),
                "low": numbers(track.band.low),
                "high": numbers(track.band.high),
                "marks": [[place, mark] for place, mark in enumerate(track.marks) if mark],
            }
        ],
        "names": {"centre": _("Centre"), "low": "LCL", "high": "UCL"},
        "lines": [{"at": int(later[0]), "label": _("monitored from here")}] if later.size else [],
        "excluded": np.flatnonzero(track.excluded).tolist(),
        "values": numbers(track.values),
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
            "limits": _limits(track, at),
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
        *(numbers(line) for line in (track.values, *track.band)),
        *([_("yes") if one else "" for one in ones] for ones in (track.monitored, track.excluded)),
        track.words,
        strict=True,
    )
    return Sheet(_("Control chart"), headings, (list(row) for row in columns))


def numbers(line: np.ndarray) -> list[float | None]:
    return [
        round(value, 9) if np.isfinite(value) else None for value in np.asarray(line, dtype=float).tolist()
    ]


def _limits(track: OneTrack, at: int) -> str:
    low, high = float(track.band.low[at]), float(track.band.high[at])
    if not np.isfinite(low):
        return formatting.decimal(high, track.places)
    return formatting.interval(low, high, track.places)
