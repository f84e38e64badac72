"""Switching between normal, tightened and reduced inspection, lot by lot in the order they came.

One part of one supplier at one stage has one such history. It is told as a fold of `after` over events,
so that a page can show every step and a later lot needs only the last state.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

TIGHTEN_AT = 2  # lots not accepted ...
WINDOW = 5  # ... among so many consecutive ones, or fewer
NORMAL_AGAIN_AT = 5  # lots accepted in a row on tightened inspection
DISCONTINUE_AT = 5  # lots not accepted since tightened inspection began
REDUCE_AT = 30  # switching score


@dataclass(frozen=True)
class LotJudged:
    """A lot inspected, or presented again, under the severity in force.

    `ac` is the acceptance number it was judged by; `accepted_tighter` says whether it would have been
    accepted with an AQL one step tighter (counts with Ac of 2 or more only).
    """

    accepted: bool
    ac: int = 0
    accepted_tighter: bool = False
    resubmitted: bool = False


@dataclass(frozen=True)
class ProductionIrregular:
    """A report that production became irregular."""


@dataclass(frozen=True)
class Resumed:
    """The responsible authority's word that inspection may go on after it was discontinued."""


@dataclass(frozen=True)
class ReducedApproved:
    """The responsible authority's word that reduced inspection is desirable, production being steady."""


Event = LotJudged | ProductionIrregular | Resumed | ReducedApproved


@dataclass(frozen=True)
class Switching:
    """Where a history stands: the severity of the next lot and what counts towards the next switch.

    `window` are the verdicts of at most `WINDOW` last lots on normal inspection (a true one accepted),
    `accepted_in_row` and `not_accepted` count since tightened inspection began.
    """

    severity: str = "normal"
    score: int = 0
    window: tuple[bool, ...] = ()
    accepted_in_row: int = 0
    not_accepted: int = 0
    discontinued: bool = False


def after(
    state: Switching, event: Event, *, production_steady: bool = True, reduced_approved: bool = False
) -> Switching:
    """The state after one event.

    Parameters
    ----------
    state : Switching
        Before it.
    event : LotJudged, ProductionIrregular, Resumed or ReducedApproved
    production_steady, reduced_approved : bool
        Two of the conditions of reduced inspection: a steady rate of production, and that the
        responsible authority finds reduced inspection desirable.

    Returns
    -------
    Switching
        The same one for lots presented again, and for lots seen while inspection is discontinued.

    References
    ----------
    .. [1] ISO 2859-1:1999 (GB/T 2828.1-2012), 9.3.1 to 9.3.4 and 9.4.
    """
    if isinstance(event, Resumed):
        return Switching("tightened") if state.discontinued else state
    if state.discontinued:
        return state
    if isinstance(event, ProductionIrregular):
        return Switching() if state.severity == "reduced" else state
    if isinstance(event, ReducedApproved):
        reached = state.severity == "normal" and state.score >= REDUCE_AT
        return Switching("reduced", score=state.score) if reached else state
    if event.resubmitted:
        return state
    if state.severity == "tightened":
        return _after_tightened(state, event)
    if state.severity == "reduced":
        return state if event.accepted else Switching()
    return _after_normal(state, event, may_reduce=production_steady and reduced_approved)


def history(
    events: Iterable[Event],
    *,
    start: str = "normal",
    production_steady: bool = True,
    reduced_approved: bool = False,
) -> Iterator[Switching]:
    """The state after each event, beginning from a severity; see `after`."""
    state = Switching(start)
    for event in events:
        state = after(state, event, production_steady=production_steady, reduced_approved=reduced_approved)
        yield state


def still_missing(state: Switching) -> int:
    """How many more lots accepted in a row bring normal inspection back; 0 unless tightened and going on."""
    on_the_way = state.severity == "tightened" and not state.discontinued
    return NORMAL_AGAIN_AT - state.accepted_in_row if on_the_way else 0


def _after_normal(state: Switching, lot: LotJudged, *, may_reduce: bool) -> Switching:
    window = (*state.window, lot.accepted)[-WINDOW:]
    if window.count(False) >= TIGHTEN_AT:
        return Switching("tightened")
    score = state.score + _points(lot) if _points(lot) else 0
    if score >= REDUCE_AT and may_reduce:
        return Switching("reduced", score=score)
    return Switching(score=score, window=window)


def _after_tightened(state: Switching, lot: LotJudged) -> Switching:
    if lot.accepted:
        in_row = state.accepted_in_row + 1
        return Switching() if in_row >= NORMAL_AGAIN_AT else replace(state, accepted_in_row=in_row)
    lost = state.not_accepted + 1
    return replace(state, accepted_in_row=0, not_accepted=lost, discontinued=lost >= DISCONTINUE_AT)


def _points(lot: LotJudged) -> int:
    """What a lot on normal inspection adds to the switching score; 0 sets the score to 0 (9.3.3.2)."""
    if lot.ac >= 2:
        return 3 if lot.accepted and lot.accepted_tighter else 0
    return 2 if lot.accepted else 0
