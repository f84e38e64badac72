"""Figures that hold until the next one is known: along the last axis of an array, NaN for unknown."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def carry_forward(values: ArrayLike) -> NDArray[np.float64]:
    """Carry the last known figure forward.

    Parameters
    ----------
    values : array_like of float, shape (..., n)
        Figures in the order of time; NaN where none is known.

    Returns
    -------
    ndarray of float, shape (..., n)
        NaN before the first known figure.
    """
    known = np.asarray(values, dtype=float)
    places = np.where(np.isnan(known), 0, np.arange(known.shape[-1]))
    return np.take_along_axis(known, np.maximum.accumulate(places, axis=-1), axis=-1)


def carry_back(values: ArrayLike) -> NDArray[np.float64]:
    """Carry the next known figure back; shapes as of `carry_forward`, NaN after the last known figure."""
    return carry_forward(np.flip(np.asarray(values, dtype=float), axis=-1))[..., ::-1]


def shifted(values: ArrayLike) -> NDArray[np.float64]:
    """Give each place the figure of the place before it; the first is NaN. Shapes as of `carry_forward`."""
    known = np.asarray(values, dtype=float)
    return np.concatenate([np.full_like(known[..., :1], np.nan), known[..., :-1]], axis=-1)


def first_known(*choices: ArrayLike) -> NDArray[np.float64]:
    """Take from each place the first of several arrays, of shapes that broadcast, that is not NaN there."""
    found = np.asarray(choices[0], dtype=float)
    for choice in choices[1:]:
        found = np.where(np.isnan(found), choice, found)
    return found


def as_of(
    keys: ArrayLike, times: ArrayLike, values: ArrayLike, at_keys: ArrayLike, at_times: ArrayLike
) -> NDArray[np.float64]:
    """Look up the last value known of a key at or before a time.

    Parameters
    ----------
    keys, times : array_like of int, shape (n,)
        Of what and when a value became known, in any order; times are 0 or more and below 2**20.
    values : array_like of float, shape (n,)
        What became known.
    at_keys, at_times : array_like of int, shapes that broadcast
        Of what and when to look.

    Returns
    -------
    ndarray of float, of the broadcast shape
        NaN where nothing was known yet.
    """
    moment = np.asarray(keys, dtype=np.int64) << 20 | np.asarray(times, dtype=np.int64)
    order = np.argsort(moment, kind="stable")
    moment = moment[order]
    wanted_key = np.asarray(at_keys, dtype=np.int64)
    wanted = wanted_key << 20 | np.asarray(at_times, dtype=np.int64)
    place = np.searchsorted(moment, wanted, side="right") - 1
    if not len(moment):
        return np.full(wanted.shape, np.nan)
    same = (place >= 0) & (moment[place] >> 20 == wanted_key)
    return np.where(same, np.asarray(values, dtype=float)[order][place], np.nan)
