"""A story as plain text: complete, 72 columns wide, Chinese characters counted as two."""

import re
import unicodedata
from collections.abc import Iterator

from django.utils.translation import gettext as _

from insight.mails.story import Figure, Need, Row, Story

COLUMNS = 72
SIGNS = {"good": "●", "watch": "▲", "bad": "◆", "none": "○"}

# What may stand together on a line that is never broken inside: words of Latin letters and digits, with
# their signs; of Chinese a character with the punctuation that must not begin a line.
NEVER_FIRST = "，。；：、！？）》」』”’%…·,.;:!?)"
WORD = re.compile(rf"[^\s\u2e80-\uffef]+[{NEVER_FIRST}]*|[（《「『“‘]*[\u2e80-\uffef][{NEVER_FIRST}]*|\s+")


def written(story: Story) -> str:
    """Write a mail without marks; an address stands on a line of its own, whatever its length."""
    blocks = [list(_head(story)), *(list(_figure(one)) for one in story.figures)]
    if story.chart:
        blocks.append([*filled(story.chart.finding), *filled(story.chart.note)])
    if story.table:
        blocks.append([*_titled(story.table.title), *filled(story.table.note)])
        blocks += [list(_row(row)) for row in story.table.rows]
        blocks.append(filled(story.table.more))
    if story.needs_title:
        blocks.append(_titled(story.needs_title))
    blocks += [list(_need(number, one)) for number, one in enumerate(story.needs, 1)]
    if story.needs_more:
        blocks.append([*filled(story.needs_more.text), story.needs_more.url])
    if story.pledges:
        blocks.append(_titled(_("What was pledged")))
        blocks += [[*filled(one.text), one.url] for one in story.pledges]
    if story.tasks:
        blocks.append([*_titled(_("Improvement tasks")), *filled(story.tasks.text), story.tasks.url])
    blocks.append([*filled(story.view.text), story.view.url])
    blocks.append(list(_foot(story)))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _head(story: Story) -> Iterator[str]:
    yield from filled(_("Tongpin"))
    yield from filled(story.kicker)
    yield from filled(story.organisation)
    yield from filled(story.simulated)
    for notice in story.notices:
        yield from filled(f"! {notice}")
    yield ""
    yield from _titled(story.headline)
    yield from filled(story.calm)


def _titled(text: str) -> list[str]:
    lines = filled(text)
    return [*lines, "-" * max(map(width_of, lines))]


def _figure(one: Figure) -> Iterator[str]:
    value = f"{one.value}{one.unit}" if one.value else f"— {one.reason}"
    yield from filled(_("%(label)s: %(text)s") % {"label": one.name, "text": value})
    if one.change:
        yield from filled(f"  {one.change.amount} {one.change.word} {one.change.against}", indent="  ")
    for note in (*one.notes, *one.beneath):
        yield from filled(f"  {note}", indent="  ")
    if one.source:
        yield from filled(
            "  " + _("%(label)s: %(text)s") % {"label": one.source.text, "text": ""}, indent="  "
        )
        yield one.source.url


def _row(row: Row) -> Iterator[str]:
    told = {"label": f"{SIGNS[row.state]} {row.name}", "text": f"{row.value}  {row.word}"}
    yield from filled(_("%(label)s: %(text)s") % told, indent="  ")
    yield from filled(f"  {row.note}", indent="  ")


def _need(number: int, one: Need) -> Iterator[str]:
    yield from filled(f"{number}. {SIGNS[one.state]} {one.title}", indent="   ")
    yield from filled(f"   {one.text}", indent="   ")
    yield from filled("   " + _("%(label)s: %(text)s") % {"label": one.link.text, "text": ""}, indent="   ")
    yield one.link.url


def _foot(story: Story) -> Iterator[str]:
    yield "-" * COLUMNS
    for line in story.foot:
        yield from filled(line)
    if story.definitions:
        yield from filled(
            _("Definitions: %(names)s") % {"names": _(", ").join(one.text for one in story.definitions)}
        )
    for link in story.endings:
        yield from filled(_("%(label)s: %(text)s") % {"label": link.text, "text": ""})
        yield link.url


def filled(text: str, *, indent: str = "") -> list[str]:
    """Break a text into lines of at most 72 columns; further lines begin with `indent`.

    A word that is longer than a line is cut.
    """
    lines, line = [], ""
    for word in WORD.findall(re.sub(r"[\r\n\t]+", " ", text)):
        for piece in _pieces(word):
            if width_of(line) + width_of(piece.rstrip()) > COLUMNS:
                lines.append(line.rstrip())
                line = indent
            if piece.isspace() and line in {"", indent} and lines:
                continue
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(word: str) -> Iterator[str]:
    room = COLUMNS - 8
    piece = ""
    for letter in word:
        if width_of(piece) + width_of(letter) > room:
            yield piece
            piece = ""
        piece += letter
    yield piece


def width_of(text: str) -> int:
    """Return how many columns a text takes: two for a full-width or ambiguous character, none for a mark."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WFA" else 1
        for letter in text
    )
