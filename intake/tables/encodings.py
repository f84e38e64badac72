"""Text that was read as GB18030 and may be Big5: its words tell, and a person says which it is."""

import hashlib

from intake.readers.workbook import Workbook
from intake.tables.words import is_known, key_of

ROWS_LOOKED_AT = 40
BIG5, GB18030 = "big5", "gb18030"


def big5_instead(book: Workbook) -> tuple[list[str], list[str]] | None:
    """Return the header as it was read and as it reads in Big5, where only the latter has words of the trade.

    None where somebody said the encoding, where it is certain, or where the text as read has more such words.
    """
    if book.encoding != GB18030 or book.encoding_is_said or book.format != "csv":
        return None
    best: tuple[int, list[str], list[str]] = (0, [], [])
    as_read = 0
    for row in book.sheets[0].cells[:ROWS_LOOKED_AT]:
        texts = [cell for cell in row if isinstance(cell, str)]
        other = [_in_big5(text) for text in texts]
        as_read = max(as_read, sum(map(is_known, texts)))
        if (known := sum(map(is_known, other))) > best[0]:
            best = (known, texts, other)
    known, texts, other = best
    return (texts, other) if known >= 2 and known > as_read else None


def layout_of(header: list[str]) -> str:
    """What an answer about the encoding of such a file is remembered by."""
    return hashlib.sha256("\n".join(map(key_of, header)).encode()).hexdigest()


def _in_big5(text: str) -> str:
    try:
        return text.encode(GB18030).decode(BIG5)
    except UnicodeError:
        return ""
