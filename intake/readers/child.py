"""The child process: reads one workbook after another, each under its own limits.

Run as ``python -m intake.readers.child``. A request on standard input is a line of JSON (kind, size,
limits, encoding) and the bytes of the file; the answer on standard output is a line of JSON about the workbook
and one line a column, or a line with the refusal. It imports next to nothing, so that it starts in a
few hundredths of a second, and it leaves by itself when nobody asks for a minute.
"""

import gc
import json
import math
import os
import resource
import select
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

from intake.readers.aqdef import read_aqdef
from intake.readers.html_tables import read_html
from intake.readers.raw import RawWorkbook
from intake.readers.refusals import Limits, Refused
from intake.readers.spreadsheet_xml import read_xml
from intake.readers.spreadsheets import read_workbook, read_zipped

IDLE_SECONDS = 60
# Memory of a big file does not all return to the system; a fresh child is cheaper than a fat one.
BIG_FILE = 8 * 1024 * 1024
FILES_IN_A_LIFE = 500

READERS: dict[str, Callable[[bytes, Limits, str | None], RawWorkbook]] = {
    "zip": read_zipped,
    "xls": lambda data, limits, _: read_workbook(data, "xls", limits),
    "html": lambda data, limits, _: read_html(data, limits),
    "xml": lambda data, limits, _: read_xml(data, limits),
    "aqdef": read_aqdef,
}


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until they end, nobody asks any more, or a file was big."""
    for _ in range(FILES_IN_A_LIFE):
        if not select.select([requests], [], [], IDLE_SECONDS)[0]:
            return
        line = requests.readline()
        if not line:
            return
        request = json.loads(line)
        data = requests.read(request["size"])
        big = len(data) > BIG_FILE
        answers.writelines(answer + b"\n" for answer in _answers(request, data, last=big))
        answers.flush()
        if big:
            return
        del data
        gc.collect()


def _answers(request: dict[str, Any], data: bytes, *, last: bool) -> Iterator[bytes]:
    limits = Limits(**request["limits"])
    _confine(limits)
    try:
        book = READERS[request["kind"]](data, limits, request["encoding"])
        head, columns = _describe(book), [column for sheet in book.sheets for column in sheet.columns]
        _refuse_unfit_texts(book, limits)
    except Refused as refusal:
        yield _json({"refused": refusal.rule, "params": refusal.params, "last": last})
        return
    except MemoryError:
        yield _json({"refused": "too_much_memory", "params": {"limit": limits.memory}, "last": last})
        return
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException:  # noqa: BLE001  (a panic inside the Rust reader is no Exception)
        yield _json({"refused": "unreadable", "params": {}, "last": last})
        return
    yield _json({**head, "last": last})
    for column in columns:
        yield _json(column)


def _refuse_unfit_texts(book: RawWorkbook, limits: Limits) -> None:
    for sheet in book.sheets:
        for column in sheet.columns:
            if max((len(cell) for cell in column if isinstance(cell, str)), default=0) > limits.text:
                at = next(
                    at for at, cell in enumerate(column) if isinstance(cell, str) and len(cell) > limits.text
                )
                row = sheet.numbers[at] if sheet.numbers else sheet.first_row + at + 1
                raise Refused("cell_too_long", {"row": row, "limit": limits.text})
            if any("\0" in cell for cell in column if isinstance(cell, str)):
                raise Refused(
                    "nul_bytes", {"position": 0}
                )  # written _x0000_ in a workbook; no database holds it


def _confine(limits: Limits) -> None:
    """Renew the limits for one more file; only the soft ones, so that they can be renewed again."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = math.ceil(used.ru_utime + used.ru_stime + limits.cpu_seconds)
    _soft(resource.RLIMIT_CPU, cpu)
    _soft(resource.RLIMIT_AS, limits.memory)
    _soft(resource.RLIMIT_CORE, 0)
    _soft(resource.RLIMIT_FSIZE, 0)


def _soft(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, hard))


def _describe(book: RawWorkbook) -> dict[str, Any]:
    sheets = [
        {
            "name": sheet.name,
            "columns": len(sheet.columns),
            "rows": len(sheet.columns[0]) if sheet.columns else 0,
            "first_row": sheet.first_row,
            "first_column": sheet.first_column,
            "merged": sheet.merged,
            "hidden_rows": sheet.hidden_rows,
            "hidden": sheet.hidden,
            "widths": sheet.widths,
            "numbers": sheet.numbers,
        }
        for sheet in book.sheets
    ]
    return {
        "format": book.format,
        "encoding": book.encoding,
        "date1904": book.date1904,
        "marker": book.marker,
        "sheets": sheets,
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, default=_plain, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        midnight = not (value.hour or value.minute or value.second or value.microsecond)
        return {"d": value.date().isoformat()} if midnight else {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds() / 86_400  # the serial number that the cell holds
    raise TypeError(type(value).__name__)


if __name__ == "__main__":
    os.umask(0o077)
    serve(sys.stdin.buffer, sys.stdout.buffer)
