"""Run the tests that hold formulas against reference cases, and print how many cases passed.

``python -m tests.reference``; a case passes where a test that read it passed, and none failed.
"""

import sys
from pathlib import Path

import pytest

from tests.reference import cases

HERE = Path(__file__).parent


class Counter:
    """Which cases were read by tests that passed, and which by tests that did not."""

    def __init__(self) -> None:
        self.passed: set[str] = set()
        self.failed: set[str] = set()

    def pytest_runtest_call(self) -> None:
        cases.READ.clear()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            (self.passed if report.passed else self.failed).update(cases.READ)


def main() -> int:
    every = {key for file in HERE.glob("*_cases.json") for key in cases.load(file.name)}
    holding = [
        str(path)
        for path in sorted(HERE.parent.glob("*/test_*.py"))
        if "from tests.reference.cases import" in path.read_text("utf-8")
    ]
    counter = Counter()
    code = pytest.main(["-q", "-n0", *holding], plugins=[counter])
    met = counter.passed - counter.failed
    lines = [
        f"{len(met)} of {len(every)} reference cases pass",
        *(f"  not: {one}" for one in sorted(every - met)),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return int(code) or int(met != every)


if __name__ == "__main__":
    sys.exit(main())
