"""Attribute studies: several appraisers judge the same pieces several times, good or not."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from quality.formulas.proportion import Floats, clopper_pearson_interval


class Share(NamedTuple):
    """A count out of a number with its exact 95 % interval, each of shape (...)."""

    found: np.ndarray
    of: np.ndarray
    rate: Floats
    low: Floats
    high: Floats


class AttributeStudy(NamedTuple):
    """Each of shape (..., appraisers), but `all_alike` and `all_right` of shape (...).

    `consistent`: pieces an appraiser judged alike in all trials. `effective`: those that are also right
    by the standard. `missed`: judgements that let a nonconforming piece pass; `false_alarms`: that turned a
    conforming one away. `all_alike`, `all_right`: pieces all appraisers judged so in all trials.
    """

    consistent: Share
    effective: Share
    missed: Share
    false_alarms: Share
    all_alike: Share
    all_right: Share


def attribute_study(accepted: ArrayLike, standard: ArrayLike) -> AttributeStudy:
    """How well appraisers agree with themselves, with each other and with the standard.

    Parameters
    ----------
    accepted : array_like of bool, shape (..., pieces, appraisers, trials)
        Judgements: true where the piece was accepted.
    standard : array_like of bool, shape (..., pieces)
        The right verdict: true for a conforming piece.

    Returns
    -------
    AttributeStudy
        Rates of misses are NaN where no piece is nonconforming, of false alarms where none conforms.

    Raises
    ------
    ValueError
        If there are no three axes, or another number of pieces in the standard.

    References
    ----------
    .. [1] AIAG (2010), Measurement Systems Analysis, 4th ed., ch. III-C.
    """
    judged = np.asarray(accepted, dtype=bool)
    right = np.asarray(standard, dtype=bool)
    if judged.ndim < 3 or right.shape[-1] != judged.shape[-3]:
        raise ValueError("needs judgements by piece, appraiser and trial, and a standard for each piece")
    expected = np.broadcast_to(right[..., None, None], judged.shape)
    alike = judged.all(-1) | ~judged.any(-1)
    correct = (judged == expected).all(-1)
    together = judged.all((-1, -2)) | ~judged.any((-1, -2))
    bad = ~expected
    return AttributeStudy(
        consistent=_share(alike.sum(-2), alike.shape[-2]),
        effective=_share(correct.sum(-2), correct.shape[-2]),
        missed=_share((judged & bad).sum((-1, -3)), bad.sum((-1, -3))),
        false_alarms=_share((~judged & expected).sum((-1, -3)), expected.sum((-1, -3))),
        all_alike=_share(together.sum(-1), together.shape[-1]),
        all_right=_share(correct.all(-1).sum(-1), correct.shape[-2]),
    )


def _share(found: ArrayLike, of: ArrayLike) -> Share:
    found, of = np.broadcast_arrays(np.asarray(found), np.asarray(of))
    with np.errstate(invalid="ignore"):
        rate = np.where(of > 0, found / np.maximum(of, 1), np.nan)
    return Share(found, of, rate, *clopper_pearson_interval(found, of))
