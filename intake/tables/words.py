"""The words of the trade: headers and what they mean, marks of rows that are no data.

Headers are compared after :func:`key_of`; the list of names is ``data/column_synonyms.csv``.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from intake.readers.raw import NO_RESULT

DATA = Path(__file__).with_name("data")

BRACKETS = re.compile(r"[(\[{【〔](?P<inside>[^()\[\]{}【】〔〕]*)[)\]}】〕]")
NOT_COMPARED = re.compile(r"[\s:;,*_\"'`·。.、:]+")
# Characters of the trade as Taiwan and Hong Kong write them, and as the list of names does.
TRADITIONAL = str.maketrans(
    "檢驗數號樣產單據員壞備註總計貨庫結餘價額廠應編碼稱規範與實測標準設機臺線長寬圖紙項類別級種組質訂購調撥盤虧領發來歷廢棄讓"
    "過檔報對時間個隻壓傷變點徑圓邊裝飾氣處狀態訊課責歸屬賬帳進銷還聯絡鎖蓋縮層電鐵銅鋼銀觸頭彈殼極熱環塗鍍銹鏽劃縫斷彎錯雜髒"
    "汙負關鍵輕嚴審製顏顯寫張條",
    "检验数号样产单据员坏备注总计货库结余价额厂应编码称规范与实测标准设机台线长宽图纸项类别级种组质订购调拨盘亏领发来历废弃让"
    "过档报对时间个只压伤变点径圆边装饰气处状态讯课责归属账账进销还联络锁盖缩层电铁铜钢银触头弹壳极热环涂镀锈锈划缝断弯错杂脏"
    "污负关键轻严审制颜显写张条",
)
CHINESE = re.compile(r"[\u3400-\u9fff]+")


def words_of(text: str) -> frozenset[str]:
    """The words of a text that stand apart by blanks, to write long sets readably."""
    return frozenset(text.split())


def plain(value: object) -> str:
    """Text of a cell in the shape that is compared: NFKC, trimmed, no zero-width characters."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else number_as_text(value)
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text).replace("\u200b", "").replace("\ufeff", "").strip()


def simplified(text: str) -> str:
    """A text with the simplified forms of the trade's characters, to be compared: 檢驗數量 is 检验数量."""
    return text if text.isascii() else text.translate(TRADITIONAL)


def weight_key(number: object) -> str:
    """Return the key to the weight of a part: its number without an ERP's class before it and leading zeros."""
    return plain(number).split(".")[-1].lstrip("0").casefold()


