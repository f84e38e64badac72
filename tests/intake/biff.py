"""A small writer of .xls (BIFF8 in an OLE container), enough to read back: texts, numbers, merged cells."""

import struct
from collections.abc import Mapping, Sequence

SECTOR = 512
END, FREE, FAT_ITSELF = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
Merged = tuple[int, int, int, int]


def xls(
    sheets: Mapping[str, Sequence[Sequence]], merged: Mapping[str, Sequence[Merged]] | None = None
) -> bytes:
    """A workbook of one or more sheets; `merged` are (top, left, bottom, right) from 0."""
    bodies = [_sheet(rows, (merged or {}).get(name, ())) for name, rows in sheets.items()]
    names = [name.encode("utf-16-le") for name in sheets]
    head = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6)) + _record(
        0x42, struct.pack("<H", 1200)
    )
    length = len(head) + sum(4 + 8 + len(name) for name in names) + 4
    bound, at = b"", length
    for name, body in zip(names, bodies, strict=True):
        bound += _record(0x85, struct.pack("<IBBBB", at, 0, 0, len(name) // 2, 1) + name)
        at += len(body)
    return _ole(head + bound + _record(0x0A, b"") + b"".join(bodies))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _sheet(rows: Sequence[Sequence], merged: Sequence[Merged]) -> bytes:
    width = max(map(len, rows))
    body = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6))
    body += _record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(cell, (int, float)):
                body += _record(0x203, place + struct.pack("<d", cell))
            elif cell:
                body += _record(0x204, place + struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le"))
    if merged:
        ranges = b"".join(
            struct.pack("<HHHH", top, bottom, left, right) for top, left, bottom, right in merged
        )
        body += _record(0xE5, struct.pack("<H", len(merged)) + ranges)
    return body + _record(0x0A, b"")


def _ole(stream: bytes) -> bytes:
    """Wrap a stream as the OLE file that Excel 97 wrote; short streams are padded past the mini stream."""
    stream = stream.ljust(4096, b"\0")
    data = -(-len(stream) // SECTOR)
    stream = stream.ljust(data * SECTOR, b"\0")
    fat = [*range(3, data + 2), END]  # the stream stands in sectors 2 and on
    fat = [FAT_ITSELF, END, *fat] + [FREE] * (SECTOR // 4 - len(fat) - 2)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0) + struct.pack("<I", 0)
    header += struct.pack("<I", FREE) * 108
    directory = _entry("Root Entry", 5, 1, END, 0) + _entry("Workbook", 2, FREE, 2, len(stream))
    directory += _entry("", 0, FREE, 0, 0) * 2
    return header + struct.pack(f"<{len(fat)}I", *fat) + directory + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le") if name else b""
    entry = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, FREE, FREE, child)
    return entry + bytes(36) + struct.pack("<IQ", start, size)
