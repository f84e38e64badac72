"""What units of goods are in pieces of a part, by day."""

from collections.abc import Collection

import pandas as pd
from django.db.models import QuerySet

from suppliers.models import FactorKind, UnitFactor
from suppliers.queries.names import part_index

FROM_THE_BEGINNING = pd.Timestamp(
    "1900-01-01"
)  # the weight of the parts list, until somebody set one by date


def factors_of_part(part_id: int) -> QuerySet[UnitFactor]:
    """Return the factors of a visible part, those that were replaced among them, the latest day first."""
    rows = UnitFactor.objects.filter(part=part_id).select_related("set_by__user")
    return rows.order_by("kind", "-valid_from", "-set_at")


def unit_factors(partnership_ids: Collection[int]) -> pd.DataFrame:
    """Return the factors of the parts that are supplied on partnerships, by what the parts are called.

    Returns
    -------
    DataFrame
        `key` (str, as in `part_index`), `part_id` (int), `kind` (weight or box), `valid_from` (datetime64),
        `amount` (float: grams of a piece, or pieces in a box). The weight in the parts list holds from the beginning.
    """
    index = part_index(partnership_ids)[["key", "part_id", "piece_weight_g"]].drop_duplicates(
        ["key", "part_id"]
    )
    listed = index.dropna(subset="piece_weight_g").rename(columns={"piece_weight_g": "amount"})
    listed = listed.assign(kind=FactorKind.WEIGHT.value, valid_from=FROM_THE_BEGINNING)
    standing = UnitFactor.objects.filter(
        part__in=index["part_id"].dropna().unique().tolist(), replaced_at=None
    )
    dated = pd.DataFrame(
        list(standing.values_list("part", "kind", "valid_from", "amount")),
        columns=["part_id", "kind", "valid_from", "amount"],
    ).astype({"part_id": "Int64"})
    dated["valid_from"] = pd.to_datetime(dated["valid_from"])
    named = index[["key", "part_id"]].merge(dated, on="part_id")
    columns = ["key", "part_id", "kind", "valid_from", "amount"]
    return pd.concat([listed[columns], named[columns]], ignore_index=True).astype(
        {"amount": "float64", "valid_from": "datetime64[s]"}
    )
