"""Whatever is in a file, it is read or refused: nothing breaks."""

import pytest

from intake.tables.kinds import KINDS
from tests.intake.sheets import typed


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_file_that_lacks_what_its_kind_needs_breaks_nothing(kind):
    """Each field alone, of each kind: a person may name a kind for any file."""
    for item in KINDS[kind].fields:
        found = typed(b"A,B\r\n1,x\r\n2,y\r\n", kind=kind, reading={"columns": {"A": item.name}})
        assert found.wrong == len(found.frame)
