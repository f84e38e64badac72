"""Plans by variables of ANSI/ASQ Z1.9, standard deviation method, form k, normal and tightened.

The constants k are those printed in MIL-STD-414 (1957), table B-1, a work of the United States government
in the public domain, for the sample sizes that Z1.9 kept. Tightened inspection reads the same table one AQL
to the left. Reduced inspection is not covered: its table could not be read in a public copy.
"""

import numpy as np

from quality.formulas.sampling.variables import VariablesPlan

LEVELS = ("S-3", "S-4", "I", "II", "III")
SEVERITIES = ("normal", "tightened")
AQLS = ("0.10", "0.15", "0.25", "0.40", "0.65", "1.0", "1.5", "2.5", "4.0", "6.5", "10")

# Table A-2: first lot size of each row after the first, and the letters of the five levels.
_LOTS_FROM = (9, 16, 26, 51, 91, 151, 281, 401, 501, 1201, 3201, 10001, 35001, 150001, 500001)
_LETTERS_OF_LOTS = (
    "BBBBC",
    "BBBBD",
    "BBBCE",
    "BBCDF",
    "BBDEG",
    "BCEFH",
    "BDFGI",
    "CEGHJ",
    "CEGIJ",
    "DFHJK",
    "EGIKL",
    "FHJLM",
    "GIKMN",
    "HJLNP",
    "HKMPP",
    "HKNPP",
)

# Table B-1: pieces, then k from AQL 0.065 (for tightened 0.10) on; the first columns are arrows down.
_PLANS = {
    "B": (3, (1.12, 0.958, 0.765, 0.566)),
    "C": (4, (1.45, 1.34, 1.17, 1.01, 0.814, 0.617)),
    "D": (5, (1.65, 1.53, 1.40, 1.24, 1.07, 0.874, 0.675)),
    "E": (7, (2.00, 1.88, 1.75, 1.62, 1.50, 1.33, 1.15, 0.955, 0.755)),
    "F": (10, (2.24, 2.11, 1.98, 1.84, 1.72, 1.58, 1.41, 1.23, 1.03, 0.828)),
    "G": (15, (2.53, 2.42, 2.32, 2.20, 2.06, 1.91, 1.79, 1.65, 1.47, 1.30, 1.09, 0.886)),
    "H": (20, (2.58, 2.47, 2.36, 2.24, 2.11, 1.96, 1.82, 1.69, 1.51, 1.33, 1.12, 0.917)),
    "I": (25, (2.61, 2.50, 2.40, 2.26, 2.14, 1.98, 1.85, 1.72, 1.53, 1.35, 1.14, 0.936)),
    "J": (35, (2.65, 2.54, 2.45, 2.31, 2.18, 2.03, 1.89, 1.76, 1.57, 1.39, 1.18, 0.969)),
    "K": (50, (2.71, 2.60, 2.50, 2.35, 2.22, 2.08, 1.93, 1.80, 1.61, 1.42, 1.21, 1.00)),
    "L": (75, (2.77, 2.66, 2.55, 2.41, 2.27, 2.12, 1.98, 1.84, 1.65, 1.46, 1.24, 1.03)),
    "M": (100, (2.80, 2.69, 2.58, 2.43, 2.29, 2.14, 2.00, 1.86, 1.67, 1.48, 1.26, 1.05)),
    "N": (150, (2.84, 2.73, 2.61, 2.47, 2.33, 2.18, 2.03, 1.89, 1.70, 1.51, 1.29, 1.07)),
    "P": (200, (2.85, 2.73, 2.62, 2.47, 2.33, 2.18, 2.04, 1.89, 1.70, 1.51, 1.29, 1.07)),
}
_COLUMNS = len(AQLS) + 1


def z19_plan(
    lot_size: int, *, level: str = "II", aql: str = "1.0", severity: str = "normal"
) -> VariablesPlan:
    """The k-plan of a lot, arrows followed.

    Parameters
    ----------
    lot_size : int
        Pieces in the lot, at least two. Where n is not smaller, every piece is measured.
    level, aql, severity : str
        One each of `LEVELS`, `AQLS`, `SEVERITIES`.

    Returns
    -------
    VariablesPlan
        The plan of the table; its n may exceed the lot.

    Raises
    ------
    ValueError
        If the lot is too small, or a word is not covered.

    References
    ----------
    .. [1] ANSI/ASQ Z1.9-2003, tables A-2 and B-1; MIL-STD-414 (1957), table B-1.
    """
    for word, words in ((level, LEVELS), (aql, AQLS), (severity, SEVERITIES)):
        if word not in words:
            raise ValueError(f"not covered: {word}")
    if lot_size < 2:
        raise ValueError("a lot that is sampled has at least two pieces")
    row = _LETTERS_OF_LOTS[int(np.searchsorted(_LOTS_FROM, lot_size, side="right"))]
    column = AQLS.index(aql) + (severity == "normal")
    letters = list(_PLANS)
    for letter in letters[letters.index(row[LEVELS.index(level)]) :]:
        n, constants = _PLANS[letter]
        printed_from = _COLUMNS - len(constants)
        if column >= printed_from:
            return VariablesPlan(n, constants[column - printed_from])
    raise AssertionError("the last row has a constant in every column")
