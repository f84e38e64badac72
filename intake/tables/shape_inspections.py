"""Rows of an inspection file to one row an inspection: counts, verdict, disposition, defects."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from intake.tables import defect_words
from intake.tables.defect_words import Defect
from intake.tables.draft import Draft
from intake.tables.numbers import read_numbers
from intake.tables.problems import as_written
from intake.tables.typing_columns import leave_out_invalid, read_counts, typed_frame
from intake.tables.verdicts import read_verdicts
from intake.tables.words import is_blank, key_of, plain, words_of

SHAPED_HERE = frozenset(
    {
        "sample_size",
        "verdict",
        "disposition",
        "defect_code",
        "defect_name",
        "defect_qty",
        "defect_class",
        "submission",
        "validity",
    }
)
CLASSES = ("critical", "major", "minor")
COUNTS = ("lot_size", "inspected", "conforming", "nonconforming")
CLASS_WORDS = {
    **dict.fromkeys(words_of("a 致命 cr critical 关键"), "critical"),
    **dict.fromkeys(words_of("b 严重 ma maj major 重要 主要"), "major"),
    **dict.fromkeys(words_of("c 轻微 mi min minor 一般 次要"), "minor"),
}
EXEMPT = ("免检", "exempt", "skip")
AGAIN = ("复检", "重检", "再检", "re-inspection", "reinspection", "resubmission")


def shape(draft: Draft) -> pd.DataFrame:
    """One typed row an inspection.

    Several rows of one inspection (one a defect) become one; rows without an inspection (免检) are left
    out, as are counts that their file says are not valid (``invalid``); of 送检数 and 抽样数 the sample is
    what was inspected.
    """
    leave_out_invalid(draft)
    _leave_out_exempt(draft)
    if draft.has("sample_size"):
        draft.raw["inspected"] = np.where(
            pd.notna(draft.cells("sample_size")), draft.cells("sample_size"), draft.cells("inspected")
        )
        _letters_of_sample(draft)
    lines = _join_lines(draft)
    frame = typed_frame(draft, leave=SHAPED_HERE)
    _complete_counts(draft, frame)
    _verdicts(draft, frame)
    frame["defects"] = _defects(draft, frame, lines)
    _submissions(draft, frame)
    if "remark" in frame:
        _sorted_out(frame)
    _check(draft, frame)
    return frame


def _leave_out_exempt(draft: Draft) -> None:
    if draft.has("inspection_type"):
        codes, written = pd.factorize(draft.cells("inspection_type"))
        exempt = np.array(
            [any(word in plain(cell).lower() for word in EXEMPT) for cell in written] + [False]
        )[codes]
        if exempt.any():
            draft.keep(~exempt, "exempt")


def _letters_of_sample(draft: Draft) -> None:
    letters = draft.places.letters
    for (table, name), letter in list(letters.items()):
        if name == "sample_size":
            letters[table, "inspected"] = letter


# Several rows an inspection: one a defect. The lot's own figures stand in each of them, or in the first;
# in a form they stand above the list of defects.


@dataclass(frozen=True)
class Lines:
    """Lines of defects: the inspection each belongs to, and its cells."""

    inspection: np.ndarray
    code: np.ndarray
    name: np.ndarray
    of_class: np.ndarray
    count: np.ndarray

    def items(self) -> dict[int, list[dict]]:
        """Entries of the canonical `defects` by inspection."""
        found: dict[int, list[dict]] = {}
        for at, code, name, of_class, count in zip(
            self.inspection.tolist(), self.code, self.name, self.of_class, self.count, strict=True
        ):
            if count == 0 or not (plain(code) or defect_words.read_defects(name)):
                continue
            item: dict = {"code": plain(code)} if plain(code) else {"name": plain(name)}
            item["count"] = None if np.isnan(count) else int(count)
            known = CLASS_WORDS.get(key_of(of_class))
            found.setdefault(at, []).append(item | ({"class": known} if known else {}))
        return found


def _join_lines(draft: Draft) -> Lines | None:
    """Join the rows of one inspection; return the lines of defects with the inspection each belongs to."""
    forms = {table.number for table in draft.tables if table.is_form}
    if forms:
        return _join_forms(draft)
    if not draft.has("defect_qty") or not (draft.has("defect_code") or draft.has("defect_name")):
        return None
    group = _inspection_of_each_row(draft)
    counts = read_counts(draft, "defect_qty", negative=False)
    lines = Lines(
        group, draft.cells("defect_code"), draft.cells("defect_name"), draft.cells("defect_class"),
        np.asarray(counts.to_numpy(dtype=float, na_value=np.nan)),
    )  # fmt: skip
    leading = np.unique(group, return_index=True)[1]
    if len(leading) < len(draft):
        _spread_over_lines(draft, group, leading)
        draft.left_out.add("joined", len(draft) - len(leading))
        _keep_first(draft, group, leading)
    return lines


def _keep_first(draft: Draft, group: np.ndarray, leading: np.ndarray) -> None:
    """Keep the first row of each inspection; problems of its other rows are problems of it."""
    for line in draft.problems.lines:
        line["index"] = int(group[line["index"]])
    draft.take(leading)


def _join_forms(draft: Draft) -> Lines:
    """A sheet is one inspection; its list of defects has a count a class."""
    group = pd.factorize(draft.places.table)[0]
    counts = {
        name: np.nan_to_num(read_numbers(draft.cells(name)).values) for name in CLASSES if draft.has(name)
    }
    lines = Lines(
        np.tile(group, len(counts)),
        np.tile(draft.cells("defect_code"), len(counts)), np.tile(draft.cells("defect_name"), len(counts)),
        np.repeat(np.array(list(counts), dtype=object), len(group)),
        np.concatenate([*counts.values(), np.array([])]),
    )  # fmt: skip
    leading = np.unique(group, return_index=True)[1]
    for name, values in counts.items():
        draft.raw[name] = np.bincount(group, values).astype(object)[group]
    if not draft.has("nonconforming") and counts:
        # The form counts defects alone; with one defect a piece that is the number of pieces.
        draft.raw["nonconforming"] = np.sum([draft.raw[name] for name in counts], axis=0)
    _keep_first(draft, group, leading)
    if not any("nonconforming" in table.told for table in draft.tables):
        draft.wrong(np.ones(len(draft), dtype=bool), "nonconforming", "nonconforming_added")
    return lines


def _inspection_of_each_row(draft: Draft) -> np.ndarray:
    """Number of the inspection of each row, in the order of their first rows."""
    names = (
        ["inspection_no"]
        if draft.has("inspection_no")
        else ["part_no", "part_name", "lot_no", "inspection_date"]
    )
    told = pd.DataFrame({name: [plain(cell) or None for cell in draft.cells(name)] for name in names})
    empty = told.isna().all(axis=1)
    told = told.where(~empty, np.nan).ffill().fillna("")
    told["table"] = draft.places.table
    return pd.factorize(pd.MultiIndex.from_frame(told))[0]


def _spread_over_lines(draft: Draft, group: np.ndarray, leading: np.ndarray) -> None:
    """Give the first row of an inspection what only a later one tells; figures that differ are a problem."""
    for name, cells in draft.raw.items():
        if name.startswith("defect_"):
            continue
        there = pd.notna(cells)
        at = pd.Series(np.where(there, np.arange(len(cells)), len(cells))).groupby(group).min().to_numpy()
        told = np.concatenate([cells, [None]])[at]
        if name in COUNTS:
            later = np.flatnonzero(there & (at[group] != np.arange(len(cells))))
            differs = [row for row in later if as_written(cells[row]) != as_written(told[group[row]])]
            _tell_other_figures(draft, name, np.array(differs, dtype=int), leading[group], told[group])
        cells[leading] = told


def _tell_other_figures(
    draft: Draft, name: str, differs: np.ndarray, first: np.ndarray, told: np.ndarray
) -> None:
    numbers = draft.places.row

    def params(index: int) -> dict[str, object]:
        return {"row": int(numbers[first[index]]), "field": name, "other": as_written(told[index])}

    if len(differs):
        draft.problems.add(
            draft.places, differs, name, "duplicate_differs", values=draft.cells(name), params=params
        )


# Counts


def _complete_counts(draft: Draft, frame: pd.DataFrame) -> None:
    """What follows from two of inspected, conforming and nonconforming; 100 % inspection from the lot."""
    for name in ("inspected", "conforming", "nonconforming"):
        if name not in frame:
            frame[name] = pd.array([pd.NA] * len(frame), dtype="Int64")
    blank_good = _blank(draft, "conforming")
    blank_bad = _blank(draft, "nonconforming")
    derived_bad = frame["inspected"] - frame["conforming"]
    derived_good = frame["inspected"] - frame["nonconforming"]
    frame["nonconforming"] = frame["nonconforming"].mask(blank_bad & frame["conforming"].notna(), derived_bad)
    frame["conforming"] = frame["conforming"].mask(blank_good, derived_good)


def _blank(draft: Draft, name: str) -> np.ndarray:
    cells = draft.cells(name)
    codes, written = pd.factorize(cells)
    return np.array([is_blank(cell) for cell in written] + [True], dtype=bool)[codes]


# Verdict and disposition


def _verdicts(draft: Draft, frame: pd.DataFrame) -> None:
    judged, done_judged, unknown_judged = read_verdicts(draft.cells("verdict"))
    by_done, done, unknown_done = read_verdicts(draft.cells("disposition"))
    options = {
        "options": [
            "accepted",
            "rejected",
            "conceded",
            "sorted",
            "reworked",
            "repaired",
            "returned",
            "scrapped",
        ]
    }
    draft.wrong(unknown_judged, "verdict", "verdict_unknown", options)
    draft.wrong(unknown_done, "disposition", "verdict_unknown", options)
    verdict = np.where(pd.notna(judged), judged, by_done)
    if draft.has("disposition") and not draft.has("verdict"):
        # The only column says what was done with rejected lots: an empty cell is a lot that was taken.
        verdict = np.where(pd.isna(verdict) & ~unknown_done, "accepted", verdict)
    disposition = np.where(pd.notna(done), done, done_judged)
    frame["verdict"] = pd.array(_none_for_nan(verdict), dtype="string")
    frame["disposition"] = pd.array(_none_for_nan(disposition), dtype="string")


def _none_for_nan(values: np.ndarray) -> np.ndarray:
    return np.array(
        [None if missing else value for value, missing in zip(values, pd.isna(values), strict=True)]
    )


# Defects


def _defects(draft: Draft, frame: pd.DataFrame, lines: Lines | None) -> list[list[dict] | None]:
    found = lines.items() if lines is not None else {}
    if lines is None:
        _from_words(draft, found, frame)
    _from_columns(draft, found)
    return [found.get(index) for index in range(len(frame))]


def _from_words(draft: Draft, found: dict[int, list[dict]], frame: pd.DataFrame) -> None:
    """Codes and words in one cell each: "STA-07;STA-05", "起泡3、缺料2"."""
    by_code, by_name = draft.cells("defect_code"), draft.cells("defect_name")
    rows = np.flatnonzero(pd.notna(by_code) | pd.notna(by_name))
    one = frame["nonconforming"].eq(1).fillna(False).to_numpy(dtype=bool)
    read: dict[tuple, tuple[list[dict], bool]] = {}
    vague: list[int] = []
    for index in rows.tolist():
        cells = (by_code[index], by_name[index], one[index])
        if cells not in read:
            read[cells] = _items(*cells)
        items, in_words = read[cells]
        if items:
            found.setdefault(index, []).extend(items)
        if in_words:
            vague.append(index)
    if vague:
        draft.wrong(np.array(vague), "defect_name", "count_in_words")


def _items(code: object, name: object, one_piece: bool) -> tuple[list[dict], bool]:
    """Defects of a row, and whether one of their counts is in words."""
    codes, names = defect_words.read_defects(code), defect_words.read_defects(name)
    if codes and len(codes) == len(names):
        codes = [Defect(known.name, said.count) for known, said in zip(codes, names, strict=True)]
    items = [defect.as_item("code") for defect in codes] or [defect.as_item() for defect in names]
    if len(items) == 1 and items[0]["count"] is None and one_piece:
        items[0]["count"] = 1  # one defect without a count, one nonconforming piece
    return items, any(defect.in_words for defect in names)


def _from_columns(draft: Draft, found: dict[int, list[dict]]) -> None:
    """A column a defect, counts in the cells; 其它 is named by the remark beside it."""
    for name, cells in draft.defects.items():
        read = read_numbers(cells, none_is_zero=True)
        for rule in {rule for rule in read.rule if rule}:
            told = rule if rule == "merged_count" else "not_a_number"
            draft.problems.add(draft.places, read.rule == rule, f"defect:{name}", told, values=cells)
        for index in np.flatnonzero(np.nan_to_num(read.values) > 0).tolist():
            count = int(read.values[index])
            found.setdefault(index, []).extend(_items_of_column(name, count, draft.cells("remark")[index]))


def _items_of_column(name: str, count: int, remark: object) -> Iterable[dict]:
    if key_of(name) in defect_words.OTHERS:
        named = defect_words.others_named(remark)
        if len(named) == 1:
            return [{"name": named[0].name, "count": count}]
        if named and sum(defect.count or 0 for defect in named) == count:
            return [{"name": defect.name, "count": defect.count} for defect in named]
    return [{"name": name, "count": count}]


# Submissions and sorted pieces


def _submissions(draft: Draft, frame: pd.DataFrame) -> None:
    """Only what the file says itself: a number of the presentation, or the word 复检."""
    submission = read_counts(draft, "submission", negative=False) if draft.has("submission") else None
    if draft.has("inspection_type"):
        codes, written = pd.factorize(draft.cells("inspection_type"))
        again = np.array([any(word in plain(cell).lower() for word in AGAIN) for cell in written] + [False])[
            codes
        ]
        if submission is None:
            submission = pd.array([pd.NA] * len(frame), dtype="Int64")
        submission[again & pd.isna(submission)] = 2
    if submission is not None:
        frame["submission"] = submission


def _sorted_out(frame: pd.DataFrame) -> None:
    codes, written = pd.factorize(frame["remark"].to_numpy(dtype=object, na_value=None))
    told = [defect_words.sorted_out(remark) for remark in written] + [None]
    if any(number is not None for number in told):
        pieces = pd.array(np.array(told, dtype=object)[codes], dtype="Int64")
        known = frame.get("sorted_qty")
        frame["sorted_qty"] = pieces if known is None else known.fillna(pd.Series(pieces))


# Rules between the figures of a row


def _check(draft: Draft, frame: pd.DataFrame) -> None:
    inspected, bad, good = frame["inspected"], frame["nonconforming"], frame["conforming"]
    nothing = _true(inspected.eq(0))
    draft.wrong(nothing, "inspected", "nothing_inspected")
    above = _true(bad.gt(inspected)) & ~nothing
    draft.wrong(above, "nonconforming", "nonconforming_above_inspected", lambda i: _above(frame, i))
    apart = _true((good + bad).ne(inspected)) & ~above & ~nothing & ~_blank(draft, "conforming")
    draft.wrong(
        apart, "conforming", "counts_disagree",
        lambda i: {name: int(frame[name].iloc[i]) for name in ("inspected", "conforming", "nonconforming")},
    )  # fmt: skip
    if "lot_size" in frame:
        more = _true(inspected.gt(frame["lot_size"]))
        draft.wrong(
            more, "inspected", "sample_above_lot",
            lambda i: {name: int(frame[name].iloc[i]) for name in ("inspected", "lot_size")},
        )  # fmt: skip


def _true(told: pd.Series) -> np.ndarray:
    return told.fillna(False).to_numpy(dtype=bool)


def _above(frame: pd.DataFrame, index: int) -> dict:
    """Figures of a row with more nonconforming than inspected, and the number that was probably meant."""
    inspected, bad = int(frame["inspected"].iloc[index]), int(frame["nonconforming"].iloc[index])
    told = {"inspected": inspected, "nonconforming": bad}
    good = frame["conforming"].iloc[index]
    if pd.notna(good) and 0 <= inspected - int(good) <= inspected:
        return told | {"suggestion": str(inspected - int(good))}
    # 215 of 125: the first digit, when what was found beside it would be the whole sample.
    digits = str(bad)
    if len(digits) > 1 and int(digits[0]) <= inspected:
        return told | {"suggestion": digits[0]}
    return told
