"""The same draw gives the same bytes."""

from sample.generator.plan import first_tier
from sample.generator.senders import customer_lists, measured, supplier_stock
from tests.sample.conftest import Written


def test_a_second_writing_gives_the_same_bytes(sent: Written, folder_of, tmp_path):
    for sender in ("LEAD", "CUST2", *first_tier()):
        (tmp_path / sender).mkdir()
    again = [
        *customer_lists.files(tmp_path),
        *measured.files(sent.year, tmp_path),
        *supplier_stock.files(sent.year, tmp_path),
    ]
    assert len(again) > 150
    for file in again:
        first = folder_of / file.path.relative_to(tmp_path)
        assert file.path.read_bytes() == first.read_bytes(), file.path.name
