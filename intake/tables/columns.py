"""What each column means: by a saved mapping, by its header, by the other columns, by its content."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress

import numpy as np
import pandas as pd

from intake.tables.dates import Frame, read_date
from intake.tables.kinds import KINDS, Kind
from intake.tables.numbers import read_numbers
from intake.tables.reading import Reading
from intake.tables.verdicts import read_verdict
from intake.tables.words import Meaning, is_blank, key_of, plain, unit_in, what_it_means, words_of

CERTAIN, REMEMBERED, CONFIRM, UNKNOWN = "certain", "remembered", "confirm", "unknown"

PIECE = re.compile(
    r"^(?:样本|样品|样件|实测值?|测量值?|测|零件|数据|试验|sample|trial|s|x|no\.?|第)?\s*(\d{1,3})\s*(?:#|件|号|次|个)?$",
    re.IGNORECASE,
)
CLASS_OF_KEY = {
    "致命": "critical", "cr": "critical", "critical": "critical",
    "严重": "major", "ma": "major", "maj": "major", "major": "major",
    "轻微": "minor", "mi": "minor", "min": "minor", "minor": "minor",
}  # fmt: skip
# Headers that tell what was done with a lot; alone in a sheet they hold the verdict too.
DISPOSITION_KEYS = frozenset(
    {"处理意见", "处理方式", "处理结果", "处置", "处置结果", "disposition", "不合格处理"}
)
# Of two columns for one field the other one is taken: a drawing number beside a part number.
SECOND_CHOICE = words_of(
    """图号 图纸号 零件图号 供方图号 客户图号 drawingno supplierpartno customerpartno 炉号 卷号 heatno
    coilno 仓库编码 warehousecode dwg 品名规格 规格型号 规格 型号 模号 序号 no 编号 id item type size model
    单据编号 制单人 参数"""
)
DEFECT_GROUPS = words_of(
    """不良分类 不良项目 缺陷分类 不良内容 不良明细 缺陷明细 不合格项目 defects defect 缺陷类型
    不良类别"""
)
WORDS_OR_COUNTS = ("conforming", "nonconforming", "conceded", "reworked", "scrapped", "sorted_qty")
ASKED_WHICH = frozenset({"count", "signed", "number", "money", "date", "moment", "code", "period"})
VALUE_OF = "value:"


@dataclass(eq=False)
class Column:
    """One column of a table and what it is taken for.

    Attributes
    ----------
    index : int
        Column of `Sheet.cells`.
    letter, header : str
        As the person sees them; a header of two rows is joined by a blank.
    fields : list of str
        Canonical fields that it fills; empty when not used.
    confidence : str
        ``certain``, ``remembered``, ``confirm`` or ``unknown``.
    options : list of str
        Fields that it may be, where that is to be confirmed.
    unit : str
        From the brackets of the header.
    defect : str
        Name of the defect that it counts, in a block of defect columns.
    piece : int
        Number of the piece that it measures, in a block of measured columns; 0 elsewhere.
    samples : list of str
        The first few different cells.
    rivals : list of str
        Letters of other columns that say the same by their headers and something else by their cells.
    """

    index: int
    letter: str
    header: str
    top: str = ""
    name: str = ""
    fields: list[str] = field(default_factory=list)
    confidence: str = UNKNOWN
    options: list[str] = field(default_factory=list)
    unit: str = ""
    defect: str = ""
    piece: int = 0
    characteristic: str = ""
    samples: list[str] = field(default_factory=list)
    rivals: list[str] = field(default_factory=list)

    @property
    def field(self) -> str:
        """The first field, or an empty text."""
        return self.fields[0] if self.fields else ""

    def take(self, name: str, confidence: str) -> None:
        self.fields, self.confidence = [name], confidence

    def leave(self) -> None:
        self.fields, self.confidence, self.options = [], UNKNOWN, []


def guess_kind(headers: Sequence[tuple[str, str]]) -> tuple[str, bool]:
    """Kind of data that a header speaks for, and whether it does so clearly.

    It is clear where the names speak for one kind alone, and name half of what its rows must have: a single
    "type" or "quantity" among columns that nobody knows is no evidence. A name that may mean several things
    (数量), or stands in any list (id, 序号), weighs half.

    Parameters
    ----------
    headers : sequence of (str, str)
        Upper and own name of each column.
    """
    meant = [{meaning.field for meaning in meanings_of(top, name)} for top, name in headers]
    clear = [
        len(one) == 1 and key_of(name) not in SECOND_CHOICE
        for one, (_, name) in zip(meant, headers, strict=True)
    ]
    found, certain = set().union(*meant), set().union(*compress(meant, clear))
    if sum(1 for top, name in headers if piece_number(top, name)) > 1:
        found.add("measured")
        certain.add("measured")
    scores = {
        name: sum(
            weight if source in certain else weight / 2
            for source, weight in kind.telling.items()
            if source in found
        )
        for name, kind in KINDS.items()
    }
    first, second = sorted(scores, key=lambda name: -scores[name])[:2]
    return first, scores[first] >= 3 and scores[first] > scores[second] and _names_half(KINDS[first], found)


def _names_half(kind: Kind, found: set[str]) -> bool:
    named = [any(found & set(kind.field(name).all_sources) for name in group) for group in kind.required]
    return 2 * sum(named) >= len(named)


def meanings_of(top: str, name: str) -> tuple[Meaning, ...]:
    """All that a column may mean: by both names together, else by its own, else by the upper one."""
    joined = what_it_means(f"{top}{name}") if top else ()
    own = what_it_means(name) if name else ()
    if top and not joined:
        over = what_it_means(top)
        # 期初结存 | 数量: the upper word says which quantity.
        if own and any(meaning.field == "quantity" for meaning in own) and over:
            return over
        if own and any(meaning.field in ("unit_price", "amount") for meaning in own):
            return _beside_stock(own, over)
    return _of_closing(f"{top}{name}", joined or own or (what_it_means(top) if top and not name else ()))


def _beside_stock(own: tuple[Meaning, ...], over: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
    """Price and amount count once a row: those of the closing balance; others are left out."""
    if any(meaning.field in ("opening_qty", "receipts_qty", "issues_qty") for meaning in over):
        return ()
    return own


def _of_closing(header: str, meant: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
    """The same where one name says it all: 期初结存金额 is no amount of the row."""
    of_opening = key_of(header).startswith(("期初", "opening"))
    return () if of_opening and any(one.field in ("unit_price", "amount") for one in meant) else meant


def piece_number(top: str, name: str) -> int:
    """Number of the piece that a measured column holds, 0 for other columns."""
    found = PIECE.match(plain(name))
    if not found:
        return 0
    under_measured = any(meaning.field == "measured" for meaning in what_it_means(top)) if top else False
    said = any(meaning.field == "measured" for meaning in what_it_means(name))
    numbered_word = not plain(name).isdigit() and not plain(name).lower().startswith("no")
    return int(found[1]) if under_measured or said or (numbered_word and not what_it_means(name)) else 0


def understand_columns(columns: list[Column], cells: np.ndarray, kind: Kind, reading: Reading) -> None:
    """Decide what each column fills, in place.

    Parameters
    ----------
    columns : list of Column
        With index, letter, names and samples.
    cells : ndarray of object, shape (rows, columns of the sheet)
        Rows of data, to decide by content.
    kind : Kind
    reading : Reading
        What was remembered or saved; it goes before everything else.
    """
    told = _by_reading(columns, reading)
    open_columns = [column for column in columns if column.index not in told]
    _blocks_of_columns(open_columns, kind)
    for column in open_columns:
        if not column.fields and not column.defect and not column.piece:
            _by_header(column, kind)
    _settle(columns, cells, kind)
    _one_column_a_field(columns, cells, {item.name: item.type for item in kind.fields})
    _by_content(columns, cells, kind)


def _by_reading(columns: list[Column], reading: Reading) -> set[int]:
    told = set()
    for column in columns:
        fields = reading.fields_of(column.header, column.letter)
        if fields is None and column.name != column.header:
            fields = reading.fields_of(column.name, column.letter)
        if fields is None:
            continue
        told.add(column.index)
        column.confidence = REMEMBERED
        if fields and fields[0].startswith(VALUE_OF):
            column.characteristic = fields[0].removeprefix(VALUE_OF)
            fields = ["value"]
        column.fields = fields
    return told


def _blocks_of_columns(columns: list[Column], kind: Kind) -> None:
    """Columns under 不良分类 count one defect each; columns under 实测值 measure one piece each."""
    for column in columns:
        if kind.name in ("measurements", "gauge_studies") and (
            number := piece_number(column.top, column.name)
        ):
            column.piece = number
            column.take("value", CERTAIN)
        elif kind.name == "inspections" and column.name != column.top and key_of(column.top) in DEFECT_GROUPS:
            column.defect, column.confidence = plain(column.name), CERTAIN


def _by_header(column: Column, kind: Kind) -> None:
    sources = kind.by_source()
    options: list[str] = []
    for meaning in meanings_of(column.top, column.name):
        for name in sources.get(meaning.field, []):
            if name not in options:
                options.append(name)
    key = key_of(column.name)
    if "critical" in options or "minor" in options:
        options = [CLASS_OF_KEY[key]] if key in CLASS_OF_KEY else ["defect_class"]
    if options:
        column.options = options
        column.take(options[0], CERTAIN)


# Two sources that one name may be, and how the other columns and the cells decide between them.


def _settle(columns: list[Column], cells: np.ndarray, kind: Kind) -> None:
    settle = {
        "inspections": _settle_inspections,
        "measurements": _settle_measurements,
        "stock": _settle_stock,
        "gauge_studies": _settle_gauge_studies,
    }.get(kind.name)
    if settle:
        settle(columns, cells)
    for column in columns:
        if len(column.options) > 1 and column.confidence == CERTAIN:
            column.options = [column.field] + [name for name in column.options if name != column.field]


def _having(columns: list[Column], name: str) -> list[Column]:
    return [column for column in columns if name in column.fields]


def _settle_inspections(columns: list[Column], cells: np.ndarray) -> None:
    _settle_defect_quantities(columns)
    _settle_words_and_counts(columns, cells)
    _settle_verdicts(columns)
    _settle_what_was_inspected(columns, cells)


def _settle_defect_quantities(columns: list[Column]) -> None:
    long_form = _having(columns, "defect_code") or _having(columns, "defect_name")
    for column in columns:
        if set(column.options) >= {"nonconforming", "defect_qty"}:
            others = [c for c in _having(columns, "nonconforming") if c is not column]
            column.take("defect_qty" if others and long_form else "nonconforming", CERTAIN)
        elif column.options == ["defect_qty"] and not long_form:
            column.leave()


def _settle_words_and_counts(columns: list[Column], cells: np.ndarray) -> None:
    """合格, 不良, 特采, 结果 head counts in one sheet and words in another: the cells decide."""
    for column in columns:
        if column.field not in WORDS_OR_COUNTS:
            continue
        content = cells[:, column.index]
        if _share_of_numbers(content) < 0.5 < _share_of_verdicts(content):
            column.options = ["verdict"]
            column.take("verdict", CERTAIN)


def _settle_verdicts(columns: list[Column]) -> None:
    """Verdict and disposition are two fields; a column of dispositions alone holds both."""
    done = [c for c in columns if "verdict" in c.fields and key_of(c.name) in DISPOSITION_KEYS]
    done += [c for c in _having(columns, "disposition") if c.options[:1] == ["disposition"]]
    judged = [c for c in _having(columns, "verdict") if c not in done]
    for column in done:
        if column.confidence == CERTAIN:
            column.take("disposition", CERTAIN)
    # Final words before intermediate ones: 最终判定 beside 判定.
    judged.sort(key=lambda c: "最终" not in c.name and "final" not in c.name.lower())
    for column in judged[1:]:
        column.leave()


def _settle_what_was_inspected(columns: list[Column], cells: np.ndarray) -> None:
    """Beside a sample size, 送检数 is the lot size; alone it may be either and is asked, as 检验数 beside it is."""
    samples, sizes = _having(columns, "sample_size"), _having(columns, "lot_size")
    for column in _having(columns, "inspected"):
        if column.confidence != CERTAIN:
            continue
        submitted = key_of(column.name).startswith(("送检", "报检"))
        if samples and not sizes and submitted:
            column.take("lot_size", CERTAIN)
        elif samples and not (sizes and submitted) and _differ(column, samples[0], cells):
            column.options = ["lot_size", "inspected"][bool(sizes) :]
            column.take(column.options[0], CONFIRM)
        elif samples:
            column.leave()
        elif submitted and not sizes:
            column.options = ["inspected", "lot_size"]
            column.take("inspected", CONFIRM)


def _settle_measurements(columns: list[Column], cells: np.ndarray) -> None:
    named = _having(columns, "characteristic")
    for column in columns:
        if column.field == "characteristic_no" and column.confidence == CERTAIN:
            # 序号 is a row counter wherever a name of the characteristic stands beside it.
            if named and key_of(column.name) in ("序号", "no", "编号", "检验序号", "id", "item"):
                column.leave()
        elif column.field in ("usl", "lsl") and key_of(column.name) in ("最大值", "最小值", "max", "min"):
            if not _having(columns, "usl" if column.field == "lsl" else "lsl"):
                column.leave()  # a computed extreme, not a limit
        elif column.options[:1] == ["part_name"] and "spec_text" in column.options and named:
            column.take("spec_text", CERTAIN)


def _settle_stock(columns: list[Column], cells: np.ndarray) -> None:
    closing = [c for c in _having(columns, "closing_qty") if c.confidence == CERTAIN]
    # The balance itself goes before a count on hand or a plain quantity.
    closing.sort(key=lambda c: not any(m.field == "closing_qty" for m in meanings_of(c.top, c.name)))
    for column in closing[1:]:
        column.leave()


def _settle_gauge_studies(columns: list[Column], cells: np.ndarray) -> None:
    """标准 is the known value of a piece here, and Part the piece itself where no other column is."""
    for name in ("reference", "piece"):
        if not any(column.options[:1] == [name] for column in columns):
            for column in columns:
                if name in column.options and column.confidence == CERTAIN:
                    column.take(name, CERTAIN)
                    break


def _one_column_a_field(columns: list[Column], cells: np.ndarray, types: dict[str, str]) -> None:
    """Of several columns for one field keep the best; pieces and defects may be many.

    Where none is better and their cells differ, a person says which.
    """
    claims: dict[str, list[Column]] = {}
    for column in columns:
        for name in column.fields:
            if not column.piece and not column.characteristic:
                claims.setdefault(name, []).append(column)
    for name, rivals in claims.items():
        if len(rivals) < 2 or name == "cavity":
            continue
        rivals.sort(key=lambda c: _claim(c, name, cells))
        best = rivals[0]
        for column in rivals[1:]:
            if column.confidence == REMEMBERED:
                continue
            if (
                best.confidence == CERTAIN
                and types.get(name) in ASKED_WHICH
                and _as_good(column, best, name, cells)
            ):
                best.rivals.append(column.letter)
                column.leave()
                continue
            rest = [option for option in column.options if option != name and option not in claims]
            column.take(rest[0], CERTAIN) if rest else column.leave()


def _as_good(column: Column, best: Column, name: str, cells: np.ndarray) -> bool:
    """Whether a column claims a field as well as the best one, and says something else in some row."""
    if _claim(column, name, cells)[:-1] != _claim(best, name, cells)[:-1]:
        return False
    return _differ(column, best, cells)


def _differ(column: Column, other: Column, cells: np.ndarray) -> bool:
    """Whether two columns say different things in some row."""
    pairs = zip(cells[:, column.index], cells[:, other.index], strict=True)
    there = ((one, two) for one, two in pairs if one is not None and two is not None)
    return any(one != two and plain(one) != plain(two) for one, two in there)


def _claim(column: Column, name: str, cells: np.ndarray) -> tuple:
    meant = [m.field for m in meanings_of(column.top, column.name)]
    blank = float(np.mean([is_blank(cell) for cell in cells[:200, column.index]])) if len(cells) else 0.0
    return (
        column.confidence != REMEMBERED,
        key_of(column.name) in SECOND_CHOICE,
        name not in meant,
        round(blank, 1),
        column.index,
    )


def _by_content(columns: list[Column], cells: np.ndarray, kind: Kind) -> None:
    """Columns without a known header: what their cells look like, to be confirmed by a person."""
    taken = {name for column in columns for name in column.fields}
    measured = kind.name == "measurements" and not ({"value"} & taken)
    for column in columns:
        if column.fields or column.defect or column.confidence != UNKNOWN:
            continue
        content = cells[:, column.index]
        if not column.header and kind.name == "inspections":
            if "inspection_date" not in taken and _share_of_dates(content) > 0.8:
                column.take("inspection_date", CONFIRM)
            elif "verdict" not in taken and _share_of_verdicts(content) > 0.8:
                column.take("verdict", CONFIRM)
        elif (
            measured and column.header and not what_it_means(column.name) and _share_of_numbers(content) > 0.8
        ):
            column.characteristic = column.header
            column.take("value", CONFIRM)
        taken |= set(column.fields)


def _some(content: np.ndarray) -> np.ndarray:
    there = content[pd.notna(content)][:200]
    return np.array([cell for cell in there if not is_blank(cell)], dtype=object)


def _share_of_numbers(content: np.ndarray) -> float:
    some = _some(content)
    return float(np.mean(~np.isnan(read_numbers(some).values))) if len(some) else 0.0


def _share_of_verdicts(content: np.ndarray) -> float:
    some = _some(content)
    known = [not read_verdict(cell)[2] for cell in some if isinstance(cell, str)]
    return sum(known) / len(some) if len(some) else 0.0


def _share_of_dates(content: np.ndarray) -> float:
    some = _some(content)
    frame = Frame(2000, 1, order="dmy")
    long_enough = [cell for cell in some if len(plain(cell)) > 5]  # a small number is no date
    known = [read_date(cell, frame)[0] is not None for cell in long_enough]
    return sum(known) / len(some) if len(some) else 0.0


def as_columns(
    letters: Sequence[str], tops: Sequence[str], names: Sequence[str], cells: np.ndarray
) -> list[Column]:
    """Columns of a table that hold anything at all, not yet understood."""
    columns = []
    for index, letter in enumerate(letters):
        content = cells[:, index]
        samples = list(dict.fromkeys(plain(cell) for cell in content[:50] if cell is not None))[:4]
        if not names[index] and not samples and not pd.notna(content).any():
            continue
        header = (
            names[index]
            if not tops[index] or tops[index] == names[index]
            else f"{tops[index]} {names[index]}"
        )
        columns.append(
            Column(
                index, letter, header, tops[index], names[index], unit=unit_in(names[index]), samples=samples
            )
        )
    return columns
