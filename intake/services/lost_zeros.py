"""Part numbers whose leading zeros a spreadsheet dropped: the zeros are offered back once for a layout."""

from collections.abc import Mapping
from typing import Any

from intake.services.routing import Routed
from intake.services.whole_file import question

QUESTION = (
    "lost_zeros"  # id and kind of the question; its answer is remembered with those about names and parts
)
YES, NO = "yes", "no"


def question_about(
    routed: Routed, answers: Mapping[str, Any], numbers: Mapping[int, str]
) -> list[dict[str, Any]]:
    """Return the question whether the parts with their zeros are meant; none where it was answered.

    Parameters
    ----------
    numbers : mapping of int to str
        Part to its number, as its customer writes it.
    """
    without = [number for number, place in enumerate(routed.places) if place.lost_zero]
    if not without or QUESTION in answers:
        return []
    first = without[0]
    params = {
        "codes": len({routed.wordings.at[number, "part_no"] for number in without}),
        "rows": int(routed.rows["wording"].isin(without).sum()),
        "said": routed.wordings.at[first, "part_no"],
        "meant": numbers.get(routed.places[first].lost_zero, ""),
    }
    return [question(QUESTION, [YES, NO], params)]
