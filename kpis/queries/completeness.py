"""Is the data complete? What was asked for in a period against what came, kind by kind."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.period import Period
from kpis.queries.requests import DUE, LATE, PARTIAL, Standing
from suppliers.queries.asking import KINDS
from suppliers.queries.selection import Selection


@dataclass(frozen=True, slots=True)
class Completeness:
    """One kind of data: who was asked for it in the last month of a period, and what has not come.

    Attributes
    ----------
    asked, have : int
        Partnerships that are asked in the last month, and those of them that owe nothing of it.
    not_asked : int
        Selected partnerships that nobody asks for it.
    owing : tuple of Standing
        What is late, or due since, of the last month.
    coming : tuple of Standing
        What is asked for now and not due yet.
    in_part : tuple of Standing
        What came and lacks lots, in the whole period.
    earlier : tuple of Standing
        What is late of the months before.
    """

    kind: str
    asked: int
    have: int
    not_asked: int
    owing: tuple[Standing, ...]
    coming: tuple[Standing, ...]
    in_part: tuple[Standing, ...]
    earlier: tuple[Standing, ...]

    @property
    def by_ourselves(self) -> bool:
        """Whether a customer asks this of itself alone."""
        return not self.not_asked and self.asked <= 1


def completeness(known: Sequence[Standing], selection: Selection, period: Period) -> list[Completeness]:
    """Hold what came against the data requests of a selection, in the order in which kinds are read.

    `known` are the standings of the selection in the period (`kpis.queries.requests.standings_of`). A kind
    that nobody is asked for is absent.
    """
    last_month = Period(max(period.first, period.last.replace(day=1)), period.last)
    return [
        _of_kind(kind, [one for one in known if one.asked.kind == kind], selection, last_month)
        for kind in KINDS
        if any(one.asked.kind == kind for one in known)
    ]


def _of_kind(kind: str, known: Sequence[Standing], selection: Selection, last_month: Period) -> Completeness:
    of_last = [one for one in known if one.slot.period.last >= last_month.first]
    owing = [one for one in of_last if is_owed(one)]
    asked = {one.asked.partnership for one in of_last}
    return Completeness(
        kind=kind,
        asked=len(asked),
        have=len(asked - {one.asked.partnership for one in owing}),
        not_asked=len(set(selection.partnerships) - asked) if asked & set(selection.partnerships) else 0,
        owing=tuple(owing),
        coming=tuple(one for one in of_last if one.state == DUE and not is_owed(one)),
        in_part=tuple(one for one in known if one.state == PARTIAL),
        earlier=tuple(one for one in known if one.state == LATE and one.slot.period.last < last_month.first),
    )


def is_owed(one: Standing) -> bool:
    """Whether the due day is behind us and nothing came."""
    return one.state == LATE or (one.state == DUE and one.slot.due < one.today)
