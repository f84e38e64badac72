"""Tables on a terminal."""

from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width


def aligned(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield lines with columns of equal width, where a Chinese character takes two places."""
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [text + " " * (room - _width(text)) for text, room in zip(line, widths, strict=True)]
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
