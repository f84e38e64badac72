"""One draw and its files, written once for all tests of the sample."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from sample.generator.files import File
from sample.generator.writing import write
from sample.generator.year import Year, draw


@dataclass(frozen=True)
class Written:
    """A draw, and the files that were written of it."""

    year: Year
    files: list[File]

    def of(self, layout: str, sender: str | None = None) -> list[File]:
        """Return the files of one layout, in the order of sending."""
        return [f for f in self.files if f.layout == layout and sender in {None, f.sender}]


@pytest.fixture(scope="session")
def year() -> Year:
    return draw()


@pytest.fixture(scope="session")
def sent(year: Year, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return Written(year, write(year, tmp_path_factory.mktemp("sent")))


@pytest.fixture(scope="session")
def sent_in_full(year: Year, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return Written(year, write(year, tmp_path_factory.mktemp("full"), full=True))


@pytest.fixture(scope="session")
def folder_of(sent: Written) -> Path:
    return sent.files[0].path.parent.parent
