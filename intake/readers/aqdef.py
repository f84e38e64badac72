"""Q-DAS AQDEF files (.dfq, .dfd with .dfx), as gauges and measuring machines write them; read in the child.

K-fields describe parts (K1xxx) and characteristics (K2xxx); values follow as K-fields of their own
(K0001 value, K0002 attribute, K0004 time, K0006 batch) or as compact lines: 0x0F between characteristics,
0x14 between the parts of one value. Each characteristic becomes a sheet, each of its values a row that
bears the number of its line in the file; the headers are the names of the K-fields.

Learned from the published description of the Q-DAS ASCII transfer format and the cases of
diribet/aqdef-tools (MIT).
"""

import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import PurePosixPath

from intake.readers.decoding import decode
from intake.readers.raw import RawSheet, RawWorkbook
from intake.readers.refusals import Limits, Refused

BETWEEN_CHARACTERISTICS, WITHIN_A_VALUE = "\x0f", "\x14"
FIELD = re.compile(r"K(\d{4})((?:/\d*)*)(?:[ \t]+(.*))?$")
# A first line that only this format has; a comma file with a column K0001 goes on with its comma.
BEGINS = re.compile(r"\s*K\d{4}(?:/\d+)*[ \t]+\S")
LINE_END = re.compile(r"\r\n|\r|\n")
NUMBER = re.compile(r"[-+]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][-+]?\d+)?")

# Places of one value in its compact form; of an attributive one the third is not used.
VARIABLE = ("K0001", "K0002", "K0004", "K0005", "K0006", "K0007", "K0008", "K0010", "K0011", "K0012")
ATTRIBUTIVE = ("K0020", "K0021", "", *VARIABLE[1:])
KEPT = ("K0001", "K0002", "K0004", "K0006", "K0007", "K0008", "K0009", "K0010", "K0012", "K0020", "K0021")
PLACE = {name: place for place, name in enumerate(KEPT, start=1)}  # place 0 is the line
# Kinds of a characteristic (K2004) that are counted, not measured: attribute, error log sheets.
COUNTED = {"1", "5", "6"}
MEASURED_COLUMNS = (
    "K1001", "K1002", "K1302", "K0006", "K0004", "K2001", "K2002", "K0001", "K0002", "K2142", "K2101",
    "K2110", "K2111", "K0012", "K0007", "K0008", "K0010", "K0009", "K1071", "K1072",
)  # fmt: skip
# K0002 has a mark here: counts that look like the measured values of their file would be taken for some of them.
COUNTED_COLUMNS = (
    "K1001", "K1002", "K1302", "K0006", "K0004", "K0020", "nonconforming", "K2002", "K0021", "K0002#", "K0008",
    "K0010", "K0009", "K1071", "K1072",
)  # fmt: skip
# Where a value does not say it itself, its characteristic or part may.
ELSE = {"K0008": ("K1222", "K1221"), "K0010": ("K1082", "K1081"), "K0012": ("K2402", "K2401")}
TIMES = ("%d.%m.%Y/%H:%M:%S", "%d.%m.%Y/%H:%M", "%d.%m.%Y", "%d.%m.%y/%H:%M:%S", "%Y-%m-%d/%H:%M:%S")
BEFORE_TIME = re.compile(r"/(?=\d{1,2}:\d{2})")
NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
PAIR = {".dfd", ".dfx"}

Value = list  # line, and the cells of KEPT in their order