def number_as_text(value: object) -> str:
    """A number as a person types it: 201001.0 is 201001."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def key_of(header: object) -> str:
    """A header as it is compared: NFKC, lower case, without blanks, brackets, colons and asterisks."""
    text = simplified(BRACKETS.sub("", plain(header)))
    # "#" and "%" tell names apart (LOT#, 合格率%), so they stay.
    return NOT_COMPARED.sub("", text).lower()


def unit_in(header: object) -> str:
    """What stands in the brackets of a header, mostly a unit: ``单重(g)`` gives ``g``."""
    found = BRACKETS.search(plain(header))
    return found["inside"].strip() if found else ""


@dataclass(frozen=True)
class Meaning:
    """One thing that a header may mean."""

    group: str  # inspection, measurement, stock, delivery, return, structure, list
    field: str


@lru_cache(maxsize=1)
def meanings() -> dict[str, tuple[Meaning, ...]]:
    """Compared header to all that it may mean, in the order of the list."""
    found: dict[str, list[Meaning]] = {}
    for name in ("column_synonyms.csv", "more_names.csv"):
        with (DATA / name).open(encoding="utf-8", newline="") as lines:
            for line in csv.DictReader(lines):
                meaning = Meaning(line["group"], line["field"])
                known = found.setdefault(key_of(line["name"]), [])
                if meaning not in known:
                    known.append(meaning)
    return {key: tuple(known) for key, known in found.items()}


@lru_cache(maxsize=4096)
def what_it_means(header: str) -> tuple[Meaning, ...]:
    """All that a header may mean; of a header in two languages what its parts agree on."""
    known = meanings()
    key = key_of(header)
    if key in known:
        return known[key]
    # "批号 Lot No." and "批号/Lot": one half at a time.
    text = simplified(BRACKETS.sub("", plain(header)))
    chinese = "".join(CHINESE.findall(text))
    other = key_of(CHINESE.sub(" ", text)).strip("/|-")
    halves = [known[half] for half in (chinese, other) if half in known]
    if len(halves) == 2:
        both = tuple(meaning for meaning in halves[0] if meaning in halves[1])
        return both or halves[0]
    if halves and chinese in known and not other:
        return halves[0]
    # "(批号)": everything stood in brackets.
    inside = key_of(unit_in(header))
    if not key and inside in known:
        return known[inside]
    return halves[0] if halves else ()


# Words that are headers and also stand in cells: alone they begin no table and label no value.
ALSO_VALUES = words_of(
    """合格 ok ng nok 不良 不良品 良品 次品 废品 pass passed fail failed good bad accepted rejected 特采
    让步接收 让步放行 致命 严重 轻微 critical major minor cr ma mi n 其他 outgoing own in out no
    unit type line press box"""
)


def is_known(value: object) -> bool:
    """Whether a cell is a header word of data (totals, statistics and signatures are not)."""
    if not isinstance(value, str) or len(value) > 40:
        return False
    return any(meaning.group != "structure" for meaning in what_it_means(value))


TOTAL = re.compile(
    r"^(本[页月周日批]|本期|[上当]月)?(合\s*计|总\s*计|累\s*计|共\s*计|grand\s*total|total|sum)s?:?$",
    re.IGNORECASE,
)
SUBTOTAL = re.compile(
    r"^(本页|第?\d+周|[\u4e00-\u9fff]{0,6})?(小\s*计|sub[\s-]?total):?$|^本页(合计|小计)$"
    r"|^(小计|合计|总计)[\s:(].{1,24}$|^.{1,24}\s?(小计|合计|汇总)$",
    re.IGNORECASE,
)
STATISTIC = re.compile(
    r"^(平均(值|数)?|均值|标准偏差|标准差|极差|最大(值)?|最小(值)?|cpk?|ppk?|合格判定|mean|average|avg|std\.?\s?dev\.?|"
    r"standard deviation|range|max(imum)?|min(imum)?):?$",
    re.IGNORECASE,
)
SIGNATURE = re.compile(
    r"^(制表|审核|批准|编制|复核|校对|检验员?签字|检验员|检验|审批|主管|制单人?|填表人?|盖章|日期|记录人?|"
    r"prepared by|approved by|checked by|signature|issued by|reviewed by)\s*(人|者)?\s*:",
    re.IGNORECASE,
)
NOTE = re.compile(r"^(备注|说明|注|注意|note|remarks?)\s*\d*\s*:", re.IGNORECASE)
DITTO = frozenset({'"', "〃", "″", "''", "“", "”", "同上", "ditto", "〃〃", "//"})

# Nothing was entered, as on paper; a word for nothing may be more than that, see `nothing`.
STROKES = frozenset({"", "-", "--", "—", "——", "－", "/", "\\", "∕", "#n/a"})
NOTHING_IN_WORDS = words_of("n/a na n.a. null none nan 无数据 空")
BLANK_MARKS = STROKES | NOTHING_IN_WORDS
FORMULA_ERRORS = frozenset(
    {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)


def broken_formula(text: str) -> str | None:
    """The rule that a cell breaks whose formula gave no value, or None."""
    said = text.upper()
    return (
        "formula_without_result" if said == NO_RESULT else "formula_error" if said in FORMULA_ERRORS else None
    )


def is_blank(value: object) -> bool:
    """Whether a cell says nothing: empty, or a dash or stroke where a value would stand."""
    return value is None or (isinstance(value, str) and plain(value).lower() in BLANK_MARKS)


def plain_code(text: str) -> bool:
    """Whether a text is letters and digits of ASCII, a digit last: most numbers of lots and parts, and no word."""
    return text.isalnum() and text.isascii() and text[-1].isdigit()


def among(text: str, words: Iterable[str]) -> str:
    """The first of `words` that `text` contains, or an empty text."""
    return next((word for word in words if word in text), "")
