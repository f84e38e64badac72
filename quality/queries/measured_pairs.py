"""Measured values of lots that both sides measured, paired by lot and characteristic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from django.db.models import Avg, Count

from quality.formulas.agreement import LimitsOfAgreement, limits_of_agreement
from quality.models import Measurement, MeasurementSet, Stage
from suppliers.queries.parts import Limits, limits_by_version

LEAST_PAIRS = 2


@dataclass(frozen=True, slots=True)
class LotMeans:
    """One lot: mean and number of the values of each side, in the characteristic's unit."""

    lot_id: int
    number: str
    measured_on: date
    supplier: float
    customer: float
    supplier_n: int
    customer_n: int

    @property
    def difference(self) -> float:
        """Customer minus supplier."""
        return self.customer - self.supplier


@dataclass(frozen=True, slots=True)
class MeasuredAgreement:
    """A characteristic on which lots pair; `found` is None below two pairs. Bias is customer minus supplier."""

    limits: Limits
    pairs: Sequence[LotMeans]
    found: LimitsOfAgreement | None


def measured_pairs(*, partnership_id: int, part_id: int) -> list[MeasuredAgreement]:
    """Pair the mean values of lots that both sides measured; a fixed number of queries.

    The sides measure different pieces of a lot, so means are compared: the limits hold the spread between pieces
    too, less of it the more pieces are measured. Values pair in one unit alone.
    """
    sets = MeasurementSet.objects.counting().filter(partnership=partnership_id, part=part_id)
    theirs = sets.filter(stage=Stage.INCOMING)
    both = sets.filter(lot__in=theirs.values("lot")).values_list(
        "pk", "stage", "lot", "lot__number", "measured_date"
    )
    told = pd.DataFrame(list(both), columns=["set", "stage", "lot", "number", "day"])
    told = told[told.groupby("lot")["stage"].transform("size") > 1]
    if told.empty:
        return []
    means = pd.DataFrame(
        list(
            Measurement.objects.filter(
                lot_id__in=told["lot"].tolist(), measurement_set_id__in=told["set"].tolist()
            )
            .values("measurement_set_id", "characteristic_version_id")
            .annotate(mean=Avg("value"), n=Count("value"))
            .values_list("measurement_set_id", "characteristic_version_id", "mean", "n")
        ),
        columns=["set", "version", "mean", "n"],
    )
    limits = limits_by_version(means["version"].unique().tolist())
    means["key"] = [(limits[one].number, limits[one].unit) for one in means["version"]]
    rows = means.merge(told, on="set").sort_values("version")
    paired = rows[rows["stage"] == Stage.OUTGOING].merge(
        rows[rows["stage"] == Stage.INCOMING], on=["lot", "key"], suffixes=("", "_theirs")
    )
    paired = paired.sort_values(["day_theirs", "lot"], kind="stable")
    return [
        _agreement(limits[int(own["version"].max())], own) for _key, own in paired.groupby("key", sort=True)
    ]


def _agreement(limits: Limits, own: pd.DataFrame) -> MeasuredAgreement:
    pairs = [
        LotMeans(
            int(one.lot), one.number, one.day_theirs, one.mean, one.mean_theirs, int(one.n), int(one.n_theirs)
        )
        for one in own.itertuples()
    ]
    if len(pairs) < LEAST_PAIRS:
        return MeasuredAgreement(limits, pairs, None)
    customer, supplier = (
        np.array([getattr(one, side) for one in pairs]) for side in ("customer", "supplier")
    )
    return MeasuredAgreement(limits, pairs, limits_of_agreement(customer, supplier))
