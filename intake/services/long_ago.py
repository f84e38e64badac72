"""Days of years ago: mostly a slip of the year. Somebody is asked once before such rows are saved as new."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from django.conf import settings

from intake.models import Kind
from intake.services.reading import ReadFile
from intake.services.whole_file import question
from intake.tables.problems import WRONG, YEARS_BACK

QUESTION = "long_ago"  # id of the question, and where its answer is kept with the upload
YES, NO = "yes", "no"
RULE = "date_long_ago"
ALL, SOME = "all_long_ago", "long_ago"  # kinds of the question: all rows of the file, or some
# The day of a row, and the fields whose cells it may have been read from.
DAYS: dict[str, tuple[str, ...]] = {
    Kind.INSPECTIONS: ("inspection_date",),
    Kind.MEASUREMENTS: ("measured_at",),
    Kind.STOCK: ("closes_on", "snapshot_date", "period"),
    Kind.MOVEMENTS: ("movement_date",),
    Kind.DELIVERIES: ("received_date",),
    Kind.RETURNS: ("return_date",),
    Kind.GAUGE_STUDIES: ("study_date",),
}


def rows_long_ago(kind: str, rows: pd.DataFrame, now: datetime) -> pd.Index:
    """Return the labels of rows whose day is more than `YEARS_BACK` years before today."""
    day = DAYS.get(kind, ("",))[0]
    if day not in rows:
        return rows.index[:0]
    today = pd.Timestamp(now.astimezone(ZoneInfo(settings.TIME_ZONE)).date())
    return rows.index[(rows[day] < today - pd.DateOffset(years=YEARS_BACK)).fillna(False).astype(bool)]


def new_among(rows: pd.DataFrame, old: pd.Index) -> pd.Index:
    """Return the labels of compared rows of long ago that would be new: of these alone the year is in question."""
    return rows.index[rows.index.isin(old) & (rows["status"] == "new")]


def question_about(kind: str, rows: pd.DataFrame, fresh: pd.Index) -> list[dict[str, Any]]:
    """Return the question whether the year is right; none where there are no such rows.

    `rows` are the compared rows of the file, `fresh` those of them that are of long ago and would be new.
    """
    new = rows.loc[fresh]
    if new.empty:
        return []
    years = new[DAYS[kind][0]].dt.year
    first, last = int(years.min()), int(years.max())
    params = {"rows": len(new), "read": len(rows), "limit": YEARS_BACK}
    years_told = {"years": str(first) if first == last else f"{first}–{last}"}
    kind_asked = ALL if len(new) == len(rows) else SOME
    return [question(QUESTION, [YES, NO], params | years_told, kind=kind_asked)]


def put_to_mend(file: ReadFile, kind: str, checked: pd.DataFrame, fresh: pd.Index) -> None:
    """Have checked rows mended of which somebody said that their year is not right."""
    if file.typed is None or fresh.empty:
        return
    checked.loc[fresh, "status"] = WRONG
    day, *others = DAYS[kind]
    letters = file.letters()
    rows = file.typed.frame.loc[fresh]
    columns = [
        next((letters[table, name] for name in (day, *others) if (table, name) in letters), "")
        for table in rows["table"].astype("int64")
    ]
    told = pd.DataFrame(
        {
            "sheet": rows["sheet"].astype("str").to_numpy(),
            "row": rows["row"].to_numpy(),
            "column": columns,
            "field": day,
            "value": rows[day].dt.date.astype("str").to_numpy(),
            "rule": RULE,
            "params": [{"limit": YEARS_BACK}] * len(rows),
            "severity": WRONG,
            "index": fresh,
        }
    )
    known = file.typed.problems
    file.typed.problems = pd.concat([known, told], ignore_index=True) if len(known) else told
    file.typed.frame.loc[fresh, "is_wrong"] = True
