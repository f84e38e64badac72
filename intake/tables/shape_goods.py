"""Rows of stock, movements, deliveries and returns: units to pieces, words to codes, documents that count."""

import numpy as np
import pandas as pd

from intake.formulas.quantities import GRAMS_IN, pieces_of_weight
from intake.tables.draft import Draft
from intake.tables.numbers import read_numbers
from intake.tables.typing_columns import (
    month_end,
    pieces_in,
    read_money,
    read_periods,
    typed,
    units_told,
    whole,
)
from intake.tables.words import plain, weight_key

QUANTITIES = (
    "opening_qty", "receipts_qty", "issues_qty", "adjustment_qty", "closing_qty", "consigned_qty",
    "in_transit_qty", "blocked_qty", "quantity", "ordered_qty", "received_qty", "return_qty",
)  # fmt: skip
OWNERSHIPS = {
    "own": ("自有", "本厂", "own"),
    "consigned": ("寄售", "代管", "vmi", "consign"),
    "dedicated": ("专用", "dedicated"),
}
FOUND_AT = {
    "incoming": ("来料", "进料", "入厂", "incoming", "iqc"),
    "line": ("上线", "线上", "产线", "装配", "制程", "line", "production"),
    "field": ("市场", "客户", "售后", "终端", "field", "customer"),
}
LIABILITIES = {
    "disputed": ("有争议", "争议", "待定", "disputed"),
    "not_charged": (
        "非供方",
        "我方",
        "需方",
        "客户责任",
        "非供应商",
        "not_charged",
        "not charged",
        "not supplier",
    ),
    "charged": ("供方", "供应商责任", "charged", "supplier"),
}
# Longer words first: 寄售出库 is no sale.
MOVEMENT_KINDS = {
    "opening": ("期初", "上期结存", "结转", "opening"),
    "transfer": ("调拨", "移库", "转仓", "transfer"),
    "adjustment": ("盘盈", "盘亏", "盘点", "报废出库", "其他出库", "其他入库", "清理", "adjust", "count"),
    "issue": ("出库", "领料", "领用", "消耗", "发货", "发出", "issue", "consumption", "shipped", "out"),
    "receipt": ("入库", "退料", "收货", "收入", "receipt", "received", "in"),
}
AUDITED = frozenset({"y", "yes", "是", "已审核", "审核", "1", "true", "√"})
YES = frozenset({"y", "yes", "是", "1", "true", "√", "暂估"})
RED = ("红", "red")
CLASS_AND_NUMBER = r"^\d{1,3}\.(\d{5,})$"


def shape_stock(draft: Draft) -> pd.DataFrame:
    """One typed row an item and period (`period`, its first day) or day (`snapshot_date`)."""
    frame = _typed(draft)
    if not draft.has("snapshot_date"):
        frame["period"] = read_periods(draft, "period")
        frame["closes_on"] = month_end(frame["period"].to_numpy())
    else:
        frame["closes_on"] = frame["snapshot_date"]
    frame["ownership"] = _words(draft, "ownership", OWNERSHIPS)
    consigning = _says(draft.cells("warehouse"), OWNERSHIPS["consigned"])
    frame["ownership"] = frame["ownership"].mask(frame["ownership"].isna() & consigning, "consigned")
    _adjustments(draft, frame)
    _check_balance(draft, frame)
    return frame


