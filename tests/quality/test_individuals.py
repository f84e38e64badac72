"""Process-behaviour charts: published limits, and segments that begin where a process moved."""

import numpy as np
import pytest

from quality.formulas.individuals import LOCKED_POINTS, natural_limits, segments_of

# NIST/SEMATECH e-Handbook of Statistical Methods, section 6.3.2.2 "Individuals Control Charts":
# flowrate of ten batches, centre 50.81, limits 45.8159 and 55.8041.
FLOWRATE = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


def test_limits_are_those_of_the_handbook():
    limits = natural_limits(FLOWRATE)
    assert limits.centre == pytest.approx(50.81)
    assert limits.low == pytest.approx(45.8159, abs=5e-5)
    assert limits.high == pytest.approx(55.8041, abs=5e-5)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, float("nan")]])
def test_limits_of_too_little_are_refused(values):
    with pytest.raises(ValueError, match="at least two"):
        natural_limits(values)


def test_a_process_that_stays_is_one_segment():
    (segment,) = segments_of(FLOWRATE)
    assert (segment.first, segment.last, segment.outside) == (0, 9, ())
    assert segment.preliminary


def test_five_points_have_no_limits():
    (segment,) = segments_of(FLOWRATE[:5])
    assert segment.limits is None
    assert segment.outside == ()


def test_nothing_measured_has_no_segment():
    assert segments_of([]) == []
    assert segments_of([float("nan")] * 4) == []


def test_a_step_begins_a_segment_where_it_happened():
    wave = np.tile([0.0, 1.0], 10)
    first, second = segments_of(np.concatenate([wave, wave + 5.0]))
    assert (first.first, first.last, second.first, second.last) == (0, 19, 20, 39)
    assert second.limits is not None
    assert second.limits.centre == pytest.approx(5.5)


def test_a_point_far_out_is_outside_and_moves_no_limit_that_was_locked():
    wave = np.tile([0.0, 1.0], LOCKED_POINTS // 2)
    (quiet,) = segments_of(wave)
    (loud,) = segments_of(np.append(wave, 40.0))
    assert loud.outside == (LOCKED_POINTS,)
    assert loud.limits == quiet.limits
    assert not loud.preliminary


def test_gaps_keep_their_place():
    values = np.array([*FLOWRATE, float("nan"), 90.0])
    (segment,) = segments_of(values)
    assert segment.last == 11
    assert segment.outside == (11,)


def test_a_constant_process_has_its_limits_on_its_centre():
    (segment,) = segments_of([3.0] * 9)
    assert segment.limits == (3.0, 3.0, 3.0)
    assert segment.outside == ()
