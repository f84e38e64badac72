"""Prose above a table is passed over, however much it looks like one; a sheet without its columns waits."""

import pytest

from intake.readers.refusals import Limits
from intake.readers.text import read_text
from intake.tables.headers import find_regions
from tests.intake.files import hand_in

PROSE = """SILICON WAFER THICKNESS DATA
DATE--JULY 1990
NUMBER OF OBSERVATIONS = 20
ORDER OF VARIABLES ON A LINE IMAGE--
   1. SPECIMEN THICKNESS (RESPONSE VARIABLE)
   2. DAY
Column  1: CR       => Cassette?
Column  2: LOT      => Lot number
    SKIP 25

"""
NUMBERS = "".join(f"  {24.5 + day / 10:.1f}   {day}\n" for day in range(1, 26))


def regions_of(text: str):
    return find_regions(read_text(text.encode(), limits=Limits()).sheets[0])


@pytest.mark.parametrize("rule", ["", "--------------------\n"])
def test_the_names_above_the_numbers_are_the_header(rule):
    (region,) = regions_of(f"{PROSE}THICKNESS  DAY\n{rule}{NUMBERS}")
    assert region.names[:2] == ["THICKNESS", "DAY"]


def test_without_names_the_numbers_begin_below_the_last_line_of_words():
    (region,) = regions_of(f"{PROSE}--------------------\n{NUMBERS}")
    assert region.header_rows == []
    assert region.end - region.first == 25


def test_a_long_table_begins_no_later_than_a_short_one():
    (region,) = regions_of(PROSE + "THICKNESS  DAY\n" + NUMBERS * 40)
    assert region.end - region.first == 1000


def test_a_title_and_a_header_of_two_rows_stay_what_they_are():
    (region,) = regions_of("检验台账\n批号,实测,\n,1,2\nJ1,1.2,1.3\nJ2,1.2,1.4\nJ3,1.2,1.4\nJ4,1.1,1.4\n")
    assert region.header_rows == [1, 2]


def test_a_sheet_of_measurements_without_most_columns_waits_for_its_answers(chain):
    upload = hand_in(
        chain.clerk,
        b"diameter,sample,trial\n74.03,1,TRUE\n74.00,1,TRUE\n",
        kind="measurements",
        partnership_id=chain.ours.pk,
    )
    assert (upload.state, upload.counts["wrong"]) == ("waiting", 2)
    assert "missing" in {one["kind"] for one in upload.understanding["questions"]}
