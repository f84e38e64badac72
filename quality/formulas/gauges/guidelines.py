"""What the manual concludes from the figures of a study: its guidelines, which are no laws.

References
----------
AIAG (2010), Measurement Systems Analysis, 4th ed., ch. II-D (%GRR, ndc) and III-C (kappa, effectiveness).
"""

import math

GOOD, WATCH, BAD = "good", "watch", "bad"

GRR_GOOD, GRR_AT_MOST = 10.0, 30.0  # per cent of study variation, or of the tolerance
LEAST_NDC, USELESS_NDC = 5, 1
KAPPA_GOOD, KAPPA_POOR = 0.75, 0.40
EFFECTIVE_GOOD, EFFECTIVE_LEAST = 0.90, 0.80
MISSED_GOOD, MISSED_MOST = 0.02, 0.05
FALSE_ALARMS_GOOD, FALSE_ALARMS_MOST = 0.05, 0.10


def of_grr(percent: float) -> str:
    """Return good up to 10 %, watch up to 30 %, else bad; empty where it is not defined."""
    return _less_is_better(percent, GRR_GOOD, GRR_AT_MOST)


def of_ndc(categories: float) -> str:
    """Return good from five categories on; one alone is bad, two to four tell coarsely."""
    if math.isnan(categories):
        return ""
    return GOOD if categories >= LEAST_NDC else BAD if categories <= USELESS_NDC else WATCH


def of_kappa(kappa: float) -> str:
    """Return good above 0.75, bad below 0.40, watch between."""
    if math.isnan(kappa):
        return ""
    return GOOD if kappa > KAPPA_GOOD else BAD if kappa < KAPPA_POOR else WATCH


def of_effectiveness(share: float) -> str:
    return _less_is_better(1 - share, 1 - EFFECTIVE_GOOD, 1 - EFFECTIVE_LEAST)


def of_missed(share: float) -> str:
    return _less_is_better(share, MISSED_GOOD, MISSED_MOST)


def of_false_alarms(share: float) -> str:
    return _less_is_better(share, FALSE_ALARMS_GOOD, FALSE_ALARMS_MOST)


def worst(*verdicts: str) -> str:
    """Return the gravest of some conclusions; those that are empty say nothing."""
    return next((one for one in (BAD, WATCH, GOOD) if one in verdicts), "")


def _less_is_better(value: float, good: float, most: float) -> str:
    if math.isnan(value):
        return ""
    slack = 1e-9  # 1 - 0.9 is not 0.1
    return GOOD if value <= good + slack else WATCH if value <= most + slack else BAD
