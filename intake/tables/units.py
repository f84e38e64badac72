"""Units of quantities, and what they stand for."""

from intake.tables.words import plain, words_of

# How many pieces a unit stands for; None: a weight or a length, which only the part can convert.
_ONE_PIECE = words_of(
    "只 个 件 片 支 枚 套 粒 条 根 台 块 付 批 pcs pc pce ea each piece pieces set unit units"
)
_THOUSAND = words_of("千只 千个 千件 千支 千粒 kpcs")
_WEIGHTS_AND_LENGTHS = words_of("千克 公斤 kg kgs 克 g 吨 t 米 m")
PIECES_IN: dict[str, float | None] = {
    "": 1,
    **dict.fromkeys(_ONE_PIECE, 1),
    **dict.fromkeys(_THOUSAND, 1000),
    "万只": 10_000,
    "百只": 100,
    **dict.fromkeys(_WEIGHTS_AND_LENGTHS, None),
}
GRAMS_IN = {**dict.fromkeys(["千克", "公斤", "kg", "kgs"], 1e3), "克": 1.0, "g": 1.0, "吨": 1e6, "t": 1e6}


def weight_key(number: object) -> str:
    """Return the key to the weight of a part: its number without an ERP's class before it and leading zeros."""
    return plain(number).split(".")[-1].lstrip("0").casefold()