@dataclass
class Described:
    """Parts and characteristics of a file, and the values found of each characteristic.

    Attributes
    ----------
    parts, characteristics : dict of int to dict of str to str
        K-fields by index; index 0 holds for all that do not say otherwise.
    part_of : dict of int to int
        Characteristic to the part that was described before it.
    groups : dict of int to dict of str to str
        K50xx by index of the group.
    nodes : dict of int to (str, int)
        K511x: node to ``part``, ``characteristic`` or ``group`` and its index.
    inside : dict of int to int
        K5102: characteristic to the node that holds it.
    values : dict of int to list of Value
    """

    parts: dict[int, dict[str, str]] = field(default_factory=dict)
    characteristics: dict[int, dict[str, str]] = field(default_factory=dict)
    part_of: dict[int, int] = field(default_factory=dict)
    groups: dict[int, dict[str, str]] = field(default_factory=dict)
    nodes: dict[int, tuple[str, int]] = field(default_factory=dict)
    inside: dict[int, int] = field(default_factory=dict)
    values: dict[int, list[Value]] = field(default_factory=dict)
    ahead: dict[int, str] = field(default_factory=dict)
    part: int = 1

    def of_part(self, characteristic: int, name: str) -> str:
        """A K1xxx field of the part of a characteristic; blank where nothing says it."""
        own = self.parts.get(self.part_of.get(characteristic, 1), {})
        return own.get(name) or self.parts.get(0, {}).get(name, "")

    def of_characteristic(self, characteristic: int, name: str) -> str:
        """A K2xxx field of a characteristic; blank where nothing says it."""
        own = self.characteristics.get(characteristic, {})
        return own.get(name) or self.characteristics.get(0, {}).get(name, "")

    def is_counted(self, characteristic: int) -> bool:
        """Whether pieces of a characteristic are judged, not measured."""
        return self.of_characteristic(characteristic, "K2004") in COUNTED

    def name_of(self, characteristic: int) -> str:
        return self.of_characteristic(characteristic, "K2002") or self.of_characteristic(
            characteristic, "K2001"
        )


def is_aqdef(text: str) -> bool:
    """Whether a text begins as a file of this format, or is the values of a pair alone."""
    return bool(BEGINS.match(text)) or WITHIN_A_VALUE in text.partition("\n")[0]


def read_aqdef(data: bytes, limits: Limits, encoding: str | None = None) -> RawWorkbook:
    """Read a .dfq file.

    Raises
    ------
    Refused
        ``aqdef_line`` with the number of a line that is none of the format, ``aqdef_no_values``,
        ``aqdef_no_description``, ``too_many_cells``, and what decoding raises.
    """
    text, name = decode(data, encoding)
    return RawWorkbook("aqdef", _sheets(text, limits), name)


def holds_aqdef(archive: zipfile.ZipFile) -> bool:
    """Whether a zip holds nothing but files of this format."""
    endings = {_ending(name) for name in _files(archive)}
    return bool(endings) and endings <= {*PAIR, ".dfq"}


def read_zipped_aqdef(archive: zipfile.ZipFile, limits: Limits, encoding: str | None = None) -> RawWorkbook:
    """Read the .dfq files and pairs of .dfd and .dfx in a zip, in the order of their names.

    The lines of a pair are counted through both files, the description first.

    Raises Refused as `read_aqdef` does, and ``aqdef_twice`` where a .dfq and a pair, or several of one ending,
    share a name (mostly an export in both forms), or where two files say the same: values would count twice.
    """
    named: dict[str, list[str]] = {}
    for name in sorted(_files(archive), key=lambda name: (_stem(name), _ending(name))):
        named.setdefault(_stem(name), []).append(name)
    texts: dict[str, str] = {}
    seen: set[str] = set()
    used = ""
    for stem, names in named.items():
        if len(names) > 1 and [_ending(name) for name in names] != sorted(PAIR):
            raise Refused("aqdef_twice", {"name": PurePosixPath(names[0]).stem})
        for name in names:
            text, used = decode(archive.read(name), encoding)
            if text in seen:
                raise Refused("aqdef_twice", {"name": PurePosixPath(name).stem})
            seen.add(text)
            before = texts.get(stem, "")
            texts[stem] = before + ("" if not before or before.endswith("\n") else "\n") + text
    sheets: list[RawSheet] = []
    for number, text in enumerate(texts.values(), start=1):
        sheets += _sheets(text, limits, f"{number}." if len(texts) > 1 else "")
    if sum(len(sheet.columns) * len(sheet.columns[0]) for sheet in sheets) > limits.cells:
        raise Refused("too_many_cells", {"limit": limits.cells})
    return RawWorkbook("aqdef", sheets, used)


def _files(archive: zipfile.ZipFile) -> list[str]:
    return [name for name in archive.namelist() if not name.endswith("/") and "__MACOSX/" not in name]


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _stem(name: str) -> str:
    return str(PurePosixPath(name).with_suffix("")).lower()


