"""A question about a file, a sheet or a column, in the shape in which uploads keep their questions."""

from collections.abc import Mapping, Sequence
from typing import Any


def question(
    code: str,
    options: Sequence[str],
    params: Mapping[str, Any] | None = None,
    *,
    kind: str = "",
    sheet: str = "",
    column: str = "",
) -> dict[str, Any]:
    """Return a question with its options; `kind` says it in words, and is the `code` where nothing else is said."""
    return {
        "id": code,
        "kind": kind or code,
        "params": dict(params or {}),
        "options": list(options),
        "creatable": False,
        "sheet": sheet,
        "column": column,
        "rows": 0,
    }
