"""Which nonconformities the nonconforming units have: codes of the part's process family."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from sample.generator.frames import records
from sample.generator.lots import Quality
from sample.generator.plan import Plan, read_plan, stream

PROCESS_OF_FAMILY = {
    "contact": "contact riveting and welding",
    "stamping": "stamping",
    "bimetal": "bimetal",
    "spring": "springs",
    "moulding": "injection moulding",
    "coil": "coils",
    "fastener": "screws and rivets",
    "magnetic_arc": "magnetic and arc parts",
}
#: Share of the nonconforming units that fall on the two codes a cell's task or playbook names.
SHARE_OF_NAMED_CODES = 0.6
#: Share of the nonconforming units with a second nonconformity on the same piece.
SHARE_WITH_SECOND = 0.06
CLASSES = ("critical", "major", "minor")


def draw_defects(seed: int, quality: Quality) -> pd.DataFrame:
    """Draw the codes of all nonconforming units of both stages.

    Returns
    -------
    DataFrame
        `stage`, `lot`, `submission`, `code`, `class_` (critical, major, minor) and `count`. A unit has
        one code of its own class; some have a second one, so counts may exceed nonconforming units.
    """
    rng = stream(seed, "defects")
    units = pd.concat(
        [_units("outgoing", quality.outgoing), _units("incoming", quality.incoming)], ignore_index=True
    )
    cell = quality.lots.cell.to_numpy()[units.lot]
    units["code"] = _draw_codes(rng, cell)
    second = units[rng.random(len(units)) < SHARE_WITH_SECOND].copy()
    second["code"] = _draw_codes(rng, quality.lots.cell.to_numpy()[second.lot])
    both = pd.concat([units, second], ignore_index=True)
    keys = ["stage", "lot", "submission", "code", "class_"]
    return both.groupby(keys, as_index=False, sort=True).size().rename(columns={"size": "count"})


def process_of_part(part_no: str) -> str:
    """Return the process family whose defect codes a part uses; BMC parts are thermoset moulding."""
    part: Any = read_plan().parts.loc[part_no]
    if part.material.startswith("BMC"):
        return "thermoset moulding"
    return PROCESS_OF_FAMILY[part.family]


@lru_cache(maxsize=1)
def code_weights() -> list[tuple[np.ndarray, np.ndarray]]:
    """Return for every cell its codes and the share of nonconforming units that falls on each."""
    plan = read_plan()
    weights = []
    for cell in records(plan.cells):
        codes = plan.defects.index[plan.defects.process_family == process_of_part(cell.part_no)]
        named = _named_codes(plan, cell.supplier, cell.part_no, list(codes))
        rest = (1 - SHARE_OF_NAMED_CODES) / (len(codes) - len(named))
        share = np.where(codes.isin(named), SHARE_OF_NAMED_CODES / len(named), rest)
        weights.append((codes.to_numpy(dtype=str), share))
    return weights


def _named_codes(plan: Plan, supplier: str, part_no: str, family: list[str]) -> list[str]:
    """Return two codes: of the cell's own task, else of the playbooks that name the part or its process."""
    tasks = plan.tasks[(plan.tasks.supplier == supplier) & (plan.tasks.kpi == "pass_rate")]
    own = [task.playbook for task in records(tasks) if part_no in task.parts.split(";")]
    books = plan.playbooks.set_index("playbook").defect_codes
    for_part = plan.playbooks[plan.playbooks.characteristics.str.contains(part_no)]
    candidates = [books[name] for name in own] + list(for_part.defect_codes)
    codes = [code for row in candidates for code in row.split(";") if code in family]
    return list(dict.fromkeys([*codes, *family]))[:2]


def _units(stage: str, presentations: pd.DataFrame) -> pd.DataFrame:
    """Return a row a nonconforming unit."""
    frames = []
    for class_ in CLASSES:
        found = presentations.loc[presentations[class_] > 0, ["lot", "submission", class_]]
        rows = found.loc[found.index.repeat(found[class_]), ["lot", "submission"]]
        frames.append(rows.assign(stage=stage, class_=class_))
    return pd.concat(frames, ignore_index=True)


def _draw_codes(rng: np.random.Generator, cell: np.ndarray) -> np.ndarray:
    """Draw one code for each unit, by the weights of its cell."""
    drawn = rng.random(len(cell))
    codes = np.empty(len(cell), dtype=object)
    for number, (names, share) in enumerate(code_weights()):
        mine = cell == number
        codes[mine] = names[np.searchsorted(np.cumsum(share)[:-1], drawn[mine], side="right")]
    return codes
