"""Hotelling's T²: several characteristics of the same pieces on one chart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from quality.formulas.proportion import Floats


@dataclass(frozen=True)
class VectorBaseline:
    """Level and covariance of p characteristics in phase I, frozen for phase II.

    `pieces` is the size n of the subgroups, 1 for single observations; `count` is their number m.
    """

    centre: Floats  # shape (..., p)
    covariance: Floats  # shape (..., p, p), within subgroups
    count: int
    pieces: int

    def statistics(self, points: ArrayLike) -> Floats:
        """T² of single observations or means of subgroups.

        Parameters
        ----------
        points : array_like of float, shape (..., points, p)

        Returns
        -------
        ndarray of float, shape (..., points)
            NaN where a characteristic is missing.
        """
        off = np.asarray(points, dtype=float) - self.centre[..., None, :]
        solved = np.linalg.solve(self.covariance, np.swapaxes(off, -1, -2))
        return self.pieces * np.einsum("...ip,...pi->...i", off, solved)

    def limit(self, *, phase: int, alpha: float = 0.0027) -> float:
        """Upper control limit of T²; there is no lower one.

        Parameters
        ----------
        phase : int
            1 for the points the baseline was made of, 2 for new ones.
        alpha : float
            Probability that a point of a process in control lies above.

        Raises
        ------
        ValueError
            If there are too few points for a limit, or `alpha` or `phase` is none.

        References
        ----------
        .. [1] N. D. Tracy, J. C. Young, R. L. Mason (1992), J. Quality Technology 24, 88-95 (single observations).
        .. [2] F. B. Alt (1985), Encyclopedia of Statistical Sciences 6, 110-122 (subgroups).
        """
        if phase not in {1, 2} or not 0 < alpha < 1:
            raise ValueError("phase is 1 or 2, and alpha lies between 0 and 1")
        p, m, n = self.centre.shape[-1], self.count, self.pieces
        if n == 1:
            if phase == 1:
                _need(m - p - 1)
                return float((m - 1) ** 2 / m * special.betaincinv(p / 2, (m - p - 1) / 2, 1 - alpha))
            _need(m - p)
            return float(p * (m + 1) * (m - 1) / (m * (m - p)) * special.fdtri(p, m - p, 1 - alpha))
        degrees = m * n - m - p + 1
        _need(degrees)
        others = m - 1 if phase == 1 else m + 1
        return float(p * others * (n - 1) / degrees * special.fdtri(p, degrees, 1 - alpha))


def vector_baseline(values: ArrayLike) -> VectorBaseline:
    """Level and covariance of single observations, or of subgroups.

    Of single observations the covariance has the divisor m - 1; of subgroups it is the mean of the
    covariances within them.

    Parameters
    ----------
    values : array_like of float, shape (..., m, p), or (..., m, n, p) for subgroups by `subgroup_baseline`

    Raises
    ------
    ValueError
        If a value is missing, or characteristics move together exactly (a singular covariance).
    """
    found = _whole(values)
    m = found.shape[-2]
    centre = found.mean(-2)
    return VectorBaseline(centre, _regular(_scatter(found, centre), m - 1), m, 1)


def subgroup_baseline(values: ArrayLike) -> VectorBaseline:
    """The same of subgroups of n pieces.

    Parameters
    ----------
    values : array_like of float, shape (..., m, n, p)

    Raises
    ------
    ValueError
        As `vector_baseline`, and for subgroups of one piece.
    """
    found = _whole(values)
    m, n = found.shape[-3:-1]
    if n < 2:
        raise ValueError("subgroups have two pieces or more")
    means = found.mean(-2)
    covariance = _regular(_scatter(found, means).sum(-3), m * (n - 1))
    return VectorBaseline(means.mean(-2), covariance, m, n)


def _whole(values: ArrayLike) -> Floats:
    found = np.asarray(values, dtype=float)
    if not np.isfinite(found).all():
        raise ValueError("every observation needs a value of every characteristic")
    return found


def _scatter(values: Floats, centre: Floats) -> Floats:
    off = values - centre[..., None, :]
    return np.swapaxes(off, -1, -2) @ off


def _regular(scatter: Floats, degrees: int) -> Floats:
    size = scatter.shape[-1]
    if degrees < size:
        raise ValueError("there are too few observations for a covariance")
    covariance = scatter / degrees
    scale = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    if not np.all(scale > 0):
        raise ValueError("a characteristic does not vary")
    correlation = covariance / (scale[..., None] * scale[..., None, :])
    if not np.all(np.linalg.eigvalsh(correlation)[..., 0] > 1e-12):
        raise ValueError("characteristics move together exactly")
    return covariance


def _need(degrees: int) -> None:
    if degrees < 1:
        raise ValueError("there are too few points for a limit")