def shape_movements(draft: Draft) -> pd.DataFrame:
    """One typed row a line of the ledger; `quantity` is signed, pieces in less pieces out."""
    frame = _typed(draft)
    frame["ownership"] = _words(draft, "ownership", OWNERSHIPS)
    if "receipts_qty" in frame or "issues_qty" in frame:
        zero = pd.Series(pd.array([0] * len(frame), dtype="Int64"))
        incoming, outgoing = (frame.get(name, zero) for name in ("receipts_qty", "issues_qty"))
        known = incoming.notna() | outgoing.notna()
        frame["quantity"] = (incoming.fillna(0) - outgoing.fillna(0)).where(known)
    if "quantity" not in frame:
        frame["quantity"] = pd.array([pd.NA] * len(frame), dtype="Int64")
    codes, written = pd.factorize(draft.cells("movement_type"))
    kinds = np.array([_which(cell, MOVEMENT_KINDS) for cell in written] + [None], dtype=object)[codes]
    by_sign = np.where(frame["quantity"].fillna(0).to_numpy(dtype="int64") < 0, "issue", "receipt")
    frame["movement_kind"] = pd.array(np.where(pd.isna(kinds), by_sign, kinds), dtype="string")
    # An opening line carries the balance brought forward and moves nothing.
    opening = (frame["movement_kind"] == "opening").to_numpy(dtype=bool)
    if opening.any() and "closing_qty" in frame:
        brought = frame["quantity"].isna() | frame["quantity"].eq(0)
        frame["quantity"] = frame["quantity"].mask(brought & opening, frame["closing_qty"])
    return frame


def shape_deliveries(draft: Draft) -> pd.DataFrame:
    """One typed row a line of a receipt that counts: audited, not provisional; red ones keep their sign."""
    _leave_out_documents(draft)
    frame = _typed(draft)
    if draft.has("document_sign") and "received_qty" in frame:
        red = _says(draft.cells("document_sign"), RED)
        quantity = frame["received_qty"]
        frame["received_qty"] = quantity.mask(red & quantity.gt(0).fillna(False), -quantity)
    frame["part_no"] = (
        frame["part_no"].str.replace(CLASS_AND_NUMBER, r"\1", regex=True) if "part_no" in frame else pd.NA
    )
    return frame


def _leave_out_documents(draft: Draft) -> None:
    if draft.has("document_status"):
        draft.keep(_in(draft.cells("document_status"), AUDITED), "unaudited")
    if draft.has("provisional"):
        booked = _in(draft.cells("provisional"), YES)
        draft.keep(~booked, "provisional")


def shape_returns(draft: Draft) -> pd.DataFrame:
    """One typed row a return: found at incoming, line or field; charged, disputed or not charged."""
    frame = _typed(draft)
    frame["found_at"] = _words(draft, "found_at", FOUND_AT)
    frame["liability"] = _words(draft, "liability", LIABILITIES)
    return frame


def _typed(draft: Draft) -> pd.DataFrame:
    units = units_told(draft)
    columns = {}
    for item in draft.kind.fields:
        if not draft.has(item.name) or item.type in ("word", "period"):
            continue
        if item.name in QUANTITIES:
            columns[item.name] = _pieces(draft, item.name, units)
        elif item.name == "unit_price":
            columns[item.name] = _price_a_piece(draft, units)
        else:
            columns[item.name] = typed(draft, item)
    return pd.DataFrame(columns, index=range(len(draft)))


# Units: 千只 is a thousand pieces; kilograms need the weight of a piece.


def _pieces(draft: Draft, name: str, units: np.ndarray) -> pd.api.extensions.ExtensionArray:
    read = read_numbers(draft.cells(name))
    for rule in {rule for rule in read.rule if rule}:
        draft.wrong(read.rule == rule, name, rule)
    values = read.values.copy()
    own = np.array([unit or "" for unit in read.unit], dtype=object)
    unit_of_row = np.where(own != "", own, units)
    for unit in set(unit_of_row):
        which = (unit_of_row == unit) & ~np.isnan(values)
        factor = pieces_in(unit, draft)
        if factor is not None:
            values[which] *= factor
        elif unit.lower() in GRAMS_IN and which.any():
            values[which] = _from_weight(draft, name, which, values, GRAMS_IN[unit.lower()])
        elif which.any():
            draft.wrong(which, name, "unknown_unit", {"unit": unit})
            values[which] = np.nan
    negative = draft.kind.field(name).type == "signed"
    return whole(draft, name, values, negative=negative)


