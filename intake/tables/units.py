"""Units of quantities, and what they stand for."""

# How many pieces a unit stands for; None: a weight or a length, which only the part can convert.
PIECES_IN: dict[str, float | None] = {
    "": 1, "只": 1, "个": 1, "件": 1, "片": 1, "支": 1, "枚": 1, "套": 1, "粒": 1, "条": 1, "根": 1, "台": 1, "块": 1, "付": 1,
    "pcs": 1, "pc": 1, "pce": 1, "ea": 1, "each": 1, "piece": 1, "pieces": 1, "set": 1, "unit": 1, "units": 1, "批": 1,
    "千只": 1000, "千个": 1000, "千件": 1000, "千支": 1000, "千粒": 1000, "kpcs": 1000, "万只": 10000, "百只": 100,
    "千克": None, "公斤": None, "kg": None, "kgs": None, "克": None, "g": None, "吨": None, "t": None, "米": None, "m": None,
}  # fmt: skip
GRAMS_IN = {"千克": 1000.0, "公斤": 1000.0, "kg": 1000.0, "kgs": 1000.0, "克": 1.0, "g": 1.0, "吨": 1e6, "t": 1e6}
