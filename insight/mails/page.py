"""A story as HTML for mail programs: tables for layout, style on every cell, pictures inside the mail."""

from functools import lru_cache

from css_inline import CSSInliner
from django.template.loader import render_to_string

from insight.mails.drawing import NARROW, WIDE, drawn
from insight.mails.letter import Picture
from insight.mails.story import Story

SIGNS = {"good": "●", "watch": "▲", "bad": "◆", "none": "○"}


def written(story: Story) -> tuple[str, tuple[Picture, ...]]:
    """Return the HTML of a mail and the pictures that it shows, a wide and a narrow one of its chart."""
    pictures: tuple[Picture, ...] = ()
    if story.chart:
        pictures = (
            Picture("chart-wide@tongpin", "chart.png", drawn(story.chart.course, WIDE)),
            Picture("chart-narrow@tongpin", "chart-phone.png", drawn(story.chart.course, NARROW)),
        )
    html = render_to_string(
        "insight/mails/mail.html",
        {"story": story, "signs": SIGNS, "wide": WIDE, "narrow": NARROW, "pictures": pictures},
    )
    return _inliner().inline(html), pictures


@lru_cache(maxsize=1)
def _inliner() -> CSSInliner:
    # Rules for phones stay in the head; nothing is ever fetched.
    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
