"""Frames to tables and back by COPY: no model object, no loop over rows.

Nothing here knows a scope: whoever calls asks `core.scope.must_hold` first.
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
from django.db import connection
from psycopg import sql

from core.copy_records import even_records

ARROW_TYPES = {
    "bigint": pa.int64(),
    "integer": pa.int64(),
    "smallint": pa.int64(),
    "double precision": pa.float64(),
    "numeric": pa.decimal128(16, 6),
    "text": pa.string(),
    "date": pa.date32(),
    "timestamptz": pa.timestamp("us", tz="UTC"),
    "boolean": pa.bool_(),
}
LARGE_SET = 1000
LARGE_BYTES = 1024 * 1024  # below, starting threads takes longer than parsing


def append(table: str, frame: pd.DataFrame, columns: Mapping[str, str], *, exact: bool = False) -> None:
    """Append a frame to a table.

    Parameters
    ----------
    table : str
        Name of the table.
    frame : DataFrame
        A column it lacks is loaded as NULL.
    columns : mapping of str to str
        PostgreSQL type of each column to load, one of `ARROW_TYPES`.
    exact : bool
        Whether these are the table's own types to the letter. Then rows of even width go in COPY's binary
        format, which the server reads in less than half the time.

    Raises
    ------
    django.db.Error
        If the database refuses a row; then it has none of them.
    pyarrow.ArrowInvalid
        If a value is not of its column's type.
    """
    if frame.empty:
        return
    rows = pa.table({name: _array(frame, name, ARROW_TYPES[kind]) for name, kind in columns.items()})
    records = even_records(rows, list(columns.values())) if exact else None
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT {})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL("csv" if records is None else "binary"),
    )
    # Django wraps the errors of execute() alone.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for piece in _as_csv(rows) if records is None else records:
            copy.write(piece)
    if len(frame) >= LARGE_SET:
        _count_if_called_empty(table)


@contextmanager
def temporary(table: str, frame: pd.DataFrame, columns: Mapping[str, str]) -> Iterator[None]:
    """Hold a frame in a temporary table of that name; needs an open transaction."""
    column = sql.SQL("{} {}").format
    make = sql.SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP").format(
        sql.Identifier(table),
        sql.SQL(", ").join(column(sql.Identifier(name), sql.SQL(kind)) for name, kind in columns.items()),
    )
    with connection.cursor() as cursor:
        cursor.execute(make)
        append(table, frame, columns, exact=True)
        if len(frame) >= LARGE_SET:
            # Else the planner takes it for a small table, and loops.
            cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
        yield
        # Not in a finally: after an error the transaction is gone, and the table with it.
        cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(table)))


def read(
    query: str | sql.Composed, params: Sequence[Any] | Mapping[str, Any], columns: Mapping[str, str]
) -> pd.DataFrame:
    """Return the rows of a SELECT as a frame with these columns, in order and of these types.

    Counts come as Int64, decimals as decimal128, text as str, dates as datetime64[s]; NULL is NA.
    """
    out = io.BytesIO()
    with connection.wrap_database_errors, connection.cursor() as cursor:
        inner = cursor.mogrify(query, params)
        with cursor.copy("COPY (" + inner + ") TO STDOUT (FORMAT csv, HEADER)") as copy:
            for block in copy:
                out.write(block)
    out.seek(0)
    rows = pyarrow.csv.read_csv(
        out,
        read_options=pyarrow.csv.ReadOptions(
            column_names=list(columns), skip_rows=1, use_threads=out.getbuffer().nbytes > LARGE_BYTES
        ),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={name: ARROW_TYPES[kind] for name, kind in columns.items()},
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    return _frame(rows)


def next_ids(table: str, count: int) -> np.ndarray:
    """Return `count` ids for rows of a table, rising, that nobody else gets.

    Children can then point to parents that are loaded by the same COPY.
    """
    if not count:
        return np.empty(0, dtype=np.int64)
    with connection.cursor() as cursor:
        # In one text: a row each would take longer to fetch than to make.
        cursor.execute(
            "SELECT string_agg(nextval(pg_get_serial_sequence(%s, 'id'))::text, ',') FROM generate_series(1, %s)",
            [table, count],
        )
        (ids,) = cursor.fetchone()
    return np.sort(np.array(ids.split(","), dtype=np.int64))


def array_of(values: Iterable[int] | Iterable[str]) -> str:
    """Return values as the text of a PostgreSQL array, to be cast in the query: ``%s::bigint[]``.

    For many values: psycopg puts a list together item by item, which takes longer than the query.
    """
    if isinstance(values, pd.Series):
        values = values.to_numpy(dtype=object)  # Arrow's own texts are slow to go through
    items = [value if isinstance(value, str) else str(int(value)) for value in values]
    joined = "".join(items)
    if '"' in joined or "\\" in joined:
        items = [item.replace("\\", "\\\\").replace('"', '\\"') for item in items]
    return '{"' + '","'.join(items) + '"}' if items else "{}"


def _as_csv(rows: pa.Table) -> Iterator[memoryview]:
    bytes_of_csv = io.BytesIO()
    # Quoted strings, bare nulls: what PostgreSQL reads as '' and NULL.
    pyarrow.csv.write_csv(rows, bytes_of_csv, pyarrow.csv.WriteOptions(include_header=False))
    yield bytes_of_csv.getbuffer()


def _count_if_called_empty(table: str) -> None:
    """Renew the statistics of a table that they call empty although it has pages.

    A load that was killed half-way leaves such statistics, and then every check of a foreign key and every
    join may read all rows of a partnership (measured: 100,000 rows more than ten minutes instead of seconds).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples = 0 AND relpages > 0 FROM pg_class WHERE oid = to_regclass(%s)", [table]
        )
        if cursor.fetchone() == (True,):
            cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))


def _array(frame: pd.DataFrame, name: str, kind: pa.DataType) -> pa.Array:
    if name not in frame.columns:
        return pa.nulls(len(frame), kind)
    array = pa.Array.from_pandas(frame[name])
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array if array.type == kind else array.cast(kind)


def _frame(rows: pa.Table) -> pd.DataFrame:
    dtypes: dict[pa.DataType, Any] = {
        pa.int64(): pd.Int64Dtype(),
        pa.bool_(): pd.BooleanDtype(),
        pa.decimal128(16, 6): pd.ArrowDtype(pa.decimal128(16, 6)),
    }
    frame = rows.to_pandas(types_mapper=dtypes.get, date_as_object=False)
    dates = [field.name for field in rows.schema if field.type == pa.date32()]
    return frame.astype(dict.fromkeys(dates, "datetime64[s]")) if dates else frame
