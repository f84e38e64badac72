"""What the address of a chart page asks for, and how another page of it is addressed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from core import formatting
from quality.formulas.run_rules import NELSON, USUAL_RULES, WESTERN_ELECTRIC, Rule
from quality.models import Stage
from quality.views.chart_words import RULE_WORDS, short
from suppliers.access import PersonRequest
from suppliers.queries.parts import partnerships_of_part
from suppliers.queries.seats import CUSTOMER, side_of_session


@dataclass(frozen=True, slots=True)
class Whose:
    """The partnership whose lots are looked at, who supplies, and who stands at the reader's other end.

    `suppliers` are code and name of those that could be looked at instead.
    """

    partnership: int
    supplier: str  # code
    supplier_name: str
    supplier_id: int
    other: str  # code
    other_name: str
    suppliers: list[tuple[str, str]]


def whose_asked(request: PersonRequest, part_id: int) -> Whose:
    """Return the partnership of the supplier that is asked for, or the first one.

    Raises Http404 where there is none: what is not shared is not there.
    """
    every = {one.supplier.code: one for one in partnerships_of_part(part_id)}
    code = request.GET.get("supplier", "") or next(iter(every), "")
    if code not in every:
        raise Http404
    chosen = every[code]
    other = chosen.supplier if side_of_session(request) == CUSTOMER else chosen.customer
    return Whose(
        chosen.pk,
        code,
        _name(chosen.supplier),
        chosen.supplier_id,
        other.code,
        _name(other),
        [(one, _name(partnership.supplier)) for one, partnership in every.items()],
    )


def _name(organisation: Any) -> str:
    return formatting.in_language(organisation.name, organisation.name_en)


def stage_asked(request: PersonRequest, usual: Stage = Stage.OUTGOING) -> str:
    text = request.GET.get("stage", "")
    return text if text in Stage.values else str(usual)


def day_asked(request: PersonRequest, name: str) -> date | None:
    """Return a day of the address, or None where it is none."""
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


def rules_asked(request: PersonRequest) -> list[Rule]:
    """Return the rules that are switched on; an address that says nothing means the usual ones."""
    if "rules" not in request.GET:
        return list(USUAL_RULES)
    given = request.GET.getlist("rules")
    return [rule for rule in Rule if rule.value in given]


def rule_sets(on: Sequence[Rule]) -> list[tuple[str, list[tuple[str, str, str, bool]]]]:
    """Return both sets of rules as boxes to tick."""
    return [
        (title, [(rule.value, short(rule), str(RULE_WORDS[rule]), rule in on) for rule in rules])
        for title, rules in ((_("Nelson"), NELSON), (_("Western Electric"), WESTERN_ELECTRIC))
    ]


def address(request: PersonRequest, **changed: Any) -> str:
    """Return this page with parameters changed; None takes one away."""
    query = request.GET.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    text = query.urlencode()
    return f"{request.path}?{text}" if text else request.path
