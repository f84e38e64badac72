"""Limits written as text: "Φ4.0±0.05", "10 +0.1/-0.2", "≤0.08", "0.40 以上", "2~3"."""

import math
import re
from dataclasses import dataclass

from intake.tables.words import plain

NUM = r"[-+]?\d+(?:\.\d+)?"
SYMBOLS = r"[ΦφØø⌀∅Rr]?\s*"
PLUS_MINUS = re.compile(
    rf"^{SYMBOLS}(?P<nominal>{NUM})\s*\S{{0,4}}?\s*(?:±|\+/-|\+-)\s*(?P<width>\d+(?:\.\d+)?)"
)
BOTH = re.compile(
    rf"^{SYMBOLS}(?P<nominal>{NUM})\s*\(?\s*(?P<upper>[+-]\s*\d+(?:\.\d+)?|0)\s*[/,;~]\s*"
    r"(?P<lower>[+-]\s*\d+(?:\.\d+)?|0)"
)
RANGE = re.compile(
    rf"^{SYMBOLS}(?P<low>\d+(?:\.\d+)?)\s*\S{{0,3}}?\s*(?:~|～|—|–|-|至|…|\.\.\.)\s*(?P<high>\d+(?:\.\d+)?)"
)
AT_MOST = re.compile(
    rf"^(?:≤|<=|＜|<|不大于|不超过|小于|max\.?)\s*{SYMBOLS}(?P<limit>{NUM})"
    rf"|^{SYMBOLS}(?P<limit_>{NUM})\s*\S{{0,4}}?\s*(?:以下|max\.?|以内)",
    re.IGNORECASE,
)
AT_LEAST = re.compile(
    rf"^(?:≥|>=|＞|>|不小于|不低于|大于|min\.?)\s*{SYMBOLS}(?P<limit>{NUM})"
    rf"|^{SYMBOLS}(?P<limit_>{NUM})\s*\S{{0,4}}?\s*(?:以上|min\.?)",
    re.IGNORECASE,
)
BARE = re.compile(rf"^{SYMBOLS}(?P<nominal>{NUM})\s*\D{{0,6}}$")


@dataclass(frozen=True)
class Limits:
    """Nominal and limits; None where the text gives none."""

    nominal: float | None = None
    lsl: float | None = None
    usl: float | None = None


def read_limits(text: object, upper: float | None = None, lower: float | None = None) -> Limits:
    """Limits of a requirement, with the deviations of columns beside it where there are any.

    Parameters
    ----------
    text : object
        The cell of the requirement.
    upper, lower : float, optional
        Deviations from the nominal. A lower deviation printed without its sign is taken as negative
        when it equals the upper one or would else lie above it.
    """
    read = _from_text(plain(text))
    upper = None if upper is None or math.isnan(upper) else upper
    lower = None if lower is None or math.isnan(lower) else lower
    if read.nominal is None or (upper is None and lower is None):
        return read
    if lower is not None and lower > 0 and (upper is None or lower >= upper):
        lower = -lower
    return Limits(
        read.nominal,
        read.lsl if lower is None else round(read.nominal + lower, 10),
        read.usl if upper is None else round(read.nominal + upper, 10),
    )


def _from_text(text: str) -> Limits:
    if found := PLUS_MINUS.match(text):
        nominal, width = float(found["nominal"]), float(found["width"])
        return Limits(nominal, round(nominal - width, 10), round(nominal + width, 10))
    if found := AT_MOST.match(text):
        return Limits(usl=float(found["limit"] or found["limit_"]))
    if found := AT_LEAST.match(text):
        return Limits(lsl=float(found["limit"] or found["limit_"]))
    if found := BOTH.match(text):
        nominal = float(found["nominal"])
        ends = sorted(float(found[name].replace(" ", "")) for name in ("upper", "lower"))
        return Limits(nominal, round(nominal + ends[0], 10), round(nominal + ends[1], 10))
    if found := RANGE.match(text):
        low, high = float(found["low"]), float(found["high"])
        return Limits(lsl=low, usl=high) if low <= high else Limits()
    if found := BARE.match(text):
        return Limits(nominal=float(found["nominal"]))
    return Limits()
