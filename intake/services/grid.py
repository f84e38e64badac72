"""The person's own sheet, as much of it as a page shows: the first rows, and every row that needs a look."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from intake.models import Problem
from intake.services.leaving import LEFT_OUT
from intake.services.reading import ReadFile
from intake.tables.problems import as_written
from intake.tables.understand import Table

FIRST_ROWS = 8
ROWS_SHOWN = 60
SHEETS_SHOWN = 6


NO_ROWS = pd.DataFrame({"table": [], "row": [], "status": []})


def grids_of(
    file: ReadFile, rows: pd.DataFrame = NO_ROWS, problems: Sequence[Problem] = ()
) -> list[dict[str, Any]]:
    """Return for each table its sheet's name, letters, header and the rows to be shown.

    A row has its `number`, its `cells` as read and the `status` of what came of it, blank where nothing did.
    """
    broken: dict[str, set[int]] = {}
    for problem in problems:
        broken.setdefault(problem.sheet, set()).add(problem.row or 0)
    return [_grid(table, rows, broken) for table in file.understood.tables[:SHEETS_SHOWN]]


def _grid(table: Table, rows: pd.DataFrame, broken: dict[str, set[int]]) -> dict[str, Any]:
    sheet, region = table.sheet, table.region
    mine = rows[(rows["table"] == table.number) & (rows["status"] != "")]
    fate = mine.drop_duplicates("row").set_index("row")["status"]
    look = {
        *mine.loc[mine["status"].isin(["conflicting", LEFT_OUT]), "row"].head(ROWS_SHOWN),
        *broken.get(sheet.name, ()),
    }
    first = range(region.first, min(region.end, region.first + FIRST_ROWS))
    wanted = sorted({sheet.row_number(index) for index in first} | look)[:ROWS_SHOWN]
    columns = [column.index for column in table.columns]
    return {
        "table": table.number,
        "sheet": sheet.name,
        "rows_in_all": int(mine["row"].nunique()),
        "rows": [
            {
                "number": int(number),
                "cells": [as_written(sheet.cells[index, column]) for column in columns],
                "status": str(fate.get(number, "")),
            }
            for number in wanted
            if (index := sheet.index_of(number)) is not None
        ],
    }
