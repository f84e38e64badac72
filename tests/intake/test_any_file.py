"""Whatever is in a file, it is read or refused: nothing breaks."""

import time
from contextlib import suppress

import pytest

from intake.readers.refusals import Refused
from intake.readers.sniff import looks_like
from intake.tables.kinds import KINDS
from tests.intake.sheets import typed


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_file_that_lacks_what_its_kind_needs_breaks_nothing(kind):
    """Each field alone, of each kind: a person may name a kind for any file."""
    for item in KINDS[kind].fields:
        found = typed(b"A,B\r\n1,x\r\n2,y\r\n", kind=kind, reading={"columns": {"A": item.name}})
        assert found.wrong == len(found.frame)


@pytest.mark.parametrize("line", ["a,b\r\n", "\r\n", "DIM ", "DIM a=", "<", "a:", "[", "1,234 ", "K0001/"])
def test_what_a_file_is_is_seen_at_once(line):
    began = time.process_time()
    with suppress(Refused):
        looks_like(line.encode() * 100_000)
    assert time.process_time() - began < 1