# Lines


def _described(text: str) -> Described:
    told = Described()
    continued = False  # a text may go on in the next line, a value may not
    for line, written in enumerate(LINE_END.split(text), start=1):
        if not written.strip(" \t\ufeff\x1a"):
            continue
        if found := FIELD.match(written.strip(" \ufeff")):
            _take_field(told, found, line)
            continued = not found[1].startswith("0")
        elif WITHIN_A_VALUE in written or BETWEEN_CHARACTERISTICS in written or _is_number(written):
            _take_values(told, written, line)
            continued = False
        elif not continued:
            raise Refused("aqdef_line", {"row": line})
    return told


def _is_number(written: str) -> bool:
    return bool(NUMBER.fullmatch(written.strip()))


def _take_field(told: Described, found: re.Match[str], line: int) -> None:
    name, text = "K" + found[1], (found[3] or "").strip()
    indices = _indices(found[2], line)
    index = indices[0] if indices else 1
    if len(indices) > 1 and not name.startswith("K00"):
        raise Refused("aqdef_line", {"row": line})  # only values are counted
    match name[1:2], name[2:3]:
        case "0", "0":
            if name in PLACE:
                _take_value_field(told, PLACE[name], indices or [1], text, line)
        case "1", _:
            told.part = index or told.part
            told.parts.setdefault(index, {})[name] = text
        case "2", _:
            told.characteristics.setdefault(index, {})[name] = text
            told.part_of.setdefault(index, told.part)
        case "5", "0":
            told.groups.setdefault(index, {})[name] = text
        case "5", "1":
            _take_node(told, name, index, text)


def _indices(written: str, line: int) -> list[int]:
    parts = written.split("/")[1:]
    if any(not part or len(part) > 9 for part in parts) or len(parts) > 2:
        raise Refused("aqdef_line", {"row": line})
    return [int(part) for part in parts]


def _take_node(told: Described, name: str, index: int, text: str) -> None:
    kinds = {"K5111": "part", "K5112": "characteristic", "K5113": "group"}
    if not text.isdecimal():
        return
    if name in kinds:
        told.nodes[index] = (kinds[name], int(text))
    elif name == "K5102":
        told.inside.setdefault(int(text), index)


def _take_value_field(told: Described, place: int, indices: list[int], text: str, line: int) -> None:
    if not told.characteristics:
        raise Refused("aqdef_line", {"row": line})  # a value of nothing that was described
    characteristic, number = indices[0], indices[1] if len(indices) > 1 else None
    wanted = [characteristic] if characteristic else list(told.values)
    if number is not None:
        for values in (told.values.get(one, []) for one in wanted):
            for value in values[number - 1 : number] if number else values:
                value[place] = text
    elif characteristic:
        values = told.values.setdefault(characteristic, [])
        if not values or values[-1][place] is not None:
            values.append(_new_value(told, line))
        if place == PLACE["K0001"]:
            values[-1][0] = line
        values[-1][place] = text
    else:
        # Of all characteristics: of their last values that have none, else of those to come.
        lacking = [values[-1] for values in told.values.values() if values[-1][place] is None]
        for value in lacking:
            value[place] = text
        if not lacking:
            told.ahead[place] = text


def _new_value(told: Described, line: int) -> Value:
    value: Value = [line, *[None] * len(KEPT)]
    for place, text in told.ahead.items():
        value[place] = text
    return value


def _take_values(told: Described, written: str, line: int) -> None:
    if not told.characteristics:
        raise Refused("aqdef_no_description")
    for index, portion in enumerate(written.split(BETWEEN_CHARACTERISTICS), start=1):
        if not portion.strip(" \x14"):
            continue
        parts = portion.split(WITHIN_A_VALUE)
        said = told.of_characteristic(index, "K2004")
        counted = told.is_counted(index) if said else len(parts) > len(VARIABLE) + 1
        value = _new_value(told, line)
        for name, text in zip(ATTRIBUTIVE if counted else VARIABLE, parts, strict=False):
            if name in PLACE and (text := text.strip()):
                value[PLACE[name]] = text
        told.values.setdefault(index, []).append(value)


# Sheets


