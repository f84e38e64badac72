"""The first line of a page: its answer in words, made from the figures by rules, never typed."""

from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core import formatting


@dataclass(frozen=True, slots=True)
class Lead:
    """The sentence and the tone of its edge: empty, good, watch or bad."""

    text: SafeString
    tone: str = ""


def joined(*sentences: SafeString | str) -> SafeString:
    """Set sentences side by side; English ones with a blank between them."""
    between = "" if formatting.is_chinese() else " "
    return format_html_join(between, "{}", ((one,) for one in sentences if one))


def strong(text: str) -> SafeString:
    """Set a number of a sentence in bold, and keep it on one line."""
    return format_html('<b class="num">{}</b>', text)
