"""What a unit is in pieces of a part on a day: the weight of a piece, the pieces in a box."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from intake.tables.words import weight_key

WEIGHT, BOX = "weight", "box"
BOXES = frozenset({"箱", "box", "boxes", "ctn", "carton", "cartons"})


@dataclass(frozen=True, slots=True)
class Factors:
    """Factors of parts by kind and `words.weight_key` of what a part is called: days they hold from, and amounts."""

    known: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)

    @classmethod
    def of(cls, frame: pd.DataFrame) -> "Factors":
        """Take factors from a frame of `suppliers.queries.unit_factors`.

        Where parts of one name have other factors nothing is guessed: the name has none.
        """
        frame = frame.assign(key=frame["key"].map(weight_key))
        known = {}
        for name, rows in frame.groupby(["kind", "key"]):
            told = {tuple(zip(own["valid_from"], own["amount"], strict=True)) for own in _by_part(rows)}
            if len(told) == 1:
                days, amounts = zip(*told.pop(), strict=True)
                known[name] = (np.array(days, dtype="datetime64[D]"), np.array(amounts, dtype=np.float64))
        return cls(known)

    def at(self, kind: str, parts: np.ndarray, days: np.ndarray | None) -> np.ndarray:
        """Return the factor of each row.

        Parameters
        ----------
        parts : ndarray of object, shape (rows,)
            Part numbers as read.
        days : ndarray of datetime64, shape (rows,), optional
            Where there is none, or no day is known, the latest factor holds.

        Returns
        -------
        ndarray of float, shape (rows,)
            NaN where nobody said a factor for the day.
        """
        found = np.full(len(parts), np.nan)
        codes, written = pd.factorize(parts)
        for code, cell in enumerate(written):
            told = self.known.get((kind, weight_key(cell)))
            if told is None:
                continue
            rows = np.flatnonzero(codes == code)
            of_rows = np.full(len(rows), np.datetime64("NaT", "D")) if days is None else days[rows]
            # NaT is sorted behind every day: the latest factor.
            at = np.searchsorted(told[0], of_rows.astype("datetime64[D]"), side="right") - 1
            found[rows[at >= 0]] = told[1][at[at >= 0]]
        return found


UnitFactors = Callable[[], Factors]


def _by_part(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """The factors of each part of a name, by day, each once."""
    ordered = rows.sort_values("valid_from").drop_duplicates(["part_id", "valid_from"])
    return [own for _part, own in ordered.groupby("part_id")]