def _sheets(text: str, limits: Limits, prefix: str = "") -> list[RawSheet]:
    told = _described(text)
    counted = [index for index, values in told.values.items() if _is_counted(told, index, values)]
    measured = [index for index in sorted(told.values) if index not in counted]
    cells = sum(len(told.values[index]) for index in measured) * len(MEASURED_COLUMNS)
    if cells > limits.cells:
        raise Refused("too_many_cells", {"limit": limits.cells})
    names = _names(told)
    sheets = [_measured_sheet(told, index, names, prefix) for index in measured]
    for part in dict.fromkeys(told.part_of.get(index, 1) for index in sorted(counted)):
        mine = [index for index in sorted(counted) if told.part_of.get(index, 1) == part]
        sheets.append(_counted_sheet(told, part, mine, names, prefix))
    sheets = [sheet for sheet in sheets if len(sheet.columns[0]) > 1]
    if not sheets:
        raise Refused("aqdef_no_values")
    return _without_empty_columns(sheets)


def _is_counted(told: Described, index: int, values: list[Value]) -> bool:
    return told.is_counted(index) or (
        not told.of_characteristic(index, "K2004") and any(value[PLACE["K0020"]] for value in values)
    )


def _names(told: Described) -> dict[int, str]:
    """Name of each characteristic; where a part has the same name and number twice, with its group before it."""
    said = {index: told.name_of(index) for index in told.values}
    keys = {
        index: (told.part_of.get(index, 1), told.of_characteristic(index, "K2001"), name)
        for index, name in said.items()
    }
    often = {key for key, number in Counter(keys.values()).items() if number > 1}
    return {
        index: f"{_group_of(told, index)} {name}".strip() if keys[index] in often else name
        for index, name in said.items()
    }


def _group_of(told: Described, characteristic: int) -> str:
    kind, index = told.nodes.get(told.inside.get(characteristic, 0), ("", 0))
    if kind == "group":
        group = told.groups.get(index, {})
        return group.get("K5002") or group.get("K5001", "")
    return told.name_of(index) if kind == "characteristic" else ""


def _measured_sheet(told: Described, index: int, names: dict[int, str], prefix: str) -> RawSheet:
    values = [value for value in told.values[index] if value[1] or value[2] not in (None, "", "0")]
    fixed = _fixed_fields(told, index) | {
        "K2001": told.of_characteristic(index, "K2001") or names[index],
        "K2002": names[index],
        "K2142": told.of_characteristic(index, "K2142"),
        "K2101": _point(told.of_characteristic(index, "K2101")),
        "K2110": _limit(told, index, "K2110", "K2112"),
        "K2111": _limit(told, index, "K2111", "K2113"),
    }
    columns = [_column(name, values, fixed, told, index) for name in MEASURED_COLUMNS]
    return RawSheet(_sheet_name(prefix, index, names[index]), columns, numbers=_numbers(values))


def _fixed_fields(told: Described, index: int) -> dict[str, str]:
    return {name: told.of_part(index, name) for name in ("K1001", "K1002", "K1302", "K1071", "K1072")}


def _column(name: str, values: list[Value], fixed: dict[str, str], told: Described, index: int) -> list:
    if name in fixed:
        return [name, *[fixed[name]] * len(values)]
    place = PLACE[name]
    said = "" if name not in ELSE else _said_elsewhere(told, index, ELSE[name])
    return [name, *(_cell(name, value[place] or said) for value in values)]


def _said_elsewhere(told: Described, index: int, names: Iterable[str]) -> str:
    for name in names:
        of = told.of_part if name.startswith("K1") else told.of_characteristic
        if text := of(index, name):
            return text
    return ""


def _cell(name: str, text: str) -> object:
    if name == "K0004":
        return _time(text)
    if name in ("K0001", "K0020", "K0021"):
        return _point(text)
    return text.lstrip("#").strip() if name == "K0006" else text


@lru_cache(maxsize=100_000)  # all characteristics of a line have one time
def _time(text: str) -> object:
    for form in TIMES:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  (of the place, as in every sheet)
        except ValueError:
            continue
    return BEFORE_TIME.sub(
        " ", text
    )  # the tables know other ways to write a day, and ask where it may be two


