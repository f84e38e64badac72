"""What a mail reads: a figure, its course, and whose figures they are."""

from typing import Any

from insight.mails.asked import Asked
from insight.queries.courses import Course, course
from insight.queries.overview import selection_of
from kpis.queries.evaluate import evaluate
from kpis.queries.readings import Reading

# What comes so seldom that a week of it says little: told of the longer window.
SELDOM = {"ppm_delivered", "turnover", "days_of_inventory", "chain_turnover"}
OF_STOCK = {"turnover", "days_of_inventory", "chain_turnover"}


def one_of(name: str, ask: Asked, *, stage: str | None = None) -> Reading:
    """Read a figure of the longer window; stock at constant prices, so that prices move nothing."""
    options: dict[str, Any] = {"prices": "constant"} if name in OF_STOCK else {}
    (found,) = evaluate(name, **ask.window.what, stage=stage, **options)
    return found


def course_of(main: Reading, ask: Asked) -> Course:
    options: dict[str, Any] = {"prices": "constant"} if main.definition in OF_STOCK else {}
    return course(
        main.definition,
        ask.view.what,
        until=ask.period.last,
        step="month" if ask.contents.rhythm == "monthly" else "week",
        stage=main.stage,
        **options,
    )


def selection_asked(ask: Asked):
    return selection_of(ask.view.what)
