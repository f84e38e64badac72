"""Keys by which written names are compared and sorted, and numbers as addresses write them."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

LONGEST_NUMBER = 18  # digits: what every column of ids holds


def number_or_none(text: str) -> int | None:
    """Read a whole number as an address or a form writes it; None for anything else, also for one too long."""
    plain = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return int(text) if plain else None


@lru_cache(maxsize=65536)  # the same names of parts and partners come with every file
def folded(text: str) -> str:
    """Return the key by which two spellings are one: NFKC, trimmed, case and inner blanks ignored."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def folded_all(texts: Iterable[str]) -> list[str]:
    """Return `folded` of many texts, which are mostly plain numbers and different from each other."""
    return [
        text.lower() if text.isascii() and text.isprintable() and " " not in text else folded(text)
        for text in texts
    ]


def pinyin_key(text: str) -> str:
    """Return the key by which a name is sorted and found, Chinese by its pinyin, in plain ASCII order."""
    return "".join(lazy_pinyin(unicodedata.normalize("NFKC", text), style=Style.NORMAL)).casefold()
