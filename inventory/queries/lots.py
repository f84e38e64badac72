"""Lots by the numbers that goods and ledgers name."""

from collections.abc import Sequence

import pandas as pd

from core import copy
from core.scope import must_hold


def lots_called(
    partnership_ids: Sequence[int], part_ids: Sequence[int], lot_keys: Sequence[str]
) -> pd.DataFrame:
    """Return where lots of these numbers were delivered or moved.

    Parameters
    ----------
    partnership_ids, part_ids : sequence of int
        Where to look; the partnerships must be in the open scope.
    lot_keys : sequence of str
        Folded lot numbers.

    Returns
    -------
    DataFrame
        `partnership_id`, `part_id`, `lot_key`, each combination once.
    """
    for partnership_id in partnership_ids:
        must_hold(partnership_id)
    return copy.read(
        """
        SELECT partnership_id, part_id, lot_number_key FROM inventory_delivery
        WHERE partnership_id = ANY(%(where)s) AND part_id = ANY(%(parts)s) AND lot_number_key = ANY(%(lots)s)
            AND withdrawn_at IS NULL
        UNION
        SELECT i.partnership_id, i.part_id, m.lot_number_key
        FROM inventory_stockitem i JOIN inventory_movement m
            ON m.partnership_id = i.partnership_id AND m.stock_item_id = i.id
        WHERE i.partnership_id = ANY(%(where)s) AND i.part_id = ANY(%(parts)s)
            AND m.lot_number_key = ANY(%(lots)s) AND m.withdrawn_at IS NULL
        """,
        {
            "where": list(map(int, partnership_ids)),
            "parts": list(map(int, part_ids)),
            "lots": list(lot_keys),
        },
        {"partnership_id": "bigint", "part_id": "bigint", "lot_key": "text"},
    )
