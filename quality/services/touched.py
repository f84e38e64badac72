"""Forgetting cells that were looked at."""

from collections.abc import Sequence

from django.db import connection

from core.scope import must_hold
from quality.queries.touched import Touched

FORGET = """
DELETE FROM quality_touchedcell t USING unnest(%s::bigint[], %s::bigint[]) AS seen (id, touches)
WHERE t.id = seen.id AND t.touches = seen.touches AND t.partnership_id = %s
"""


def forget_touched(*, partnership_id: int, cells: Sequence[Touched]) -> int:
    """Forget cells as they were read, and return how many; one that was touched since stays.

    In the transaction that keeps what was found in them.
    """
    must_hold(partnership_id)
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [[one.pk for one in cells], [one.touches for one in cells], partnership_id])
        return cursor.rowcount
