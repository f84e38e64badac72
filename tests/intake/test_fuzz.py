"""Files with bytes changed at random, for each reader: read or refused, never a crash, never a hang."""

import io
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.readers.reading import DEFAULT_LIMITS, read
from intake.readers.refusals import RULES, Refused
from intake.tables.typed import type_tables
from intake.tables.understand import understand
from tests.intake.biff import xls
from tests.intake.sheets import TODAY, text, xlsx

FEW, MANY = 6, 1000
SECONDS = 20  # of a loaded machine; a hang is longer
LIMITS = replace(DEFAULT_LIMITS, cpu_seconds=10, wall_seconds=15)
ROWS = [
    ["检验日期", "物料编码", "批号", "批量", "抽样数", "不合格数", "判定"],
    ["2026-05-01", "0201001", "J250501-1", 3200, 125, 1, "合格"],
    ["2026.5.2", "201001", "J250502-1", "3,200只", 125, 0, "让步接收"],
    ["合计", None, None, 6400, 250, 1, None],
]
VALUE = "10.02\x140\x144.5.2026/08:30:00\x14\x14#7\x143"
DFQ = "\r\n".join(
    [
        "K0100 2", "K1001/1 0201001", "K2001/1 L1", "K2002/1 总长", "K2110/1 9.5", "K2004/2 1", "K2002/2 外观",
        f"{VALUE}\x0f125\x141\x140\x140\x144.5.2026/08:30:00", "K0001/1 9.98", "K0004/1 5.5.2026/08:30:00", "",
    ]
)  # fmt: skip
HTML = "<table>" + "".join(
    "<tr>" + "".join(f"<td>{cell or '&nbsp;'}</td>" for cell in row) + "</tr>" for row in ROWS
)
CELLS = "".join(
    "<Row>" + "".join(f'<Cell><Data ss:Type="String">{cell or ""}</Data></Cell>' for cell in row) + "</Row>"
    for row in ROWS
)
XML = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table>'
    f"{CELLS}</Table></Worksheet></Workbook>"
)
ODS = (
    '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="a">'
    + "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell or ""}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in ROWS
    )
    + "</table:table></office:spreadsheet></office:body></office:document-content>"
)
MANIFEST = {
    "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
    "META-INF/manifest.xml": b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
}
PIECES = st.sampled_from(
    [b"\0", b"\xff\xff", b'"', b"<", b"&", b"=", b",", b"\r", b"\n", b"9" * 400, b"1e400", b"K0001/0/0 ", b"\x0f",
     b"\x14", b"/999999999", b"\xe2\x80\xae", "，".encode(), b"t=\"e\"", b"r=\"XFD1048576\"", b"1048577"]
)  # fmt: skip
# Where, how many bytes go, and what comes instead.
CHANGES = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.one_of(PIECES, st.binary(max_size=4))), max_size=6
)
Change = tuple[float, int, bytes]


def changed(data: bytes, changes: list[Change]) -> bytes:
    for at, gone, instead in changes:
        place = int(at * len(data))
        data = data[:place] + instead + data[place + gone :]
    return data


def as_zip(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def with_changed_part(changes: list[Change]) -> bytes:
    """A workbook whose zip is sound and whose sheet is not: past the checksums of the container."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(("a", ROWS)))) as sound, zipfile.ZipFile(target, "w") as broken:
        for name in sound.namelist():
            part = sound.read(name)
            broken.writestr(
                name, changed(part, changes) if "sheet1" in name or "workbook.xml" in name else part
            )
    return target.getvalue()


def of(data: bytes) -> Callable[[list[Change]], bytes]:
    return lambda changes: changed(data, changes)


FILES: dict[str, Callable[[list[Change]], bytes]] = {
    "csv": of(text(ROWS).encode("gb18030")),
    "utf-16": of(text(ROWS, "\t").encode("utf-16")),
    "xlsx": of(xlsx(("a", ROWS))),
    "sheet of xlsx": with_changed_part,
    "xls": of(xls({"a": ROWS})),
    "ods": lambda changes: as_zip(MANIFEST | {"content.xml": changed(ODS.encode(), changes)}),
    "html": of(HTML.encode("gb18030")),
    "xml": of(XML.encode()),
    "dfq": of(DFQ.encode("gb18030")),
    "dfd and dfx": lambda changes: as_zip({"a.dfd": DFQ.encode(), "a.dfx": changed(VALUE.encode(), changes)}),
}


def take(data: bytes) -> None:
    began = time.monotonic()
    rule = ""
    try:
        understood = understand(read(data, limits=LIMITS))
        if understood.kind and understood.tables:
            type_tables(understood, today=TODAY)
    except Refused as refused:
        rule = refused.rule
    assert rule in ("", *RULES)
    assert time.monotonic() - began < SECONDS


def fuzzed(examples: int):
    wanted = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=examples == FEW,
        suppress_health_check=list(HealthCheck),
    )

    def of_a_reader(name: str) -> None:
        wanted(given(CHANGES)(lambda changes: take(FILES[name](changes))))()

    return of_a_reader


@pytest.mark.parametrize("name", list(FILES))
def test_the_file_itself_is_read(name):
    understood = understand(read(FILES[name]([])))
    assert understood.kind in ("inspections", "measurements")
    assert type_tables(understood, today=TODAY).read > 0


@pytest.mark.parametrize("name", list(FILES))
def test_a_changed_file_is_read_or_refused(name):
    fuzzed(FEW)(name)


@pytest.mark.soak
@pytest.mark.parametrize("name", list(FILES))
def test_many_changed_files_are_read_or_refused(name):
    fuzzed(MANY)(name)
