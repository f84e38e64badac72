"""Keys by which written names are compared and sorted."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from pypinyin import Style, lazy_pinyin


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
