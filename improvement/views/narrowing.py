"""Chips that narrow a list by the filters of its API: each sets one parameter of the address."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from core.chips import Chip, Choice
from core.lists import NOT_FILTERS
from suppliers.access import MemberRequest


def chip(request: MemberRequest, name: str, parameter: str, choices: Sequence[tuple[str, Any]]) -> Chip:
    """Return a chip whose choices set one parameter of the address; several values stand with commas between."""
    now = ",".join(request.GET.getlist(parameter))
    labels = {value: str(label) for value, label in choices}
    return Chip(
        name=name,
        value=labels.get(now, now),
        choices=[
            Choice(label, address(request, {parameter: value.split(",") if value else None}), value == now)
            for value, label in labels.items()
        ],
    )


def address(request: MemberRequest, changed: dict[str, Any]) -> str:
    """Return the address of this list with some filters changed: None takes one away."""
    given = {name: values for name, values in request.GET.lists() if name not in NOT_FILTERS}
    query: dict[str, Any] = given | changed
    written = urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
    return f"{request.path}?{written}" if written else request.path
