"""Words of a verdict and of what was done with the lot; both may stand in one cell."""

import re

import numpy as np
import pandas as pd

from intake.tables.words import BLANK_MARKS, plain, simplified, words_of

CONCEDED = ("让步", "特采", "偏差放行", "concession", "conceded", "use as is", "waived")
DISPOSITIONS: dict[str, tuple[str, ...]] = {
    "conceded": CONCEDED,
    "sorted": ("挑选", "全检", "分选", "选别", "sort", "screen"),
    "reworked": ("返工", "rework"),
    "repaired": ("返修", "修理", "维修", "repair"),
    "returned": ("退货", "退回", "退供", "return", "sent back"),
    "scrapped": ("报废", "废弃", "scrap"),
}
ACCEPTED = words_of(
    """合格 ok √ ✓ ✔ ○ pass passed accept accepted 允收 接收 接受 良 y yes 合格入库 通过 可接收 合格接收 入库
    放行 conforming good"""
)
REJECTED = words_of(
    """不合格 ng nok × x ✗ ✘ fail failed reject rejected 拒收 n no 不良 判退 批退 不接收 不通过 拒绝 不允收
    nonconforming"""
)
TICKED = re.compile(
    r"[■☑☒✔✓√●▣◼][\s]*([^\s■☑☒✔✓√●□☐○◻▢/、,;]+)|[\[(【][\s]*[xX√✓v][\s]*[\])】]\s*([^\s\[(【]+)"
)
TICKED_BEHIND = re.compile(r"([^\s■☑☒✔✓√●□☐○◻▢/、,;]+)\s*[■☑☒✔✓√●▣◼]")
MARK = re.compile(r"^\s*[■☑☒✔✓√●▣◼□☐○◻▢\[(【]")
BOXES = re.compile(r"[□☐○◻▢]|[\[(【]\s*[\])】]")


def read_verdicts(column: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read a column of verdicts, dispositions, or both.

    Parameters
    ----------
    column : ndarray of object, shape (rows,)

    Returns
    -------
    verdict : ndarray of object, shape (rows,)
        accepted, rejected, or None.
    disposition : ndarray of object, shape (rows,)
        conceded, reworked, repaired, sorted, returned, scrapped, or None.
    unknown : ndarray of bool, shape (rows,)
        Whether something stands there that is neither.
    """
    codes, written = pd.factorize(column)
    read = [read_verdict(text) for text in written] + [(None, None, False)]  # code -1: blank
    verdict, disposition, unknown = (
        np.array([part[index] for part in read], dtype=object)[codes] for index in range(3)
    )
    return verdict, disposition, unknown.astype(bool)


def _ticked(text: str) -> str:
    """The words whose box is ticked; the box stands before its words, or behind them."""
    if MARK.match(text):
        found = TICKED.search(text)
        return (found[1] or found[2]) if found else ""
    found = TICKED_BEHIND.search(text)
    return found[1] if found else ""


def read_verdict(cell: object) -> tuple[str | None, str | None, bool]:
    """One cell as (verdict, disposition, unknown).

    A lot that was conceded, sorted or sent back was not accepted at that presentation: its verdict is
    rejected, whatever was done afterwards.
    """
    text = simplified(plain(cell)).lower()
    if text in BLANK_MARKS and text != "/":
        return None, None, False
    if BOXES.search(text) and (ticked := _ticked(text)):
        text = ticked
    elif BOXES.search(text) and text not in ACCEPTED:
        return None, None, False  # a form with no box ticked
    if text == "/":
        return None, None, False
    bare = re.sub(r"[\s。.!]+", "", text)
    if bare in ACCEPTED or text in ACCEPTED:
        return "accepted", None, False
    if bare in REJECTED:
        return "rejected", None, False
    disposition = next(
        (kind for kind, words in DISPOSITIONS.items() if any(word in text for word in words)), None
    )
    if disposition:
        # "挑选后合格", "返工合格" tell how it ended; the presentation itself was rejected.
        return "rejected", disposition, False
    if bare.startswith(("不合格", "不良", "拒收", "ng", "判退")):
        return "rejected", None, False
    if bare.startswith(("合格", "接收", "允收", "ok", "pass")):
        return "accepted", None, False
    return None, None, True
