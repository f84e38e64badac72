"""Earned inspection: measured agreement of both sides earns fewer incoming inspections, by a stated rule.

The supplier pays in with lots on which both inspections agree; ten in a row (by default) buy the next step,
from every lot to one in two, in three, in five. What ends it is part of the rule, and so is the risk that
the customer takes with the lots nobody looks at.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from quality.formulas.proportion import Floats, possible_counts


@dataclass(frozen=True)
class Terms:
    """What two partners agreed on.

    `one_in` are the steps: of how many lots one is inspected; `agreeing` lots in a row earn the next one.
    """

    one_in: tuple[int, ...] = (1, 2, 3, 5)
    agreeing: int = 10

    def __post_init__(self) -> None:
        if self.agreeing < 1 or self.one_in[:1] != (1,) or list(self.one_in) != sorted(set(self.one_in)):
            raise ValueError("steps begin with every lot and grow, and a step costs one agreeing lot or more")


@dataclass(frozen=True)
class LotCompared:
    """A lot that both sides inspected.

    `agreed`: the verdicts are one and the measured values lie within the limits of agreement. `escaped`: the
    supplier accepted what the customer rejected.
    """

    agreed: bool
    escaped: bool = False


@dataclass(frozen=True)
class Ended:
    """Something that ends earned inspection at once, in the words of `reason`.

    A complaint from line or field, tightened inspection, an unanswered question to the data, a changed
    process, a long pause in deliveries.
    """

    reason: str


@dataclass(frozen=True)
class Earned:
    """Where a part of a supplier stands: the step, lots paid in towards the next, why it last fell."""

    step: int = 0
    agreeing: int = 0
    fell_by: str = ""
    terms: Terms = field(default_factory=Terms)

    @property
    def one_in(self) -> int:
        """Of how many lots one is inspected."""
        return self.terms.one_in[self.step]

    @property
    def still_missing(self) -> int:
        """Agreeing lots that the next step still asks for; 0 at the last one."""
        last = self.step == len(self.terms.one_in) - 1
        return 0 if last else self.terms.agreeing - self.agreeing


class EscapeRisk(NamedTuple):
    """Lots nobody inspects that the customer would have rejected, as a share of all lots, shape (...)."""

    estimate: Floats
    upper: Floats


def after(state: Earned, event: LotCompared | Ended) -> Earned:
    """The state after one event.

    An agreeing lot pays in; at the last step it changes nothing. A lot on which the sides differ costs what
    was paid in and one step; an escape, or what else ends it, leads back to every lot.

    Parameters
    ----------
    state : Earned
    event : LotCompared or Ended

    Returns
    -------
    Earned
    """
    if isinstance(event, Ended):
        return Earned(fell_by=event.reason, terms=state.terms)
    if event.escaped:
        return Earned(fell_by="escape", terms=state.terms)
    if not event.agreed:
        return Earned(max(state.step - 1, 0), fell_by="difference", terms=state.terms)
    if not state.still_missing:
        return state
    paid_in = state.agreeing + 1
    if paid_in < state.terms.agreeing:
        return Earned(state.step, paid_in, state.fell_by, state.terms)
    return Earned(state.step + 1, terms=state.terms)


def history(events: Iterable[LotCompared | Ended], *, terms: Terms | None = None) -> Iterator[Earned]:
    """The state after each event, beginning with every lot inspected."""
    state = Earned(terms=terms or Terms())
    for event in events:
        state = after(state, event)
        yield state


def escape_risk(
    escapes: ArrayLike, compared: ArrayLike, one_in: ArrayLike, *, confidence: float = 0.95
) -> EscapeRisk:
    """What the customer takes upon itself by looking at one lot in so many.

    The share of lots not inspected times the escape rate, seen so far and at its one-sided exact (Clopper
    and Pearson) upper bound. It supposes that lots are skipped at random and that the supplier goes on as
    before.

    Parameters
    ----------
    escapes, compared : array_like of int, shape (...)
        Lots the customer rejected among those the supplier accepted and the customer inspected.
    one_in : array_like of int, shape (...)
        Of how many lots one is inspected.
    confidence : float
        Of the upper bound, as a fraction.

    Returns
    -------
    EscapeRisk of ndarray, shape (...)
        Where no lot was compared nothing was seen: the estimate is NaN and the rate may be 1.

    Raises
    ------
    ValueError
        If a count is impossible, `one_in` below 1 or `confidence` outside (0, 1).
    """
    x, n = possible_counts(escapes, compared)
    share = np.asarray(one_in, dtype=float)
    if not np.all(share >= 1) or not 0 < confidence < 1:
        raise ValueError("needs one lot in one or more, and a confidence between 0 and 1")
    skipped = 1 - 1 / share
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = np.where(n > 0, x / n, np.nan)
        upper = np.where(x < n, special.betaincinv(x + 1, np.maximum(n - x, 1), confidence), 1.0)
    return EscapeRisk(skipped * seen, skipped * upper)
