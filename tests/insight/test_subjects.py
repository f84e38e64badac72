"""The subject of a mail: the finding whole, and of the rest what has room."""

import pytest
from django.utils import translation

from insight.mails.words import cut_between_words, subject_of

TAILS = ["6 suppliers · Weekly report · 22 Jun – 28 Jun 2026", "6 suppliers · 22 Jun – 28 Jun 2026", "22 Jun"]
FINDING = "Inventory turnover 18.4× / year, better than the same days a year before"


@pytest.mark.parametrize(
    ("finding", "rest", "said"),
    [
        ("Pass rate 99.4%", ["1 late"], f"Pass rate 99.4%; 1 late | {TAILS[0]}"),
        ("Pass rate 99.4%", ["x" * 80], f"Pass rate 99.4% | {TAILS[0]}"),
        (FINDING, ["1 late"], f"{FINDING} | {TAILS[1]}"),
        (f"{FINDING}, of all", ["1 late"], f"{FINDING}, of all | {TAILS[2]}"),
    ],
)
def test_a_finding_stays_whole_while_a_shorter_tail_makes_room_for_it(finding, rest, said):
    with translation.override("en"):
        assert subject_of(finding, rest, TAILS) == said
        assert len(said) <= 110


def test_what_fits_with_no_tail_is_cut_between_words():
    with translation.override("en"):
        said = subject_of(f"{FINDING} and {FINDING}", [], TAILS)
    assert said == f"{FINDING} and Inventory turnover… | 22 Jun"


@pytest.mark.parametrize(
    ("text", "room", "kept"),
    [
        ("better than before", 30, "better than before"),
        ("better than before", 15, "better than"),
        ("供方报出合格率 99.21%，变好", 12, "供方报出合格率"),
        ("供方报出合格率保持", 5, "供方报出合"),
        ("Donaudampfschifffahrt", 5, "Donau"),
    ],
)
def test_neither_a_word_nor_a_number_is_cut_in_two(text, room, kept):
    assert cut_between_words(text, room) == kept
