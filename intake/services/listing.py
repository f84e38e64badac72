"""What of a file's problems is kept as rows of their own: enough to see what is wrong, however much is."""

import pandas as pd

from intake.models import Problem, Upload

KEPT = 100  # problems of each rule and column; the rest are counted on the first
KEPT_BESIDE = 10_000  # other problems of rows that are listed already
ALIKE = ["rule", "column", "sheet"]
PLACE = ["sheet", "row"]


def listed(upload: Upload, found: pd.DataFrame) -> list[Problem]:
    """Return the problems that are kept of a file: the first hundred of each rule and column, by row.

    A row that is listed has all its problems (up to `KEPT_BESIDE` of them more than the hundreds). The first of
    them leads: its `rows` counts the row, and, where it is the first of its rule and column, the rows that are
    not listed and begin with the same one; the others' is 0. So the sum of `rows` is the number of rows with
    problems, the sum of `count` that of all problems.

    Parameters
    ----------
    found : DataFrame
        All problems, as the person sees them.
    """
    if found.empty:
        return []
    found = _by_row(found)
    leads = ~found.duplicated(PLACE)
    alike = [found[name] for name in ALIKE]
    first = (leads.groupby(alike).cumcount() < KEPT) | (
        leads & (leads.groupby([*alike, leads]).cumcount() == 0)
    )
    in_listed_row = first.groupby([found[name] for name in PLACE]).transform("any")
    beside = in_listed_row & ~first & ~leads
    kept = first | (in_listed_row & leads) | (beside & (beside.cumsum() <= KEPT_BESIDE))
    found["count"] = _standing_for(leads | True, kept, alike)
    found["rows"] = _standing_for(leads, kept, alike)
    return [
        Problem(
            upload=upload,
            sheet=str(line.sheet)[:120],
            row=int(line.row),
            column=line.column,
            field=line.field,
            value=str(line.value)[:500],
            rule=line.rule,
            params=line.params,
            count=line.count_,
            rows=line.rows,
        )
        for line in found[kept].rename(columns={"count": "count_"}).itertuples(index=False)
    ]


def _by_row(found: pd.DataFrame) -> pd.DataFrame:
    """Rows in their order, in each its cells from left to right; what has no cell comes last.

    A row that became several, one a measured value, may say the same of one cell several times.
    """
    found = found.drop_duplicates([*PLACE, "column", "field", "rule", "value"])
    at = found["column"].str.len().replace(0, 9)
    return found.assign(at=at).sort_values([*PLACE, "at", "column"], kind="stable", ignore_index=True)


def _standing_for(counted: pd.Series, kept: pd.Series, alike: list[pd.Series]) -> pd.Series:
    """1 for each that is kept and counted, and on the first of those alike the ones that are not kept."""
    here = kept & counted
    beyond = (counted & ~kept).groupby(alike).transform("sum")
    is_first = here & (here.groupby([*alike, here]).cumcount() == 0)
    return here.astype("int64") + is_first * beyond
