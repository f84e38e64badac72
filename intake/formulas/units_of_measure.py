"""Units of measurement of one kind, and what one is in another."""

import unicodedata

# Of each kind its units in the first one.
KINDS: tuple[dict[str, float], ...] = (
    {"mm": 1, "毫米": 1, "um": 1e-3, "μm": 1e-3, "微米": 1e-3, "cm": 10, "厘米": 10, "dm": 100, "m": 1000,
     "米": 1000,
     "nm": 1e-6, "in": 25.4, "inch": 25.4, "\"": 25.4},
    {"n": 1, "牛": 1, "牛顿": 1, "mn": 1e-3, "cn": 0.01, "kn": 1000, "gf": 9.80665e-3, "kgf": 9.80665},
    {"n·m": 1, "nm": 1, "n.m": 1, "n*m": 1, "n·cm": 0.01, "n·mm": 1e-3, "kgf·cm": 0.0980665},
    {"ω": 1, "ohm": 1, "欧": 1, "mω": 1e-3, "毫欧": 1e-3, "μω": 1e-6, "uω": 1e-6, "微欧": 1e-6, "kω": 1e3,
     "千欧": 1e3,
     "megω": 1e6, "兆欧": 1e6},
    {"v": 1, "伏": 1, "mv": 1e-3, "毫伏": 1e-3, "μv": 1e-6, "kv": 1e3},
    {"a": 1, "安": 1, "ma": 1e-3, "毫安": 1e-3, "μa": 1e-6, "ka": 1e3},
    {"g": 1, "克": 1, "mg": 1e-3, "毫克": 1e-3, "kg": 1e3, "千克": 1e3, "公斤": 1e3},
    {"s": 1, "秒": 1, "ms": 1e-3, "毫秒": 1e-3, "min": 60, "分": 60, "h": 3600, "小时": 3600},
    {"°": 1, "度": 1, "deg": 1, "′": 1 / 60, "'": 1 / 60},
    {"mpa": 1, "n/mm2": 1, "n/mm²": 1, "pa": 1e-6, "kpa": 1e-3, "gpa": 1e3},
    {"%": 1, "％": 1, "‰": 0.1, "ppm": 1e-4},
    {"℃": 1, "°c": 1, "摄氏度": 1},
)  # fmt: skip


def factor(unit: str, wanted: str) -> float | None:
    """Return what a value in `unit` is to be multiplied by to be in `wanted`, or None if they do not fit.

    Compared without case and width; only of resistance does this trade use both M (mega) and m (milli).
    """
    have, want = plain(unit), plain(wanted)
    if have == want:
        return 1.0
    for kind in KINDS:
        if have in kind and want in kind:
            return kind[have] / kind[want]
    return None


def plain(unit: str) -> str:
    """Return a unit as it is compared: its own kind of width, sign and blanks does not matter."""
    text = unicodedata.normalize("NFKC", unit).replace(" ", "").replace("µ", "μ")
    if text.startswith("M") and text[1:] in ("Ω", "Ω", "ohm"):
        return "megω"
    return text.casefold().strip("()[]")
