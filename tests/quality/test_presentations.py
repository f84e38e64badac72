"""Which rows are the same presentation of a lot, and its number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.formulas.presentations import match_presentations, number_presentations

ACCEPTED, REJECTED = False, True


def match(
    *rows: tuple[int, int, bool, bool], stated: list[int] | None = None, figures: list[int] | None = None
):
    """Rows as (lot, day, stored, rejected), in order."""
    lot, day, stored, rejected = (np.array(column) for column in zip(*rows, strict=True))
    found = figures or list(range(len(rows)))
    return match_presentations(
        lot=lot,
        day=day,
        stated=stated or [0] * len(rows),
        stored=stored,
        rejected=rejected,
        inspected=[100] * len(rows),
        nonconforming=found,
    )


def test_lots_that_come_once_are_new():
    answer = match((1, 5, False, ACCEPTED), (2, 5, False, REJECTED))
    assert answer.repeats.tolist() == [-1, -1]
    assert answer.number.tolist() == [1, 1]


def test_the_same_day_is_the_same_presentation():
    answer = match((1, 5, True, REJECTED), (1, 5, False, REJECTED))
    assert answer.repeats.tolist() == [-1, 0]


def test_a_later_day_counts_on_after_a_rejection_only():
    answer = match(
        (1, 5, True, REJECTED), (1, 7, False, ACCEPTED), (2, 5, True, ACCEPTED), (2, 7, False, ACCEPTED)
    )
    assert answer.repeats.tolist() == [-1, -1, -1, 2]
    assert answer.number.tolist() == [1, 2, 1, 1]


def test_a_row_before_a_stored_acceptance_repeats_it_unless_it_was_rejected():
    assert match((1, 3, False, ACCEPTED), (1, 5, True, ACCEPTED)).repeats.tolist() == [1, -1]
    assert match((1, 3, False, REJECTED), (1, 5, True, ACCEPTED)).number.tolist() == [1, 2]


def test_a_chain_of_repeats_ends_at_the_stored_row():
    answer = match((1, 3, False, ACCEPTED), (1, 4, False, ACCEPTED), (1, 5, True, ACCEPTED))
    assert answer.repeats.tolist() == [2, 2, -1]


def test_a_stated_number_goes_before_the_day():
    answer = match((1, 5, True, REJECTED), (1, 5, False, ACCEPTED), stated=[0, 2])
    assert answer.repeats.tolist() == [-1, -1]
    assert answer.number.tolist() == [1, 2]
    again = match((1, 5, True, ACCEPTED), (1, 5, False, ACCEPTED), stated=[0, 2], figures=[0, 0])
    assert again.repeats.tolist() == [-1, 0]


def test_stored_rows_of_one_day_stay_two():
    answer = match((1, 5, True, ACCEPTED), (1, 5, True, ACCEPTED))
    assert answer.repeats.tolist() == [-1, -1]


def test_nothing_is_no_problem():
    assert number_presentations(lot=[], stated=[]).tolist() == []


def test_numbers_count_within_a_lot_and_jump_where_stated():
    assert number_presentations(lot=[7, 7, 7, 9, 9], stated=[0, 3, 0, 2, 0]).tolist() == [1, 3, 4, 2, 3]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), max_size=40))
def test_numbers_are_what_one_counts_by_hand(rows):
    rows.sort(key=lambda row: row[0])
    last: dict[int, int] = {}
    by_hand = []
    for lot, stated in rows:
        last[lot] = max(last.get(lot, 0) + 1, stated)
        by_hand.append(last[lot])
    lots, said = ([row[0] for row in rows], [row[1] for row in rows])
    assert number_presentations(lot=lots, stated=said).tolist() == by_hand


@pytest.mark.parametrize("length", [10, 100_000])
def test_one_lot_with_very_many_rows_takes_no_longer_than_many_lots(length):
    rows = match_presentations(
        lot=np.zeros(length),
        day=np.arange(length),
        stated=np.zeros(length),
        stored=np.zeros(length, bool),
        rejected=np.ones(length, bool),
        inspected=np.full(length, 100),
        nonconforming=np.full(length, 5),
    )
    assert rows.number[-1] == length
