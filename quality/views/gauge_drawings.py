"""Readings of a gauge study, drawn on the server: every reading a dot, every group its mean."""

from collections.abc import Sequence

import numpy as np
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.charts import Scale
from quality.views.drawing import TOP, levels, line, y

HEIGHT = 220  # px of the plane
LEFT, RIGHT = 7.0, 100.0  # per cent of the width
MOST_LABELS, MOST_ON_PHONE = 24, 8


def strips(groups: Sequence[str], values: Sequence[np.ndarray], *, zero: bool = False) -> SafeString:
    """Draw the readings of each group above its name, and a line through the means.

    Parameters
    ----------
    groups : sequence of str
        Names below, from left to right.
    values : sequence of ndarray
        Readings of each group, NaN where there is none; in one unit.
    zero : bool
        Whether a line marks zero: for deviations.
    """
    told = np.concatenate([one[np.isfinite(one)] for one in values])
    low, high = float(told.min()), float(told.max())
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    scale = Scale(low, high, pad=5)
    across = [LEFT + (RIGHT - LEFT) * (at + 0.5) / len(groups) for at in range(len(groups))]
    body = levels(scale, HEIGHT)
    if zero:
        body += format_html('<line class="spec" x1="0" x2="100%" y1="{0}" y2="{0}"/>', y(scale, 0.0, HEIGHT))
    means = [float(np.nanmean(one)) for one in values]
    means_at = [(round(x, 2), round(100 - scale.at(mean), 2)) for x, mean in zip(across, means, strict=True)]
    body += line(means_at, HEIGHT)
    body += format_html_join(
        "",
        '<circle class="dot" cx="{}%" cy="{}" r="2.6"/>',
        (
            (round(x, 2), y(scale, value, HEIGHT))
            for x, one in zip(across, values, strict=True)
            for value in one[np.isfinite(one)].tolist()
        ),
    )
    return format_html(
        '<svg class="draw histogram strips" width="100%" height="{}" aria-hidden="true" focusable="false">{}</svg>',
        TOP + HEIGHT + 24,
        body + _names(groups, across),
    )


def _names(groups: Sequence[str], across: Sequence[float]) -> SafeString:
    every, on_phone = (max(1, -(-len(groups) // most)) for most in (MOST_LABELS, MOST_ON_PHONE))
    return format_html_join(
        "",
        '<text class="tick{}" x="{}%" y="{}" text-anchor="middle">{}</text>',
        (
            ("" if at % on_phone == 0 else " wide", round(x, 2), TOP + HEIGHT + 17, name)
            for at, (x, name) in enumerate(zip(across, groups, strict=True))
            if at % every == 0
        ),
    )