def _from_weight(draft: Draft, name: str, which: np.ndarray, values: np.ndarray, grams: float) -> np.ndarray:
    """Pieces of a weight; where the weight of a piece is not known the row waits, it is not zero."""
    weights = read_numbers(draft.cells("piece_weight")).values
    if known := draft.piece_weights():
        of_part = np.array([known.get(weight_key(cell), np.nan) for cell in draft.cells("part_no")])
        weights = np.where(weights > 0, weights, of_part)
    missing = which & ~(weights > 0)
    draft.wrong(missing, name, "weight_missing", {"unit": "kg" if grams == 1000.0 else "g"})
    return pieces_of_weight(values[which], grams, weights[which])


def _price_a_piece(draft: Draft, units: np.ndarray) -> pd.api.extensions.ExtensionArray:
    prices = read_money(draft, "unit_price")
    for unit in set(units):
        factor = pieces_in(unit, draft)
        which = (units == unit) & pd.notna(prices)
        if factor not in (None, 1) and which.any():
            prices[which] = [format(float(price) / factor, ".10g") for price in prices[which]]
        elif factor is None and which.any():
            prices[which] = pd.NA  # a price a kilogram is no price a piece
    return prices


# Words


def _which(cell: object, words: dict[str, tuple[str, ...]]) -> str | None:
    text = plain(cell).lower()
    return next(
        (code for code, known in words.items() if text == code or any(word in text for word in known)), None
    )


def _words(draft: Draft, name: str, words: dict[str, tuple[str, ...]]) -> pd.Series:
    codes, written = pd.factorize(draft.cells(name))
    read = np.array([_which(cell, words) for cell in written] + [None], dtype=object)
    unknown = np.array([code is None for code in read[:-1]] + [False])
    draft.wrong(unknown[codes], name, "word_unknown", {"options": list(words)})
    return pd.Series(pd.array(read[codes], dtype="string"))


def _says(cells: np.ndarray, words: tuple[str, ...]) -> np.ndarray:
    codes, written = pd.factorize(cells)
    return np.array([any(word in plain(cell).lower() for word in words) for cell in written] + [False])[codes]


def _in(cells: np.ndarray, words: frozenset[str]) -> np.ndarray:
    codes, written = pd.factorize(cells)
    return np.array([plain(cell).lower() in words for cell in written] + [False])[codes]


# Balances


def _adjustments(draft: Draft, frame: pd.DataFrame) -> None:
    """其他出库 and 盘亏 leave the stock: their column counts down."""
    if "adjustment_qty" not in frame:
        return
    for table in draft.tables:
        column = table.column_of("adjustment_qty")
        if (
            column
            and any(word in column.header for word in ("出库", "盘亏", "损耗"))
            and "盈" not in column.header
        ):
            here = draft.places.table == table.number
            frame.loc[here, "adjustment_qty"] = -frame.loc[here, "adjustment_qty"]


BALANCED = ("opening_qty", "receipts_qty", "issues_qty")


def _check_balance(draft: Draft, frame: pd.DataFrame) -> None:
    if not {*BALANCED, "closing_qty"} <= set(frame):
        return
    added = frame["opening_qty"].fillna(0) + frame["receipts_qty"].fillna(0) - frame["issues_qty"].fillna(0)
    if "adjustment_qty" in frame:
        added = added + frame["adjustment_qty"].fillna(0)
    # Each figure of a row in kilograms was rounded to whole pieces on its own.
    rounding = np.where(np.isin(units_told(draft), list(GRAMS_IN)), 2, 0)
    apart = ((added - frame["closing_qty"]).abs() > rounding).fillna(False).to_numpy(dtype=bool)
    for name in (*BALANCED, "closing_qty"):  # what could not be read is told already
        apart &= ~(frame[name].isna() & pd.notna(draft.cells(name))).to_numpy(dtype=bool)

    def told(index: int) -> dict[str, int]:
        said, computed = int(frame["closing_qty"].iloc[index]), int(added.iloc[index])
        return {"said": said, "added": computed, "difference": said - computed}

    draft.wrong(apart, "closing_qty", "balance_disagrees", told)
