"""Differences of paired values over their mean (Bland and Altman), drawn on the server."""

import numpy as np
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core import formatting
from core.charts import Scale
from quality.queries.measured_pairs import MeasuredAgreement
from quality.views.drawing import TOP, levels, y

HEIGHT = 200  # px of the plane


def differences(one: MeasuredAgreement) -> SafeString:
    """Draw a dot a lot, the line of the bias, and the limits of agreement dashed."""
    assert one.found is not None
    means = np.array([(pair.supplier + pair.customer) / 2 for pair in one.pairs])
    apart = np.array([pair.difference for pair in one.pairs])
    low, high = (float(end) for end in one.found.loa)
    across = Scale(float(means.min()), float(means.max()), pad=8)
    upward = Scale(min(low, 0.0, float(apart.min())), max(high, 0.0, float(apart.max())), pad=6)
    body = levels(upward, HEIGHT)
    body += format_html(
        '<line class="spec" x1="0" x2="100%" y1="{0}" y2="{0}"/>', y(upward, float(one.found.bias), HEIGHT)
    )
    body += format_html_join(
        "",
        '<line class="oc-drop" x1="0" x2="100%" y1="{0}" y2="{0}"/>',
        ((y(upward, end, HEIGHT),) for end in (low, high)),
    )
    body += format_html_join(
        "",
        '<circle class="dot" cx="{}%" cy="{}" r="3"/>',
        (
            (across.at(mean), y(upward, value, HEIGHT))
            for mean, value in zip(means.tolist(), apart.tolist(), strict=True)
        ),
    )
    places = one.limits.places
    body += format_html_join(
        "",
        '<text class="tick" x="{}%" y="{}" text-anchor="middle">{}</text>',
        ((across.at(tick), TOP + HEIGHT + 16, formatting.decimal(tick, places)) for tick in across.ticks(4)),
    )
    return format_html(
        '<svg class="draw histogram" width="100%" height="{}" aria-hidden="true" focusable="false">{}</svg>',
        TOP + HEIGHT + 24,
        body,
    )
