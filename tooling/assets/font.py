"""Make the font of the mails' charts: Noto Sans SC, cut to what Chinese and English charts need.

``python3 -m tooling.assets.font /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc`` (Debian: fonts-noto-cjk)
writes `insight/mails/fonts/NotoSansSC-GB2312.otf`. The file is kept; nothing runs this by itself.
"""

import argparse
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

TARGET = (
    Path(__file__).resolve().parent.parent.parent / "insight" / "mails" / "fonts" / "NotoSansSC-GB2312.otf"
)
FACE = "Noto Sans CJK SC"
NAME = "Tongpin Chart Sans"

LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x100)]
SIGNS = "–—−‘’“”…·•≤≥≈±×÷√∞∑Σμσ°′″‰%▲▼△▽◆◇●○◎■□★☆→←↑↓✓"


def characters() -> set[int]:
    """Return the code points of GB 2312, Latin letters and the signs of figures."""
    rows = (bytes([high, low]) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    chinese = (pair.decode("gb2312", errors="ignore") for pair in rows)
    return {ord(one) for one in chinese if one} | set(LATIN) | {ord(one) for one in SIGNS}


def face_of(collection: Path) -> TTFont:
    """Return the Simplified Chinese face of a collection of fonts.

    Raises LookupError if it holds none.
    """
    for font in TTCollection(collection).fonts:
        if font["name"].getDebugName(4).startswith(FACE):
            return font
    raise LookupError(f"{collection} holds no face {FACE}.")


def cut(font: TTFont) -> TTFont:
    """Keep the outlines of `characters()` and what draws them one after another; drop the rest."""
    options = subset.Options(
        layout_features=[], hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        drop_tables=["BASE", "GPOS", "GSUB", "VORG", "vhea", "vmtx", "DSIG"],
    )  # fmt: skip
    font.recalcTimestamp = False  # the same input gives the same bytes
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters())
    cutter.subset(font)
    for record in font["name"].names:
        # A name of its own: a complete font of the same name on a machine is not mistaken for it.
        words = {1: NAME, 3: f"{NAME} 1", 4: NAME, 6: NAME.replace(" ", "")}
        if record.nameID in words:
            record.string = words[record.nameID]
    return font


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection", type=Path, help="NotoSansCJK-Regular.ttc")
    font = cut(face_of(parser.parse_args().collection))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    font.save(TARGET)
    print(f"{TARGET}: {TARGET.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
