import numpy as np
import pytest

from quality.formulas.plausibility import (
    copies_of_earlier,
    heaping_at_limit,
    last_digit_preference,
    repeated_blocks,
    too_little_variance,
)
from tests.reference.cases import assert_meets, load

CASES = load("agreement_cases.json")
SERIES = 400  # honest series a false-alarm rate is tried on


def honest(size, *, digits=2, seed=0, sigma=0.1):
    return np.round(np.random.default_rng(seed).normal(10, sigma, (SERIES, size)), digits)


def test_preferred_last_digits_are_seen():
    case = CASES["plaus-last-digit"]
    result = last_digit_preference(case["input"]["digits"])
    assert result.counts.tolist() == case["expected"]["counts"]
    assert_meets(result.chi2, case, "chi2")
    assert result.df == case["expected"]["df"]
    assert_meets(result.p, case, "p")


def test_a_block_that_comes_back_is_named_with_its_places():
    case = CASES["plaus-repeated-block"]
    found = repeated_blocks(case["input"]["values"], length=case["input"]["length"])
    got = [{"values": list(block.values), "starts": list(block.starts)} for block in found.blocks]
    assert got == case["expected"]["blocks"]


def test_runs_overlapping_what_is_listed_are_not_listed_again():
    six = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert [block.starts for block in repeated_blocks([*six, 0.0, *six]).blocks] == [(1, 8)]
    assert [block.starts for block in repeated_blocks([7.0] * 9).blocks] == [(1, 5)]
    assert repeated_blocks([7.0] * 7).blocks == ()
    assert repeated_blocks([1.0, 2.0]).blocks == ()


@pytest.mark.parametrize(
    "chances",
    [
        lambda: last_digit_preference(np.rint(honest(80) * 100).astype(int) % 10).p,
        lambda: np.array([repeated_blocks(row).p for row in honest(60) if repeated_blocks(row).blocks]),
        lambda: heaping_at_limit(honest(60), 10.2, 0.05).p,
        lambda: too_little_variance(honest(20, digits=6), 0.1).p,
        lambda: copies_of_earlier(honest(10)).p,
    ],
    ids=["last digit", "repeated block", "heaping", "variance", "copies"],
)
@pytest.mark.parametrize("rate", [0.01, 0.05])
def test_honest_series_are_asked_about_no_oftener_than_the_rate_says(chances, rate):
    asked = (chances() < rate).sum() / SERIES
    assert asked <= rate + 3 * np.sqrt(rate * (1 - rate) / SERIES)


def test_values_pressed_inside_a_limit_are_seen_and_a_bell_is_not():
    bell = np.round(np.random.default_rng(1).normal(10, 0.1, 200), 2)
    pressed = np.where(bell > 10.05, 10.05, bell)
    found = heaping_at_limit(pressed, 10.05, 0.01)
    assert found.p < 1e-4
    assert found.beyond == 0
    assert heaping_at_limit(bell, 10.05, 0.01).p > 0.05
    assert heaping_at_limit(20 - pressed, 9.95, 0.01, upper=False).p == pytest.approx(found.p)


def test_a_reading_on_the_limit_lies_inside_whatever_its_rounding():
    found = heaping_at_limit([10.05, 10.04, 10.02, 10.00, 10.06], 10.05, 0.03)
    assert [int(count) for count in found[:3]] == [2, 2, 1]


def test_a_process_that_varies_less_than_it_can_is_seen():
    flat = 10 + 0.01 * np.random.default_rng(2).normal(size=(3, 20))
    assert np.all(too_little_variance(flat, 0.1).p < 1e-6)
    known, estimated = too_little_variance(flat, 0.1), too_little_variance(flat, 0.1, degrees=10)
    assert np.all(estimated.p > known.p)
    assert too_little_variance([5.0, 5.0, 5.0], 0.1).p == 0


def test_a_lot_copied_from_an_earlier_one_is_named_with_it():
    lots = honest(10, seed=4)[:12]
    lots[9] = lots[3]
    lots[9, 0] += 0.01  # a copier changes a little
    found = copies_of_earlier(lots)
    assert (found.earlier[9], found.alike[9]) == (3, 9)
    assert found.p[9] < 1e-6
    assert np.delete(found.p, 9).min() > 1e-3
    assert (found.earlier[0], found.p[0]) == (-1, 1)


@pytest.mark.parametrize(
    ("impossible", "message"),
    [
        (lambda: last_digit_preference([]), "digits"),
        (lambda: last_digit_preference([10]), "digits"),
        (lambda: repeated_blocks([[1.0]]), "one series"),
        (lambda: repeated_blocks([1.0, 2.0], length=1), "length"),
        (lambda: heaping_at_limit([1.0], 1.0, 0.0), "width"),
        (lambda: too_little_variance([1.0], 0.1), "two values"),
        (lambda: too_little_variance([1.0, 2.0], 0.0), "positive"),
        (lambda: copies_of_earlier([1.0]), "row of values"),
    ],
)
def test_what_cannot_be_asked_is_refused(impossible, message):
    with pytest.raises(ValueError, match=message):
        impossible()
