"""Rows of stock, movements, deliveries and returns: units to pieces, words to codes, documents that count."""

import numpy as np
import pandas as pd

from intake.formulas.quantities import GRAMS_IN, TOLERANCE, pieces_of_weight, whole_pieces
from intake.tables.documents import RED_WORDS, says, sort_documents
from intake.tables.draft import Draft
from intake.tables.factors import BOX, BOXES, WEIGHT
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
from intake.tables.words import plain

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
CLASS_AND_NUMBER = r"^\d{1,3}\.(\d{5,})$"


def shape_stock(draft: Draft) -> pd.DataFrame:
    """One typed row an item and period (`period`, its first day) or day (`snapshot_date`)."""
    if draft.has("snapshot_date"):
        frame = _typed(draft, "snapshot_date")
        frame["closes_on"] = frame["snapshot_date"]
    else:
        months = pd.Series(read_periods(draft, "period"))
        closing = pd.Series(month_end(months.to_numpy()))
        frame = _typed(draft, days=closing)
        frame["period"], frame["closes_on"] = months, closing
    frame["ownership"] = _words(draft, "ownership", OWNERSHIPS)
    consigning = says(draft.cells("warehouse"), OWNERSHIPS["consigned"])
    frame["ownership"] = frame["ownership"].mask(frame["ownership"].isna() & consigning, "consigned")
    _adjustments(draft, frame)
    _check_balance(draft, frame)
    return frame


def shape_movements(draft: Draft) -> pd.DataFrame:
    """One typed row a line of the ledger; `quantity` is signed, pieces in less pieces out."""
    sort_documents(draft, ("receipts_qty", "issues_qty"))
    frame = _typed(draft, "movement_date")
    _signed_by_document(draft, frame, ("receipts_qty", "issues_qty"))
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
    """One typed row a line of a receipt that counts; red ones keep their sign."""
    sort_documents(draft, ("received_qty",))
    frame = _typed(draft, "received_date")
    _signed_by_document(draft, frame, ("received_qty",))
    frame["part_no"] = (
        frame["part_no"].str.replace(CLASS_AND_NUMBER, r"\1", regex=True) if "part_no" in frame else pd.NA
    )
    return frame


def _signed_by_document(draft: Draft, frame: pd.DataFrame, names: tuple[str, ...]) -> None:
    """A red document counts backwards, though some print its quantity without the sign; in place."""
    red = says(draft.cells("document_sign"), RED_WORDS)
    for name in names:
        if name in frame and red.any():
            frame[name] = frame[name].mask(red & frame[name].gt(0).fillna(False), -frame[name])


def shape_returns(draft: Draft) -> pd.DataFrame:
    """One typed row a return: found at incoming, line or field; charged, disputed or not charged."""
    frame = _typed(draft, "return_date")
    frame["found_at"] = _words(draft, "found_at", FOUND_AT)
    frame["liability"] = _words(draft, "liability", LIABILITIES)
    return frame


def _typed(draft: Draft, day: str = "", days: pd.Series | None = None) -> pd.DataFrame:
    """Type the fields that a file has; quantities by the units of the day, which `day` names or `days` are."""
    units = units_told(draft)
    fields = [
        item for item in draft.kind.fields if draft.has(item.name) and item.type not in ("word", "period")
    ]
    columns = {}
    for item in fields:
        if item.name == "unit_price":
            columns[item.name] = _price_a_piece(draft, units)
        elif item.name not in QUANTITIES:
            columns[item.name] = typed(draft, item)
    days = pd.Series(columns[day]) if day in columns else days
    of_day = None if days is None else days.to_numpy(dtype="datetime64[D]")
    for item in fields:
        if item.name in QUANTITIES:
            columns[item.name] = _pieces(draft, item.name, units, of_day)
    return pd.DataFrame(columns, index=range(len(draft)))


# Units: 千只 is a thousand pieces; kilograms need the weight of a piece, boxes what is in one.


def _pieces(
    draft: Draft, name: str, units: np.ndarray, days: np.ndarray | None
) -> pd.api.extensions.ExtensionArray:
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
            values[which] = _from_weight(draft, name, which, values, GRAMS_IN[unit.lower()], days)
        elif unit.lower() in BOXES and which.any():
            values[which] *= _of_part(draft, name, BOX, which, unit, days)[which]
        elif which.any():
            draft.wrong(which, name, "unknown_unit", {"unit": unit})
            values[which] = np.nan
    negative = draft.kind.field(name).type == "signed"
    return whole(draft, name, values, negative=negative)


def _of_part(
    draft: Draft,
    name: str,
    kind: str,
    which: np.ndarray,
    unit: str,
    days: np.ndarray | None,
    own: np.ndarray | None = None,
) -> np.ndarray:
    """Factors of the parts of rows; where none is known the row waits, it is not zero."""
    factors = draft.factors().at(kind, draft.cells("part_no"), days)
    if own is not None:
        factors = np.where(own > 0, own, factors)
    draft.wrong(which & ~(factors > 0), name, f"{kind}_missing", {"unit": unit})
    return factors


def _from_weight(
    draft: Draft, name: str, which: np.ndarray, values: np.ndarray, grams: float, days: np.ndarray | None
) -> np.ndarray:
    """Pieces of a weight, rounded; a row whose pieces are far from whole waits."""
    own = read_numbers(draft.cells("piece_weight")).values
    unit = "kg" if grams == 1000.0 else "g"
    weights = _of_part(draft, name, WEIGHT, which, unit, days, own)
    exact = pieces_of_weight(values[which], grams, weights[which])
    rounded = whole_pieces(exact)
    apart = which.copy()
    apart[which] = np.isnan(rounded) & ~np.isnan(exact)
    told = np.full(len(values), np.nan)
    told[which] = exact
    params = {"percent": f"{100 * TOLERANCE:g}"}
    draft.wrong(apart, name, "pieces_not_whole", lambda index: params | {"pieces": f"{told[index]:.2f}"})
    moved = int((np.abs(rounded - exact) > 1e-6).sum())
    if moved:
        first = np.zeros(len(values), dtype=bool)
        first[np.flatnonzero(which)[np.abs(rounded - exact) > 1e-6][0]] = True
        draft.wrong(first, name, "pieces_rounded", {"rows": moved})
    return rounded


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
