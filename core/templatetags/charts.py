"""Template tags for the drawings of `core.charts`."""

from django import template

from core import charts

register = template.Library()

for draw in (
    charts.axis,
    charts.bar,
    charts.dumbbell,
    charts.sparkline,
    charts.whisker,
):
    register.simple_tag(draw)
