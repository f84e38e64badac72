"""From understood tables to one typed, checked frame of a kind: the last step before the database."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from intake.tables.documents import Documents
from intake.tables.draft import Draft, draft_of
from intake.tables.factors import Factors, UnitFactors
from intake.tables.problems import ASK, NOTE, WRONG, as_written
from intake.tables.rows import Total
from intake.tables.shape_gauge_studies import shape as shape_gauge_studies
from intake.tables.shape_goods import shape_deliveries, shape_movements, shape_returns, shape_stock
from intake.tables.shape_inspections import shape as shape_inspections
from intake.tables.shape_lists import shape_characteristics, shape_parts, shape_suppliers
from intake.tables.shape_measurements import shape as shape_measurements
from intake.tables.understand import Question, Understood
from intake.tables.words import plain

SHAPES: dict[str, Callable[[Draft], pd.DataFrame]] = {
    "inspections": shape_inspections,
    "measurements": shape_measurements,
    "stock": shape_stock,
    "movements": shape_movements,
    "deliveries": shape_deliveries,
    "returns": shape_returns,
    "suppliers": shape_suppliers,
    "parts": shape_parts,
    "characteristics": shape_characteristics,
    "gauge_studies": shape_gauge_studies,
}
# What makes two rows the same thing, and the figures in which they must then agree.
SAME: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "inspections": (
        ("supplier_code", "supplier", "customer", "part_key", "lot_no", "inspection_date", "submission"),
        ("inspected", "nonconforming", "verdict"),
    ),
    "measurements": (
        (
            "supplier_code",
            "supplier",
            "part_key",
            "lot_no",
            "characteristic_no",
            "characteristic",
            "piece",
            "measured_at",
        ),
        ("value",),
    ),
    "returns": (("return_no", "part_key", "lot_no"), ("return_qty", "found_at", "liability")),
    "stock": (
        (
            "supplier_code",
            "supplier",
            "part_key",
            "warehouse",
            "location",
            "ownership",
            "lot_no",
            "closes_on",
        ),
        ("closing_qty",),
    ),
    "gauge_studies": (
        (
            "supplier_code", "supplier", "customer", "gauge", "part_key", "characteristic", "study_date",
            "appraiser", "piece", "trial",
        ),
        ("value", "rating"),
    ),
}  # fmt: skip


@dataclass
class Typed:
    """A file, typed and checked.

    Attributes
    ----------
    kind : str
    frame : DataFrame
        One row a thing of the kind, canonical columns (see docs/intake.md), and ``sheet`` (str), ``row``
        (int, from 1, as the person sees it), ``table`` (int), ``is_wrong`` (bool: some problem of the row
        is not just a note). Columns that the file does not have are absent. Dates are datetime64[s],
        counts Int64, codes, texts and money string; measured numbers float64.
    problems : DataFrame
        ``sheet``, ``row``, ``column`` (letter), ``field``, ``value`` (as read), ``rule`` (of
        `problems.RULES`), ``params`` (dict), ``severity``, ``index`` (row of `frame`, or -1).
    totals : list of Total
        Numbers of total rows beside the sums of the rows above them.
    left_out : dict of str to int
        Rows that are no data, by reason.
    questions : list of Question
        Of the understanding, and those that the cells themselves raise (order of dates, year).
    filled_down : int
        Dates taken from the row above, where the cell was blank without being merged.
    documents : dict of str to Documents
        Documents that may not count, by sort.
    """

    kind: str
    frame: pd.DataFrame
    problems: pd.DataFrame
    totals: list[Total]
    left_out: dict[str, int]
    questions: list[Question]
    filled_down: int = 0
    documents: dict[str, Documents] = field(default_factory=dict)

    @property
    def read(self) -> int:
        """Rows that are data, right or wrong."""
        return len(self.frame)

    @property
    def wrong(self) -> int:
        """Rows that cannot be taken as they are."""
        return int(self.frame["is_wrong"].sum()) if len(self.frame) else 0


def type_tables(understood: Understood, *, today: date, factors: UnitFactors = Factors) -> Typed:
    """Type and check all rows of an understood file, column by column.

    Parameters
    ----------
    understood : Understood
        With or without open questions; what is not understood becomes a problem of its rows.
    today : date
        Dates after the day that follows are problems (promised dates excepted).
    factors : callable () -> Factors
        Asked once a file has a quantity in boxes, or in kilograms whose row does not tell the weight itself.

    Raises
    ------
    ValueError
        If the kind is not known.
    """
    if not understood.kind:
        raise ValueError("the kind of the file is not known yet")
    draft = draft_of(understood, today, factors)
    frame = SHAPES[understood.kind](draft)
    codes, sheets = pd.factorize(draft.places.sheet)
    frame["sheet"] = pd.array(sheets, dtype="string").take(codes)
    frame["row"] = draft.places.row.astype("int64")
    frame["table"] = draft.places.table.astype("int64")
    _check_required(draft, frame)
    frame = _same_twice(draft, frame)
    _tell_totals(draft)
    problems = draft.problems.frame()
    broken = (
        problems.loc[problems["severity"].isin((WRONG, ASK)) & (problems["index"] >= 0), "index"]
        if len(problems)
        else []
    )
    frame["is_wrong"] = np.isin(np.arange(len(frame)), np.asarray(broken, dtype="int64"))
    counts = {reason: number for reason, number in draft.left_out.counts.items() if reason}
    questions = [*understood.questions, *draft.questions]
    return Typed(
        understood.kind,
        frame,
        _in_order(problems),
        draft.totals,
        counts,
        questions,
        draft.filled_down,
        draft.documents,
    )


def _check_required(draft: Draft, frame: pd.DataFrame) -> None:
    """A row must have what its kind needs; a cell that could not be read was told already."""
    told = {(line["index"], line["field"]) for line in draft.problems.lines}
    for group in draft.kind.required:
        names = [
            {"sample_size": "inspected", "period": "closes_on", "snapshot_date": "closes_on"}.get(n, n)
            for n in group
        ]
        present = [frame[name].notna().to_numpy(dtype=bool) for name in dict.fromkeys(names) if name in frame]
        empty = ~np.logical_or.reduce(present) if present else np.ones(len(frame), dtype=bool)
        rows = [
            i
            for i in np.flatnonzero(empty).tolist()
            if not any((i, name) in told for name in (*names, *group))
        ]
        if rows:
            where = next((name for name in group if draft.has(name)), group[0])
            draft.problems.add(
                draft.places,
                np.array(rows),
                where,
                "missing",
                values=draft.cells(where),
                params={"fields": list(group)},
            )


def _same_twice(draft: Draft, frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out a row that says again what another says; a row that says it otherwise is a problem."""
    if frame.empty or draft.kind.name not in SAME:
        return frame
    keys, figures = SAME[draft.kind.name]
    told = _with_part_key(frame)
    names = [name for name in keys if name in told]
    if len(names) < 2:
        return frame
    again = told.duplicated(names, keep="first").to_numpy() & told["part_key"].ne("").to_numpy()
    again &= (
        told[[name for name in names if name in ("lot_no", "return_no", "closes_on")]]
        .notna()
        .all(axis=1)
        .to_numpy()
    )
    if not again.any():
        return frame
    group = told.groupby(names, dropna=False, sort=False).ngroup().to_numpy()
    first = np.unique(group, return_index=True)[1][group]
    compared = [name for name in figures if name in frame]
    same = np.ones(len(frame), dtype=bool)
    for name in compared:
        here, there = frame[name], frame[name].iloc[first].reset_index(drop=True)
        equal = (here.eq(there).fillna(False) | (here.isna() & there.isna())).to_numpy(dtype=bool)
        differs = again & same & ~equal
        _tell_difference(draft, frame, differs, first, name)
        same &= equal
    return _without(draft, frame, again & same, "repeated")


