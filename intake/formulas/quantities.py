"""Quantities of goods: how many pieces a unit stands for, and how many weigh so much."""

import numpy as np
from numpy.typing import NDArray

_ONE_PIECE = (
    "只", "个", "件", "片", "支", "枚", "套", "粒", "条", "根", "台", "块", "付", "批", "pcs", "pc",
    "pce", "ea", "each", "piece", "pieces", "set", "unit", "units",
)  # fmt: skip
_THOUSAND = ("千只", "千个", "千件", "千支", "千粒", "kpcs")
_WEIGHTS_AND_LENGTHS = ("千克", "公斤", "kg", "kgs", "克", "g", "吨", "t", "米", "m")
# How many pieces a unit stands for; None: a weight or a length, which only the part can convert.
PIECES_IN: dict[str, float | None] = {
    "": 1,
    **dict.fromkeys(_ONE_PIECE, 1),
    **dict.fromkeys(_THOUSAND, 1000),
    "万只": 10_000,
    "百只": 100,
    **dict.fromkeys(_WEIGHTS_AND_LENGTHS, None),
}
GRAMS_IN = {**dict.fromkeys(["千克", "公斤", "kg", "kgs"], 1e3), "克": 1.0, "g": 1.0, "吨": 1e6, "t": 1e6}

TOLERANCE = 0.005  # part of a quantity by which weighing and rounding may move it


def pieces_of_weight(
    quantities: NDArray[np.float64], grams: float, piece_grams: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how many pieces weigh so much, as the division gives it; NaN where nobody knows what a piece weighs.

    Parameters
    ----------
    quantities : ndarray of float
        In a unit of weight.
    grams : float
        Of that unit, see `GRAMS_IN`.
    piece_grams : ndarray of float
        Weight of a piece in grams, beside each quantity; NaN, nought and less are not known.
    """
    known = piece_grams > 0
    pieces = quantities * grams / np.where(known, piece_grams, 1.0)
    return np.where(known, pieces, np.nan)


def whole_pieces(pieces: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return pieces of a weight rounded to whole ones; NaN where that changes them by more than `TOLERANCE`.

    A scale is never exact; but 1 kg of a part of 300 g is not three pieces, one of the two numbers is wrong.
    """
    whole = np.rint(pieces)
    near = np.abs(pieces - whole) <= TOLERANCE * np.abs(pieces) + 1e-9
    return np.where(near, whole, np.nan)
