"""Rows of Arrow as the records of COPY's binary format, made by NumPy: no loop over rows."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # signature, flags, length of the extension
END = b"\xff\xff"
AT_ONCE = 65_536  # rows
# Type of PostgreSQL: what Arrow casts to, NumPy's type on the wire, and the epoch of 2000-01-01 in it.
FIXED = {
    "bigint": (pa.int64(), ">i8", 0),
    "integer": (pa.int32(), ">i4", 0),
    "double precision": (pa.float64(), ">f8", 0),
    "date": (pa.int32(), ">i4", 10_957),
    "timestamptz": (pa.int64(), ">i8", 946_684_800_000_000),
}


def even_records(rows: pa.Table, types: Sequence[str]) -> Iterator[bytes] | None:
    """Return rows as pieces of a binary COPY, or None where they are not all of one width.

    Parameters
    ----------
    rows : Table
        In the types of `copy.ARROW_TYPES`.
    types : sequence of str
        PostgreSQL type of each column; those of `FIXED`, and text whose values are as long as one another in
        bytes. A column has a value in every row, or in none.

    Raises
    ------
    pyarrow.ArrowInvalid
        If a number is too large for its type.
    """
    columns: list[np.ndarray | None] = []
    for column, kind in zip(rows.columns, types, strict=True):
        if column.null_count == len(rows):
            columns.append(None)
        elif column.null_count or (kind not in FIXED and kind != "text"):
            return None
        else:
            values = _texts(column) if kind == "text" else _numbers(column, kind)
            if values is None:
                return None
            columns.append(values)
    return _pieces(columns, len(rows))


def _numbers(column: pa.ChunkedArray, kind: str) -> np.ndarray:
    to, wire, epoch = FIXED[kind]
    values = column.cast(to).to_numpy()
    return (values - epoch if epoch else values).astype(wire)


def _texts(column: pa.ChunkedArray) -> np.ndarray | None:
    words = column.combine_chunks().cast(pa.binary())
    bounds = pc.min_max(pc.binary_length(words)).as_py()
    length = bounds["min"]
    if length != bounds["max"]:
        return None
    data = words.buffers()[2] if length else None
    if data is None:
        return np.empty(len(words), dtype="V0")
    first = np.frombuffer(words.buffers()[1], dtype=np.int32)[words.offset]
    return np.frombuffer(data, dtype=f"V{length}", count=len(words), offset=first)


def _pieces(columns: Sequence[np.ndarray | None], count: int) -> Iterator[bytes]:
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for place, values in enumerate(columns):
        fields.append((f"length{place}", ">i4"))
        if values is not None and values.dtype.itemsize:
            fields.append((f"value{place}", values.dtype.str))
    yield HEAD
    for start in range(0, count, AT_ONCE):
        here = slice(start, min(start + AT_ONCE, count))
        records = np.empty(here.stop - start, dtype=fields)
        records["fields"] = len(columns)
        for place, values in enumerate(columns):
            records[f"length{place}"] = -1 if values is None else values.dtype.itemsize
            if values is not None and values.dtype.itemsize:
                records[f"value{place}"] = values[here]
        yield records.tobytes()
    yield END