def _with_part_key(frame: pd.DataFrame) -> pd.DataFrame:
    """Part numbers with and without their leading zeros are one part."""
    number = frame["part_no"].str.lstrip("0") if "part_no" in frame else pd.Series(pd.NA, index=frame.index)
    name = frame["part_name"] if "part_name" in frame else pd.Series("", index=frame.index)
    return frame.assign(part_key=number.fillna(name).fillna("").astype("string"))


def _tell_difference(
    draft: Draft, frame: pd.DataFrame, differs: np.ndarray, first: np.ndarray, name: str
) -> None:
    def told(index: int) -> dict:
        other = frame[name].iloc[first[index]]
        return {"row": int(draft.places.row[first[index]]), "field": name, "other": as_written(other)}

    if differs.any():
        draft.problems.add(
            draft.places,
            differs,
            name,
            "duplicate_differs",
            values=frame[name].to_numpy(dtype=object),
            params=told,
        )


def _without(draft: Draft, frame: pd.DataFrame, which: np.ndarray, reason: str) -> pd.DataFrame:
    if not which.any():
        return frame
    position = np.cumsum(~which) - 1
    draft.left_out.add(reason, int(which.sum()))
    lines = [line for line in draft.problems.lines if line["index"] < 0 or not which[line["index"]]]
    for line in lines:
        line["index"] = int(position[line["index"]]) if line["index"] >= 0 else -1
    draft.problems.lines = lines
    draft.take(np.flatnonzero(~which))
    return frame.loc[~which].reset_index(drop=True)


def _tell_totals(draft: Draft) -> None:
    for total in draft.totals:
        if total.agrees:
            continue
        draft.problems.lines.append(
            {
                "sheet": total.sheet, "row": total.row, "column": total.column, "field": total.field,
                "value": as_written(total.said), "rule": "total_disagrees", "severity": NOTE, "index": -1,
                "params": {
                    "said": total.said, "added": total.added, "difference": total.said - total.added,
                    "label": plain(total.label),
                },
            }
        )  # fmt: skip
    for sheet, row, column, name, label in draft.unchecked:
        draft.problems.lines.append(
            {
                "sheet": sheet, "row": row, "column": column, "field": name, "value": "", "index": -1,
                "rule": "total_without_result", "severity": NOTE, "params": {"label": label},
            }
        )  # fmt: skip


def _in_order(problems: pd.DataFrame) -> pd.DataFrame:
    if problems.empty:
        return problems
    sheets = {name: number for number, name in enumerate(dict.fromkeys(problems["sheet"]))}
    order = problems.assign(_sheet=problems["sheet"].map(sheets), _width=problems["column"].str.len())
    order = order.sort_values(["_sheet", "row", "_width", "column"], kind="stable")
    return order.drop(columns=["_sheet", "_width"]).reset_index(drop=True)
