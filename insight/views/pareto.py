"""The Pareto chart of nonconformities: what was found most, beside the baseline at this period's volume."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formatting

SHOWN = 8
VITAL_SHARE = 0.7  # the few above the dashed line carry at least this much


@dataclass(frozen=True, slots=True)
class ParetoRow:
    name: str
    count: int
    baseline: float | None
    cumulative: int  # per cent
    rest: bool = False
    bound: bool = False  # the first one below the dashed line


@dataclass(frozen=True, slots=True)
class Pareto:
    """What `insight/_pareto.html` draws."""

    finding: str
    largest: float
    rows: Sequence[ParetoRow]
    note: str
    reason: str

    @property
    def rest_fits(self) -> bool:
        """Whether the bar of all the others lies within the drawing, whose scale the named ones set."""
        return all(max(row.count, row.baseline or 0) <= self.largest for row in self.rows)


def pareto(
    now: Mapping[str, int],
    before: Mapping[str, int],
    names: Mapping[str, tuple[str, str]],
    *,
    inspected: tuple[int, int],
) -> Pareto:
    """Rank nonconformities by their count.

    Parameters
    ----------
    now, before : mapping of str to int
        Counts by code, of the period and of the baseline.
    names : mapping of str to (str, str)
        Chinese and English names of codes; a code without one is shown as the sheet wrote it.
    inspected : (int, int)
        Pieces inspected in both: the baseline is scaled to this period's volume.
    """
    volume = inspected[0] / inspected[1] if inspected[1] else None
    ordered = sorted(now, key=lambda code: (-now[code], code))
    total = sum(now.values())
    rows = [
        (name_of(code, names), now[code], before.get(code, 0) * volume if volume else None)
        for code in ordered[:SHOWN]
    ]
    if rest := ordered[SHOWN:]:
        word = ngettext("%(n)s other", "%(n)s others", len(rest)) % {"n": len(rest)}
        earlier = sum(before.get(code, 0) for code in rest) * volume if volume else None
        rows.append((word, sum(now[code] for code in rest), earlier))
    named = rows[:SHOWN]
    return Pareto(
        finding=finding(rows, total),
        largest=max((max(count, earlier or 0) for __, count, earlier in named), default=1),
        rows=list(drawn(rows, total, rest=bool(rest))),
        note=_(
            "Outgoing, first submissions. Upright tick: the baseline's level at this period's volume. "
            "One piece may have several nonconformities."
        ),
        reason=_("No nonconformities with a count in the period."),
    )


def drawn(rows: Sequence[tuple[str, int, float | None]], total: int, *, rest: bool) -> Sequence[ParetoRow]:
    """Add cumulative shares, and the line under the vital few."""
    found: list[ParetoRow] = []
    running, crossed = 0, False
    for place, (name, count, earlier) in enumerate(rows):
        bound = crossed and not any(row.bound for row in found)
        running += count
        share = running / total if total else 0.0
        crossed = crossed or share >= VITAL_SHARE
        last = rest and place == len(rows) - 1
        found.append(ParetoRow(name, count, earlier, round(100 * share), rest=last, bound=bound))
    return found


def finding(rows: Sequence[tuple[str, int, float | None]], total: int) -> str:
    """Say which one leads, and which rose most against the baseline."""
    if not rows or not total:
        return ""
    name, count, __ = rows[0]
    share = formatting.percent(count / total, 0)
    said = _("%(name)s leads with %(share)s%% of all.") % {"name": name, "share": share}
    rises = [(now - earlier, name) for name, now, earlier in rows if earlier is not None and now > earlier]
    if not rises:
        return said
    most, risen = max(rises)
    more = _("Most above its baseline: %(name)s, by %(n)s.") % {"name": risen, "n": formatting.decimal(most)}
    return said + ("" if formatting.is_chinese() else " ") + more


def name_of(code: str, names: Mapping[str, tuple[str, str]]) -> str:
    return formatting.in_language(*names[code]) if code in names else code
