"""The history of a programme in words: who changed what, from what to what."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core import formatting
from improvement.models import Pledge, ProgrammeChange, ProgrammeEvent
from improvement.queries.programme import way_of
from improvement.views.pledge_words import reading_of, target_of, title_of


@dataclass(frozen=True, slots=True)
class EventRow:
    at: datetime
    who: str
    text: str


def event_row(event: ProgrammeEvent) -> EventRow:
    return EventRow(event.at, str(event.by.user), what_changed(event))


def what_changed(event: ProgrammeEvent) -> str:
    told = {"what": event.subject, "before": event.before, "after": event.after}
    match event.kind:
        case ProgrammeChange.EDITED:
            field = {
                "what": field_word(event.subject),
                "before": shown(event.before),
                "after": shown(event.after),
            }
            return _("changed %(what)s from “%(before)s” to “%(after)s”") % field
        case ProgrammeChange.PLEDGED | ProgrammeChange.UNPLEDGED:
            return pledge_words(event.reading)
        case ProgrammeChange.JOINED if event.before:
            days = {"before": shown(event.before), "after": shown(event.after)}
            return _("changed since when %(what)s is a member, from %(before)s to %(after)s") % (told | days)
        case ProgrammeChange.JOINED:
            return _("let %(what)s in from %(after)s") % (told | {"after": shown(event.after)})
        case ProgrammeChange.LEFT:
            return _("let %(what)s go: no member from %(after)s") % (told | {"after": shown(event.after)})
        case ProgrammeChange.LISTED:
            return _("made %(what)s a key task") % told
        case ProgrammeChange.UNLISTED:
            return _("took %(what)s off the key tasks") % told
    return str(ProgrammeChange(event.kind).label)


def pledge_words(reading: dict[str, Any]) -> str:
    """Say what was pledged, taken back, or pledged otherwise, and in which reading."""
    before, after = (pledge_of(reading, reading[when]) for when in ("before", "after"))
    if after is None:
        assert before is not None
        told = {"pledge": title_of(before), "reading": reading_of(way_of(before))}
        return _("took back the pledge “%(pledge)s” (%(reading)s)") % told
    told = {"pledge": title_of(after), "reading": reading_of(way_of(after))}
    if before is None:
        return _("pledged “%(pledge)s” (%(reading)s)") % told
    return _("changed a pledge from %(before)s to “%(pledge)s” (%(reading)s)") % (
        told | {"before": target_of(before)}
    )


def pledge_of(reading: dict[str, Any], told: dict[str, Any] | None) -> Pledge | None:
    if told is None:
        return None
    named = {name: reading[name] for name in ("kpi", "stage", "average", "prices")}
    return Pledge(**named, by_change=told["by_change"], target=Decimal(told["target"]))


def shown(text: str) -> str:
    """Write a day like all days; other text as it is."""
    try:
        return formatting.day(date.fromisoformat(text))
    except ValueError:
        return text


def field_word(field: str) -> str:
    words = {
        "name": _("the name"),
        "name_en": _("the name in English"),
        "baseline_from": _("the first day of the baseline"),
        "baseline_to": _("the last day of the baseline"),
        "report_from": _("the first day of the report period"),
        "report_to": _("the last day of the report period"),
        "source_note": _("where the pledge is written"),
    }
    return words[field]
