"""Cases with expected values and their source, a JSON list a file beside this module."""

import json
from pathlib import Path
from typing import Any

import numpy as np

READ: set[str] = set()  # ids of cases that a test has read


class Case(dict):
    """A case, which notes when a test reads what is asked or expected."""

    def __getitem__(self, key: str) -> Any:
        if key in {"input", "expected"}:
            READ.add(super().__getitem__("id"))
        return super().__getitem__(key)


def load(name: str) -> dict[str, dict]:
    """The cases of one file by id."""
    cases = json.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))
    return {case["id"]: Case(case) for case in cases}


def assert_meets(got, case: dict, *keys: str) -> None:
    """Hold numbers or words against what a case expects.

    Numbers may differ by max(tolerance, rel * |expected|).
    """
    expected = case["expected"]
    for key in keys:
        expected = expected[key]
    if isinstance(expected, str) or (isinstance(expected, list) and isinstance(expected[0], str)):
        assert np.asarray(got).tolist() == expected
        return
    expected = np.asarray(expected, dtype=float)
    allowed = np.maximum(case["tolerance"], case.get("rel", 0) * np.abs(expected))
    assert np.all(np.abs(np.asarray(got, dtype=float) - expected) <= allowed), (
        case["id"],
        keys,
        got,
        expected,
    )
