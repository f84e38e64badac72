"""What a page looks at: the filters that pages, exports and API calls share, read from the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.utils.translation import gettext as _

from core import clock
from core.period import Period
from kpis.queries.periods import period_with_data, year_before
from kpis.queries.sources import Sources, selected
from suppliers.access import PersonRequest
from suppliers.filters import suppliers_asked, usual_scope, words_of
from suppliers.queries.seats import CUSTOMER, side_of_session

STAGES = ("outgoing", "incoming")


@dataclass(frozen=True)
class View:
    """Whose figures of which days, against which: an address holds it all.

    What an address says that is no date, stage or page of ours is left aside, as if it were not there.
    """

    customer: str | None
    suppliers: Sequence[str] | None
    parts: Sequence[str] | None
    period: Period
    base: Period
    stage: str | None
    is_usual: bool  # nobody named the days: they are the last ones with data
    given: Mapping[str, Sequence[str]]  # the address as it came
    held: Mapping[str, Any]  # filters that the page itself sets: a supplier's page, a part's
    sources: Sources = field(default_factory=Sources, compare=False)  # what the page has read so far

    @property
    def what(self) -> dict[str, Any]:
        """The question that `kpis.queries.evaluate.evaluate` is asked, with the days to compare with."""
        return {
            "customer": self.customer,
            "suppliers": self.suppliers,
            "parts": self.parts,
            "period": self.period,
            "base": self.base,
            "sources": self.sources,
        }

    def address(self, path: str, **changed: str | Sequence[str] | None) -> str:
        """Return an address with this view's filters, changed: None takes one away."""
        query: dict[str, Any] = {name: list(values) for name, values in self.given.items()}
        for name, value in {**self.held, **changed}.items():
            if value is None:
                query.pop(name, None)
            else:
                query[name] = [value] if isinstance(value, str) else list(value)
        written = urlencode(sorted(query.items()), doseq=True)
        return f"{path}?{written}" if written else path

    def of_figure(self, path: str, **changed: str | Sequence[str] | None) -> str:
        """Return the address of what belongs to one figure: as `address`, and the days are written out."""
        days = {
            "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
            "base": str(self.base),
        }
        return self.address(path, **(days | changed))

    def kept(self, *names: str) -> list[tuple[str, str]]:
        """Return the filters of the address but those named, as a form sends them along."""
        return [(name, value) for name, values in self.given.items() if name not in names for value in values]


def read_view(
    request: PersonRequest, *, supplier: str | None = None, part: tuple[str, str] | None = None
) -> View:
    """Read the view of a page from its address, as the person looks: as a customer, or as a supplier.

    A customer looks at its own suppliers, all or those that the address names; one who looks after some
    looks at these where the address says nothing. A supplier looks at itself, with one of its customers or
    all. A page about one `supplier` (its code) or `part` (the code of its customer and its number) fixes it.
    """
    assert request.person is not None
    query, own = request.GET, request.person.organisation.code
    given = {name: list(values) for name, values in query.lists() if name not in {"page", "as"}}
    if not given and not supplier and not part:
        given = {name: [value] for name, value in usual_scope(request).items()}
    customer: str | None
    if side_of_session(request) == CUSTOMER:
        named = [supplier] if supplier else suppliers_asked(request, given)
        customer, held = own, {"supplier": [supplier]} if supplier else {}
    else:
        customer, named, held = query.get("customer") or None, [own], {}
    if part:
        customer, number = part
        held |= {"part": [number]}
    what: dict[str, Any] = {
        "customer": customer,
        "suppliers": named or None,
        "parts": [part[1]] if part else words_of(given, "part") or None,
    }
    sources = Sources(clock.now())
    usual = period_with_data(selected(sources, **what))
    period, base = _period(query.get("from"), query.get("to")), _parsed(query.get("base"))
    if not all(days is None or days.may_be_meant for days in (period, base)):
        messages.warning(
            request, _("A period has at most ten years, between 1990 and 2199: the usual one is shown.")
        )
        period = base = None
    period_shown, base_shown = period or usual, base or year_before(period or usual)
    sources.look_at(base_shown, period_shown)
    return View(
        **what,
        period=period_shown,
        base=base_shown,
        stage=query.get("stage") if query.get("stage") in STAGES else None,
        is_usual=period is None,
        given=given,
        held=held,
        sources=sources,
    )


def _period(first: str | None, last: str | None) -> Period | None:
    return _parsed(f"{first}..{last}") if first and last else None


def _parsed(text: str | None) -> Period | None:
    try:
        return Period.parse(text) if text else None
    except ValueError:
        return None
