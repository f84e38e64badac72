"""Words for nonconformities, and the codes that they mean."""

from collections.abc import Collection, Iterable

import pandas as pd

from core.text import folded
from quality.models import DefectCode
from suppliers.queries import families_of

# Which process families of the list of codes a part's family goes through, the telling one first.
PROCESSES = {
    "contact": ("contact riveting and welding", "stamping", "plating"),
    "stamping": ("stamping", "plating"),
    "bimetal": ("bimetal",),
    "spring": ("springs", "plating"),
    "moulding": ("injection moulding",),
    "coil": ("coils",),
    "fastener": ("screws and rivets", "plating"),
    "magnetic_arc": ("magnetic and arc parts", "plating"),
    "raw_outside": ("raw material", "plating"),
}
THERMOSETS = ("BMC", "DMC", "SMC", "酚醛", "电木")


def defect_codes() -> pd.DataFrame:
    """Return the list of codes: `code`, `name`, `name_en`, `family`, `typical_class`, `synonyms` (lists)."""
    columns = ["code", "name", "name_en", "family", "typical_class", "synonyms"]
    return pd.DataFrame(list(DefectCode.objects.order_by("pk").values_list(*columns)), columns=columns)


def code_words(part_ids: Collection[int], words: Iterable[str]) -> dict[tuple[int, str], str]:
    """Return the code that each word means on each part; words that no code or several have stay out.

    A code means itself. Of a word that several codes have, the part's processes decide; if they do not tell
    one code from the others, the word stays as it is written.
    """
    codes = defect_codes()
    family_of = dict(zip(codes["code"], codes["family"], strict=True))
    means: dict[str, list[str]] = {folded(code): [code] for code in codes["code"]}
    for code, name, name_en, synonyms in codes[["code", "name", "name_en", "synonyms"]].itertuples(
        index=False
    ):
        for word in {folded(one) for one in (name, name_en, *synonyms)}:
            means.setdefault(word, []).append(code)
    processes = {part: _processes(*facts) for part, *facts in families_of(part_ids).itertuples()}
    found = {}
    for word in set(words):
        candidates = means.get(folded(word), [])
        for part in processes if candidates else ():
            code = _decide(candidates, [family_of[one] for one in candidates], processes[part])
            if code:
                found[part, word] = code
    return found


def _processes(family: str, material: str) -> tuple[str, ...]:
    if family == "moulding" and material.startswith(THERMOSETS):
        return ("thermoset moulding",)
    return PROCESSES.get(family, ())


def _decide(candidates: list[str], families: list[str], processes: tuple[str, ...]) -> str | None:
    if len(candidates) == 1:
        return candidates[0]
    for process in processes:
        fitting = [code for code, family in zip(candidates, families, strict=True) if family == process]
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
    return None
