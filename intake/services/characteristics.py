"""Which characteristic a measured value is of, in which version, and in whose unit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from core.text import folded
from intake.formulas.units_of_measure import factor

ELSEWHERE, CREATE = "elsewhere", "create"


@dataclass(frozen=True, slots=True)
class Meant:
    """The characteristic that one wording means, or what is wrong with it."""

    characteristic_id: int | None
    factor: float = 1.0  # what its values are multiplied by to be in the stored unit,
    unit: str = ""  # which is this
    rule: str = ""
    column: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    question: str = ""


@dataclass(slots=True)
class Judged:
    """Measured rows with what they are judged by.

    Attributes
    ----------
    rows : DataFrame
        `characteristic_id`, `characteristic_version_id` (Int64), `value` (float, in the version's unit),
        `unit` (str: that unit), `rule`, `column` (str, blank where all is well), `wording` (int: position in
        `meant`), on the index of the rows given. A row that is to be left out has the rule `elsewhere`.
    meant : list of Meant
        One for each distinct wording.
    said : list of tuple
        Part, number, name and unit of each wording.
    """

    rows: pd.DataFrame
    meant: list[Meant]
    said: list[tuple]


def judge(rows: pd.DataFrame, index: pd.DataFrame, answers: Mapping[str, Any]) -> Judged:
    """Find characteristic and version of measured rows, and convert their values.

    Parameters
    ----------
    rows : DataFrame
        `part_id`, `value`, `measured_at`; `characteristic_no`, `characteristic` and `unit` where given.
    index : DataFrame
        From `suppliers.queries.characteristic_index`, of the parts in `rows`.
    answers : mapping
        By ``characteristic:PART:NAME`` a characteristic's id, or `elsewhere` to leave it out.
    """
    codes, wordings = _distinct(rows)
    known = _known(index)
    units = index.drop_duplicates("characteristic_id").set_index("characteristic_id")["unit"].to_dict()
    meant = [_one(wording, known, units, answers) for wording in wordings]
    ids = [one.characteristic_id for one in meant]
    factors = np.array([one.factor for one in meant], dtype=float)
    named = [one.unit or wording[-1] for one, wording in zip(meant, wordings, strict=True)]
    judged = pd.DataFrame(
        {
            "characteristic_id": pd.array(ids, dtype="Int64").take(codes),
            "value": rows["value"].to_numpy(dtype=float) * factors[codes],
            "unit": pd.array(named, dtype="str").take(codes),
            "rule": pd.array([one.rule for one in meant], dtype="str").take(codes),
            "column": pd.array([one.column for one in meant], dtype="str").take(codes),
            "wording": codes,
        },
        index=rows.index,
    )
    judged["characteristic_version_id"] = _versions(judged["characteristic_id"], rows["measured_at"], index)
    return Judged(judged, meant, wordings)


def limits_that_differ(rows: pd.DataFrame, judged: Judged, index: pd.DataFrame) -> pd.DataFrame:
    """Return the first row of each version whose file gives other limits than the drawing's.

    A limit that the file does not give says nothing. Both are in the unit of the version.

    Returns
    -------
    DataFrame
        On the index of `rows`: `name` (str), `lsl`, `usl` (float, as the file says), `drawn_lsl`, `drawn_usl`.
    """
    names = [name for name in ("lsl", "usl") if name in rows]
    versions = index.drop_duplicates("characteristic_version_id").set_index("characteristic_version_id")
    known = judged.rows["characteristic_version_id"].dropna()
    known = known[~known.index.isin(judged.rows.index[judged.rows["rule"] != ""])]
    drawn = versions.loc[known, ["name", "lsl", "usl"]].set_axis(known.index).add_prefix("drawn_")
    factors = np.array([one.factor for one in judged.meant])[judged.rows.loc[known.index, "wording"]]
    said = drawn.assign(version=known, lsl=np.nan, usl=np.nan)
    differs = pd.Series(False, index=known.index)
    for name in names:
        said[name] = rows.loc[known.index, name].astype("float64") * factors
        both = said[name].notna() & said[f"drawn_{name}"].notna()
        differs |= both & ~np.isclose(said[name], said[f"drawn_{name}"], rtol=1e-9, atol=1e-12)
    return said[differs].drop_duplicates("version").rename(columns={"drawn_name": "name"})


def _distinct(rows: pd.DataFrame) -> tuple[np.ndarray, list[tuple]]:
    columns = ["part_id", "characteristic_no", "characteristic", "unit"]
    codes = np.zeros(len(rows), dtype=np.int64)
    for column in columns:
        if column in rows:
            own, values = pd.factorize(rows[column])
            codes, _ = pd.factorize(codes * (len(values) + 1) + own + 1)
    first = pd.Series(codes).drop_duplicates().index
    said = rows.iloc[first].reindex(columns=columns)
    said = said.astype(dict.fromkeys(columns[1:], "str")).where(lambda cells: cells.notna(), "")
    return codes, [tuple(values) for values in said.itertuples(index=False)]


def _known(index: pd.DataFrame) -> dict[tuple[int, str], set[int]]:
    known: dict[tuple[int, str], set[int]] = {}
    for part, key, characteristic in index[["part_id", "key", "characteristic_id"]].itertuples(index=False):
        known.setdefault((int(part), key), set()).add(int(characteristic))
    return known


def _one(
    wording: tuple,
    known: Mapping[tuple[int, str], set[int]],
    units: Mapping[int, str],
    answers: Mapping[str, Any],
) -> Meant:
    part, number, name, unit = wording
    column = "characteristic_no" if number else "characteristic"
    word = number or name
    if not word:
        return Meant(None, rule="characteristic_missing", column=column)
    question = f"characteristic:{part}:{folded(word)}"
    answer = answers.get(question)
    if answer == ELSEWHERE:
        return Meant(None, rule=ELSEWHERE, question=question)
    fits = {int(answer)} if answer not in (None, CREATE) else _fitting(int(part), number, name, known)
    if len(fits) != 1:
        rule = "characteristic_ambiguous" if fits else "characteristic_unknown"
        return Meant(None, rule=rule, column=column, params={"characteristic": word}, question=question)
    (characteristic,) = fits
    wanted = units.get(characteristic, "")
    times = factor(unit, wanted) if unit and wanted else 1.0
    if times is None:
        params = {"unit": unit, "wanted": wanted, "characteristic": word}
        return Meant(characteristic, rule="unit_differs", column="unit", params=params)
    return Meant(characteristic, times, wanted or unit)


def _fitting(part: int, number: str, name: str, known: Mapping[tuple[int, str], set[int]]) -> set[int]:
    """Return the characteristics that a number and a name may mean, the number first."""
    by_number = known.get((part, folded(number)), set()) if number else set()
    by_name = known.get((part, folded(name)), set()) if name else set()
    return (by_number & by_name) or by_number or by_name


def _versions(characteristic: pd.Series, measured_at: pd.Series, index: pd.DataFrame) -> pd.Series:
    """Return the version in force on the day of each value; before the first one, the first."""
    versions = index.drop_duplicates("characteristic_version_id")
    versions = versions[["characteristic_id", "characteristic_version_id", "valid_from"]]
    first = versions.sort_values("valid_from").drop_duplicates("characteristic_id")
    earliest = characteristic.map(first.set_index("characteristic_id")["characteristic_version_id"])
    asked = pd.DataFrame(
        {
            "characteristic_id": characteristic.astype("Int64"),
            "day": pd.to_datetime(measured_at).astype("datetime64[s]"),
        }
    ).dropna()
    in_force = pd.merge_asof(
        asked.reset_index(names="at").sort_values("day"),
        versions.sort_values("valid_from"),
        left_on="day",
        right_on="valid_from",
        by="characteristic_id",
    ).set_index("at")["characteristic_version_id"]
    return in_force.reindex(characteristic.index).astype("Int64").fillna(earliest.astype("Int64"))