def _point(text: str) -> str:
    """A number with its decimal point, where the writer's country has a comma; the format has no thousands."""
    return text.replace(",", ".") if text.count(",") == 1 and _is_number(text) else text


def _limit(told: Described, index: int, limit: str, allowance: str) -> str:
    """A specification limit: its own field, else the nominal and the allowance, which has its sign."""
    if own := told.of_characteristic(index, limit):
        return _point(own)
    nominal, added = (_point(told.of_characteristic(index, name)) for name in ("K2101", allowance))
    try:
        return str(Decimal(nominal) + Decimal(added))
    except ArithmeticError:  # no number, or one beyond all numbers
        return ""


def _counted_sheet(
    told: Described, part: int, indices: list[int], names: dict[int, str], prefix: str
) -> RawSheet:
    """All counts of a part: one row a characteristic, those of one lot and time below one another."""
    lines = [
        (index, value)
        for index in indices
        for value in told.values[index]
        if value[PLACE["K0020"]] or _is_invalid(value)
    ]
    lines.sort(key=lambda line: line[1][0])
    columns: dict[str, list] = {name: [name] for name in COUNTED_COLUMNS}
    pieces = list(_nonconforming(told, lines))
    for (index, value), nonconforming in zip(lines, pieces, strict=True):
        row = _fixed_fields(told, index) | {
            "K2002": names[index],
            "nonconforming": nonconforming,
            "K0002#": value[PLACE["K0002"]] or "",
        }
        for name, column in columns.items():
            said = "" if name not in ELSE else _said_elsewhere(told, index, ELSE[name])
            column.append(row[name] if name in row else _cell(name, value[PLACE[name]] or said))
    title = told.parts.get(part, {}).get("K1001", "")
    return RawSheet(
        _sheet_name(prefix, part, title, "#"),
        list(columns.values()),
        numbers=_numbers([value for _, value in lines]),
    )


def _nonconforming(told: Described, lines: list[tuple[int, Value]]) -> Iterator[str]:
    """Nonconforming pieces of the inspection that a line belongs to, where the counts leave no doubt.

    A piece may be nonconforming in two characteristics: of several counts above zero nobody knows the
    pieces. A line that is the error type of an error log sheet (K2031) counts nonconformities alone, one that
    is not valid (K0002) counts nothing, a blank one says nothing.
    """
    counts: dict[tuple, list[str]] = {}
    for index, value in lines:
        count = _point(value[PLACE["K0021"]] or "")
        if count and told.of_characteristic(index, "K2031") in ("", "0") and not _is_invalid(value):
            counts.setdefault(_inspection(value), []).append(count)
    for _, value in lines:
        found = counts.get(_inspection(value), [])
        above = [count for count in found if _number(count) != 0]
        yield "" if len(above) > 1 else above[0] if above else "0" if found else ""


def _is_invalid(value: Value) -> bool:
    """Whether the attribute of a value (K0002) is another than 0."""
    return bool(_number(value[PLACE["K0002"]] or ""))


def _number(text: str) -> float | None:
    return float(_point(text)) if _is_number(text) else None


def _inspection(value: Value) -> tuple:
    return value[PLACE["K0006"]], value[PLACE["K0004"]]


def _numbers(values: list[Value]) -> list[int]:
    return [1, *(value[0] for value in values)]


def _sheet_name(prefix: str, index: int, name: str, mark: str = "") -> str:
    """A name that a workbook allows too: the mended one has the same sheets."""
    clean = NOT_IN_SHEET_NAME.sub("-", name).strip("' ")
    return f"{prefix}{mark}{index} {clean}"[:31].strip()


def _without_empty_columns(sheets: list[RawSheet]) -> list[RawSheet]:
    """Leave out columns that say nothing in the whole file, so that all sheets of a kind stay alike."""
    # A blank count of pieces is a question to a person; it must not look like a file that counts none.
    filled = {"nonconforming"} | {
        column[0] for sheet in sheets for column in sheet.columns if any(cell != "" for cell in column[1:])
    }
    for sheet in sheets:
        sheet.columns = [column for column in sheet.columns if column[0] in filled]
    return sheets
