"""Questions about measured values that a supplier reported: what they rest on, who may see them yet, what was said.

The reporting side sees a question at once. The customer, and whoever else may look, sees it when it was answered, or
when the values that raise it are older than `HEAD_START`: see docs/decisions.md.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pandas as pd

from quality.formulas.questions import FALSE_ALARMS, Done, Lots, Pattern, checks_of, step_of
from quality.models import Lot, Measurement, MeasurementSet, QuestionAnswer, Stage
from suppliers.queries.parts import Limits, limits_by_version

HEAD_START = timedelta(days=7)
QUARTERS = 4  # that questions are asked about, those with values
BEFORE = 4  # further quarters that they are compared with
MOST_VALUES = 60_000


@dataclass(frozen=True, slots=True)
class LotNamed:
    pk: int
    number: str
    day: date


@dataclass(frozen=True, slots=True)
class Answer:
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """One question: about a characteristic in a quarter, perhaps about one lot and one before it.

    `p` is the chance that honest values look at least so odd; `answers` are in the order in which they came.
    """

    limits: Limits
    test: Pattern
    quarter: date
    p: float
    facts: Mapping[str, float]
    lot: LotNamed | None
    earlier: LotNamed | None
    answers: Sequence[Answer] = field(default=())

    @property
    def key(self) -> str:
        """What the question is known by in an address or a form."""
        lot = self.lot.pk if self.lot else 0
        return f"{self.test}-{self.limits.version}-{self.quarter.isoformat()}-{lot}"


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions in the order in which they weigh, how many tests were done, and values that were looked at.

    `expected` is how many questions chance alone would ask of honest values, at the most.
    """

    asked: Sequence[Question]
    tests: int
    values: int

    @property
    def expected(self) -> float:
        return self.tests * FALSE_ALARMS


def questions(*, partnership_id: int, part_id: int, now: datetime, reporting: bool) -> Questions:
    """Return the questions about a part's outgoing measured values that somebody may see.

    Parameters
    ----------
    now : datetime
    reporting : bool
        Whether the reporting side asks, the supplier: it sees every question at once. Others see those that were
        answered, and those that values recorded before `now` less `HEAD_START` raise.
    """
    until = now if reporting else now - HEAD_START
    found = _asked(partnership_id, part_id, until)
    answered = _answered(partnership_id, part_id)
    # An answered question stays, also where later values, or a correction, do not raise it any more.
    every = dict(answered)
    for one in found.asked:
        every[one.key] = replace(one, answers=every[one.key].answers if one.key in every else ())
    return replace(found, asked=sorted(every.values(), key=lambda one: (bool(one.answers), one.p)))


def _asked(partnership_id: int, part_id: int, until: datetime) -> Questions:
    values = _values(partnership_id, part_id, until)
    if values.empty:
        return Questions([], 0, 0)
    limits = limits_by_version(values["version"].unique().tolist())
    done = [
        (limits[int(version)], quarter, lots, one)
        for version, own in values.groupby("version", sort=True)
        for quarter, lots, series in _series(own, limits[int(version)])
        for one in checks_of(series)
    ]
    asking = [_question(limits, quarter, lots, one) for limits, quarter, lots, one in done if one.asks]
    return Questions(asking, len(done), len(values))


def _values(partnership_id: int, part_id: int, until: datetime) -> pd.DataFrame:
    """Return version, lot, number, day, quarter and value in order of time; the newest, within a few quarters."""
    sets = MeasurementSet.objects.counting().filter(
        partnership=partnership_id, part=part_id, stage=Stage.OUTGOING, recorded_at__lte=until
    )
    told = pd.DataFrame(
        list(sets.values_list("pk", "lot", "lot__number", "measured_date")),
        columns=["set", "lot", "number", "day"],
    )
    if told.empty:
        return told
    told["quarter"] = pd.PeriodIndex(pd.to_datetime(told["day"]), freq="Q")
    kept = sorted(told["quarter"].unique())[-QUARTERS - BEFORE :]
    told = told[told["quarter"].isin(kept)]
    rows = Measurement.objects.filter(
        measurement_set_id__in=told["set"].tolist(), lot_id__in=told["lot"].tolist()
    ).order_by("-measured_date", "-lot_id", "-characteristic_version_id", "-piece")
    columns = ["set", "version", "value"]
    values = pd.DataFrame(
        list(rows.values_list("measurement_set_id", "characteristic_version_id", "value")[:MOST_VALUES]),
        columns=columns,
    )
    return values[::-1].merge(told, on="set", how="inner")


def _series(own: pd.DataFrame, limits: Limits) -> list[tuple[date, list[LotNamed], Lots]]:
    """Return each of the last quarters with its lots and those before it."""
    by_lot = own.groupby("lot", sort=False)
    heads = by_lot[["number", "day", "quarter"]].first()
    arrays = {lot: group.to_numpy(float) for lot, group in by_lot["value"]}
    lots = [LotNamed(int(lot), row.number, row.day) for lot, row in heads.iterrows()]
    step = step_of(own["value"].to_numpy(float))
    found = []
    for quarter in sorted(heads["quarter"].unique())[-QUARTERS:]:
        kept = [lot for lot, one in zip(lots, heads["quarter"], strict=True) if one <= quarter]
        asked = int((heads["quarter"] == quarter).sum())
        series = Lots([arrays[lot.pk] for lot in kept], asked, step, limits.lsl, limits.usl)
        found.append((quarter.start_time.date(), kept, series))
    return found


def _question(limits: Limits, quarter: date, lots: Sequence[LotNamed], one: Done) -> Question:
    lot, earlier = (lots[place] if place >= 0 else None for place in (one.lot, one.earlier))
    return Question(limits, one.test, quarter, one.p, one.facts, lot, earlier)


def _answered(partnership_id: int, part_id: int) -> dict[str, Question]:
    own = QuestionAnswer.objects.filter(partnership=partnership_id, part=part_id)
    told = own.select_related("lot", "earlier_lot", "answered_by__user")
    rows = list(told.order_by("answered_at", "pk"))
    limits = limits_by_version([one.characteristic_version_id for one in rows])
    days = _days([lot for one in rows for lot in (one.lot, one.earlier_lot) if lot])
    found: dict[str, Question] = {}
    for one in rows:
        lot, earlier = (
            LotNamed(each.pk, each.number, days.get(each.pk, one.quarter)) if each else None
            for each in (one.lot, one.earlier_lot)
        )
        made = Question(
            limits[one.characteristic_version_id],
            Pattern(one.test),
            one.quarter,
            one.p,
            one.facts,
            lot,
            earlier,
        )
        said = Answer(one.answer, str(one.answered_by.user), one.answered_at)
        before = found[made.key].answers if made.key in found else ()
        found[made.key] = replace(made, answers=[*before, said])
    return found


def _days(lots: Collection[Lot]) -> dict[int, date]:
    """Return the day of measuring of lots."""
    sets = MeasurementSet.objects.counting().filter(lot__in=[lot.pk for lot in lots], stage=Stage.OUTGOING)
    return dict(sets.values_list("lot", "measured_date"))
