"""Defects as people write them: "起泡3、缺料2", "起泡×3 缺料×2", "STA-07;STA-05", "其它为油污"."""

import re
from dataclasses import dataclass

from intake.tables.numbers import IN_WORDS
from intake.tables.words import BLANK_MARKS, plain

CODE = re.compile(r"^[A-Z]{1,6}[-_]?\d{1,4}$", re.IGNORECASE)
BETWEEN = re.compile(r"[、,;/\n+&]|(?<=\d)\s+|(?<=[只个件处pP])\s+|和|及")
LOOSE = re.compile(r"(?<=\D)[ \t]+(?=\d)|(?<=\d)[ \t]+(?=[只个件处片支])")  # blanks inside one entry
ITEM = re.compile(
    r"^(?P<name>.*?[^\d\s×xX*:=()])\s*(?:[×xX*:=(]|[-—](?=\d))?\s*(?P<count>\d+)\s*"
    r"(?:只|个|件|处|片|支|pcs?|ea)?\)?$"
)
OTHER_IS = re.compile(r"其[它他]\s*(?:为|是|[:=])\s*(?P<names>[^\s。]+)")
SORTED_OUT = re.compile(
    r"(?:全检|100%\s*)?(?:挑选?|选别|分选|筛选)\s*出?\s*(?:不良|不合格品?|次品)?\s*:?\s*(?P<count>\d[\d,]*)"
)
OTHERS = frozenset({"其它", "其他", "other", "others"})
NONE_SAID = frozenset({"无", "ok", "合格", "良好", "正常", "none", "没有", "无不良", "√"})


@dataclass(frozen=True)
class Defect:
    """A defect named in a cell; `count` is None where the cell gives none, or only 若干."""

    name: str
    count: int | None
    in_words: bool = False

    def as_item(self, kind: str | None = None, of_class: str | None = None) -> dict:
        """The entry of the canonical `defects` list: code or name, count, class."""
        by_code = kind == "code" or (kind is None and bool(CODE.match(self.name)))
        item: dict = {"code" if by_code else "name": self.name, "count": self.count}
        return item | ({"class": of_class} if of_class else {})


def read_defects(cell: object) -> list[Defect]:
    """All defects that a cell names, in its order; a name that stands twice is added up."""
    text = plain(cell)
    if text.lower() in BLANK_MARKS or text.lower() in NONE_SAID:
        return []
    found: dict[str, Defect] = {}
    for part in BETWEEN.split(LOOSE.sub("", text)):
        piece = part.strip(" ;。.、")
        if not piece or piece.lower() in NONE_SAID:
            continue
        defect = _one(piece)
        known = found.get(defect.name)
        if known and known.count is not None and defect.count is not None:
            defect = Defect(defect.name, known.count + defect.count)
        found[defect.name] = defect
    return list(found.values())


def _one(piece: str) -> Defect:
    if CODE.match(piece):
        return Defect(piece.upper(), None)
    vague = IN_WORDS.search(piece)
    if vague:
        return Defect(piece.replace(vague[0], "").strip(" ×xX*:") or piece, None, in_words=True)
    counted = ITEM.match(piece)
    if counted:
        return Defect(counted["name"].strip(), int(counted["count"]))
    return Defect(piece, None)


def others_named(remark: object) -> list[Defect]:
    """Defects that a remark names for the column 其它: ``其它为油污``, ``其它为油污3、压痕2``."""
    found = OTHER_IS.search(plain(remark))
    return read_defects(found["names"]) if found else []


def sorted_out(remark: object) -> int | None:
    """Pieces found by sorting that a remark tells (``挑选出213`` gives 213)."""
    found = SORTED_OUT.search(plain(remark))
    return int(found["count"].replace(",", "")) if found else None
