"""What a list that a customer brings says against what is stored: suppliers, parts, characteristics.

A list is one frame with a unique index. An absent column or an empty cell says nothing. The answer has the
same index and

- `status`: new, same, changed (may be applied) or conflicting (a person decides);
- `stored_id` (Int64): of the partnership, the part, the characteristic;
- `stored`: of changed and conflicting rows a dict of what is stored where the row differs, by column;
- `rule`: why a conflicting row cannot be applied at all (None where replacing is allowed): `contradicts_row`
  (another row of the list says otherwise), `too_long`, `ambiguous`, `alias_taken`, `limits_need_valid_from`,
  `version_exists`.
"""

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from django.db import models

from core.text import folded
from suppliers.models import (
    CharacteristicVersion,
    Organisation,
    Part,
    Partnership,
    Supply,
    SupplyAlias,
)
from suppliers.queries.names import organisation_names

# Columns of a list → fields of the model that keeps them.
SUPPLIER_FIELDS = {"since": "since", "target_pass_rate": "target_pass_rate"}
PART_FIELDS = {
    "part_name": "name",
    "name_en": "name_en",
    "drawing_no": "drawing_number",
    "revision": "revision",
    "family": "family",
    "material": "material",
    "unit": "unit",
    "piece_weight_g": "piece_weight_g",
    "inspection_level": "inspection_level",
    "aql_major": "aql_major",
    "aql_minor": "aql_minor",
}
LIMIT_FIELDS = {
    "nominal": "nominal",
    "lsl": "lsl",
    "usl": "usl",
    "unit": "unit",
    "variable": "variable",
    "characteristic_class": "characteristic_class",
}
CHARACTERISTIC_TEXTS = {
    "characteristic": "name",
    "name_en": "name_en",
    "instrument": "gauge",
    "decimals": "decimals",
    "subgroup_size": "subgroup_size",
    "revision": "revision",
}


def compare_suppliers(*, customer_id: int, rows: pd.DataFrame, stage: str | None = None) -> pd.DataFrame:
    """Compare a list of suppliers (see the head of this module for the answer).

    `rows`: `supplier_code` or `supplier` (name), or both; optional `name_en`, `short_names` (a list
    or divided by ;), `since` (date), `target_pass_rate` (a fraction). It is known by its code, by what
    the customer calls it, else by its full name. The name of a company is its own: another one that the list
    gives becomes what the customer calls it.
    """
    # As objects: pandas makes lists of sets where it maps a column of Arrow's own texts.
    code, name = (column(rows, field).map(key_of).astype(object) for field in ("supplier_code", "supplier"))
    known = organisation_names(customer_id)
    mine = known[known["side"] == "self"]["key"]
    known = known[known["side"] == "supplier"].astype({"partnership_id": "int64"})
    # Plain dictionaries: a map over Arrow text makes lists of sets.
    by_code = known[known["kind"] != "name"].groupby("key")["partnership_id"].agg(set).to_dict()
    by_name = known[known["kind"] == "name"].groupby("key")["partnership_id"].agg(set).to_dict()
    found = [by_code.get(a) or by_name.get(b) or set() for a, b in zip(code, name, strict=True)]
    hits = pd.Series(found, index=rows.index, dtype="object")
    answer = _answer(rows, hits.map(lambda found: min(found) if len(found) == 1 else pd.NA))
    words = {pk: set(keys) for pk, keys in known.groupby("partnership_id")["key"]}
    spoken = [
        {a, b, *map(folded, split_words(aliases))} - {""}
        for a, b, aliases in zip(code, name, column(rows, "short_names"), strict=True)
    ]
    unheard = [
        bool(said - words.get(pk, set())) for said, pk in zip(spoken, answer["stored_id"], strict=True)
    ]
    stored = _stored(Partnership.objects.filter(pk__in=answer["stored_id"].dropna()), SUPPLIER_FIELDS)
    _mark_differences(answer, rows, stored, SUPPLIER_FIELDS)
    _raise_to(answer, pd.Series(unheard, index=rows.index) & (answer["status"] == "same"), "changed")
    who = code.where(code != "", name)
    _raise_to(answer, who.isin(mine), "same")
    _conflict(answer, _clashes(rows, who, ["supplier", "since", "target_pass_rate"]), "contradicts_row")
    _conflict(answer, hits.map(len) > 1, "ambiguous")
    _conflict(answer, _too_long(rows, Organisation, {"supplier": "name", "name_en": "name_en"}), "too_long")
    _conflict(answer, _too_long(rows, Organisation, {"supplier_code": "code"}), "too_long")
    return answer


def compare_parts(*, customer_id: int, rows: pd.DataFrame, stage: str | None = None) -> pd.DataFrame:
    """Compare a list of parts (see the head of this module for the answer).

    `rows`: `part_no`; optional the columns of `PART_FIELDS`, and `partnership_id` of who supplies it (a row a
    supplier), `supplier_part_no` and `aliases` (other names in that supplier's files, as in suppliers).
    Another unit than the stored one is a conflict: quantities were counted in it.
    """
    keys = column(rows, "part_no").map(key_of)
    parts = Part.objects.filter(customer=customer_id, number_key__in=set(keys))
    ids = dict(parts.values_list("number_key", "pk"))
    answer = _answer(rows, keys.map(ids))
    _mark_differences(answer, rows, _stored(parts, PART_FIELDS), PART_FIELDS)
    _compare_supplies(answer, rows)
    _conflict(answer, answer["stored"].map(lambda held: isinstance(held, dict) and "unit" in held), None)
    _conflict(answer, _clashes(rows, keys, list(PART_FIELDS)), "contradicts_row")
    _conflict(answer, _too_long(rows, Part, {"part_no": "number", **PART_FIELDS}), "too_long")
    return answer


def compare_characteristics(
    *, customer_id: int, rows: pd.DataFrame, stage: str | None = None
) -> pd.DataFrame:
    """Compare a list of characteristics (see the head of this module for the answer).

    `rows`: `part_id` (of the customer), `characteristic_no` or `characteristic` (name), or both; optional the
    columns of `LIMIT_FIELDS` and `CHARACTERISTIC_TEXTS`, `aliases` (a list or divided by ;) and `valid_from`
    (date). Once one of nominal, lsl and usl is given, an empty cell of the other two means none. Other limits
    need a date from which they are valid and make a version; limits of a version never change.

    The answer also has `version_id` (Int64), the version that the row was compared with, and `makes_version`.
    """
    keys = number_of(rows).map(key_of)
    stated = with_stated_limits(rows)
    stored = _versions(customer_id, set(column(rows, "part_id").dropna()))
    asked = pd.DataFrame(
        {
            "row": range(len(rows)),
            "part_id": column(rows, "part_id").astype("Int64"),
            "number_key": keys,
            "asked_from": pd.to_datetime(column(rows, "valid_from")).astype("datetime64[s]"),
        }
    )
    pairs = asked.merge(stored, on=["part_id", "number_key"])
    characteristic = pairs.groupby("row")["characteristic_id"].first()
    in_force = pairs[pairs["asked_from"].isna() | (pairs["valid_from"] <= pairs["asked_from"])]
    in_force = in_force.sort_values("valid_from").groupby("row").last()
    answer = _answer(rows, _at_rows(characteristic, rows))
    answer["version_id"] = _at_rows(in_force["version_id"], rows).astype("Int64")
    stored = stored.set_index("version_id")
    other_limits = _limits_differ(answer["version_id"], stated, stored)
    other_texts = _differences(answer["version_id"], rows, stored, CHARACTERISTIC_TEXTS)
    other_texts["aliases"] = _unknown_aliases(rows, answer["version_id"], stored)
    limits_differ = other_limits.any(axis=1)
    dated = asked["asked_from"].notna()
    exact = _at_rows(in_force["valid_from"], rows).eq(asked["asked_from"].to_numpy()).fillna(False)
    before_all = answer["stored_id"].notna() & answer["version_id"].isna()
    _note_stored(answer, other_limits.join(other_texts), stored, LIMIT_FIELDS | CHARACTERISTIC_TEXTS)
    _raise_to(answer, other_texts.any(axis=1) | limits_differ | before_all, "changed")
    answer["makes_version"] = before_all | (limits_differ & dated & ~exact)
    _conflict(answer, limits_differ & ~dated, "limits_need_valid_from")
    _conflict(answer, limits_differ & dated & exact, "version_exists")
    who = asked["part_id"].astype("str") + "/" + keys + "/" + asked["asked_from"].astype("str")
    _conflict(answer, _clashes(stated, who, list(LIMIT_FIELDS)), "contradicts_row")
    texts = {"characteristic": "name", "name_en": "name_en", "instrument": "gauge", "revision": "revision"}
    _conflict(answer, _too_long(rows, CharacteristicVersion, texts | {"unit": "unit"}), "too_long")
    return answer


def column(rows: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of a list, all missing where the list has none."""
    return rows[name] if name in rows else pd.Series(None, index=rows.index, dtype="object")


def key_of(value: Any) -> str:
    """Return `folded` of a cell, "" of a missing one."""
    return folded(str(value)) if _is_given(value) else ""


def split_words(value: Any) -> list[str]:
    """Return the words of a cell that holds several: a list, or text divided by ; or 、."""
    if isinstance(value, list | tuple | np.ndarray):
        return [word for word in value if word]
    if not _is_given(value):
        return []
    parts = str(value).replace("；", ";").replace("、", ";").split(";")
    return [word.strip() for word in parts if word.strip()]


def number_of(rows: pd.DataFrame) -> pd.Series:
    """Return the number of each characteristic; one that has none is known by its name."""
    return column(rows, "characteristic_no").fillna(column(rows, "characteristic"))


def with_stated_limits(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with NaN for "no such limit" where a row states limits, else with None."""
    limits = pd.DataFrame({name: column(rows, name) for name in ("nominal", "lsl", "usl")})
    some = limits.notna().any(axis=1)
    stated = {
        name: pd.Series(
            [
                (float(cell) if pd.notna(cell) else math.nan) if states else None
                for cell, states in zip(limits[name], some, strict=True)
            ],
            index=rows.index,
            dtype="object",
        )
        for name in limits
    }
    return rows.assign(**stated)


def _is_given(value: Any) -> bool:
    return isinstance(value, (list, tuple)) or (value is not None and bool(pd.notna(value)) and value != "")


def _answer(rows: pd.DataFrame, stored_ids: pd.Series) -> pd.DataFrame:
    ids = pd.Series(list(stored_ids), index=rows.index, dtype="Int64")
    return pd.DataFrame(
        {
            "status": ids.isna().map({True: "new", False: "same"}).astype("object"),
            "stored_id": ids,
            "stored": pd.Series([None] * len(rows), index=rows.index, dtype="object"),
            "rule": pd.Series([None] * len(rows), index=rows.index, dtype="object"),
        }
    )


def _stored(objects: models.QuerySet, fields: Mapping[str, str]) -> pd.DataFrame:
    names = ["pk", *fields.values()]
    frame = pd.DataFrame(list(objects.values_list(*names)), columns=names, dtype="object")
    return frame.set_index("pk")


def _differences(
    ids: pd.Series, rows: pd.DataFrame, stored: pd.DataFrame, fields: Mapping[str, str]
) -> pd.DataFrame:
    """Return, for each row and column, whether the row gives another value than the stored one."""
    known = stored.reindex(ids.to_numpy(dtype="object", na_value=-1))
    differ = {
        name: [
            pk is not pd.NA and _differs(given, held)
            for pk, given, held in zip(ids, column(rows, name), known[field], strict=True)
        ]
        for name, field in fields.items()
    }
    return pd.DataFrame(differ, index=rows.index, dtype="bool")


def _differs(given: Any, held: Any) -> bool:
    if isinstance(given, float) and math.isnan(given):
        return False
    if not _is_given(given):
        return False
    if isinstance(held, Decimal):
        return Decimal(str(given)) != held
    if isinstance(given, pd.Timestamp):
        return given.date() != held
    return given != held


def _limits_differ(ids: pd.Series, stated: pd.DataFrame, stored: pd.DataFrame) -> pd.DataFrame:
    """Return `_differences` of limits, where NaN states that there is none."""
    differ = _differences(ids, stated, stored, LIMIT_FIELDS)
    known = stored.reindex(ids.to_numpy(dtype="object", na_value=-1))
    for name in ("nominal", "lsl", "usl"):
        none = stated[name].map(lambda cell: isinstance(cell, float) and math.isnan(cell))
        differ[name] |= none & pd.Series(known[name].notna().to_numpy(), index=stated.index)
    return differ


def _mark_differences(
    answer: pd.DataFrame, rows: pd.DataFrame, stored: pd.DataFrame, fields: Mapping[str, str]
) -> None:
    differ = _differences(answer["stored_id"], rows, stored, fields)
    _raise_to(answer, differ.any(axis=1), "changed")
    _note_stored(answer, differ, stored, fields, ids=answer["stored_id"])


def _note_stored(
    answer: pd.DataFrame,
    differ: pd.DataFrame,
    stored: pd.DataFrame,
    fields: Mapping[str, str],
    ids: pd.Series | None = None,
) -> None:
    """Write into `stored` what is held where a row differs, for those rows alone."""
    ids = answer["version_id"] if ids is None else ids
    for index in differ.index[differ.any(axis=1)]:
        held = stored.loc[ids[index]]
        answer.at[index, "stored"] = {
            name: held[fields.get(name, name)] for name in differ.columns[differ.loc[index]]
        }


def _raise_to(answer: pd.DataFrame, where: pd.Series, status: str) -> None:
    answer.loc[where & (answer["status"] != "new"), "status"] = status


def _conflict(answer: pd.DataFrame, where: pd.Series, rule: str | None) -> None:
    where = where.reindex(answer.index).astype("bool")
    answer.loc[where, "status"] = "conflicting"
    answer.loc[where & answer["rule"].isna(), "rule"] = rule


def _clashes(rows: pd.DataFrame, who: pd.Series, names: Iterable[str]) -> pd.Series:
    """Return which rows say otherwise than the first row about the same thing."""
    clash = pd.Series(False, index=rows.index)
    for name in names:
        if name in rows:
            given = rows[name].astype("object")
            first = given.groupby(who).transform("first")
            clash |= given.notna() & first.notna() & (given != first)
    return clash


def _too_long(rows: pd.DataFrame, model: type[models.Model], fields: Mapping[str, str]) -> pd.Series:
    long = pd.Series(False, index=rows.index)
    for name, field in fields.items():
        limit = getattr(model._meta.get_field(field), "max_length", None)
        if name in rows and limit:
            long |= rows[name].map(lambda value, limit=limit: _is_given(value) and len(str(value)) > limit)
    return long


def _compare_supplies(answer: pd.DataFrame, rows: pd.DataFrame) -> None:
    """Mark rows that name a new supplier of a known part, or new words for it."""
    partnerships = column(rows, "partnership_id")
    ids = set(partnerships.dropna())
    numbers = {
        (partnership, part): number
        for partnership, part, number in Supply.objects.filter(partnership__in=ids).values_list(
            "partnership", "part", "supplier_number"
        )
    }
    called = {
        (partnership, key): part
        for partnership, key, part in SupplyAlias.objects.filter(partnership__in=ids).values_list(
            "partnership", "name_key", "part"
        )
    }
    own_numbers, aliases = column(rows, "supplier_part_no"), column(rows, "aliases")
    for index in partnerships.index[partnerships.notna()]:
        place, part = partnerships[index], answer.at[index, "stored_id"]
        parts = [called.get((place, folded(word))) for word in split_words(aliases[index])]
        if any(found is not None and found is not part and found != part for found in parts):
            _conflict(answer, pd.Series({index: True}).reindex(answer.index, fill_value=False), "alias_taken")
        elif part is not pd.NA:
            held = numbers.get((place, part))
            own = own_numbers[index] if _is_given(own_numbers[index]) else held
            if held is None or own != held or None in parts:
                _raise_to(answer, answer.index == index, "changed")


def _versions(customer_id: int, part_ids: set[int]) -> pd.DataFrame:
    columns = {
        "pk": "version_id",
        "characteristic": "characteristic_id",
        "characteristic__part": "part_id",
        "characteristic__number_key": "number_key",
        **dict.fromkeys(("valid_from", "aliases"), ""),
        **dict.fromkeys((*LIMIT_FIELDS.values(), *CHARACTERISTIC_TEXTS.values()), ""),
    }
    found = CharacteristicVersion.objects.filter(
        characteristic__part__in=part_ids, characteristic__part__customer=customer_id
    )
    frame = pd.DataFrame(
        list(found.values_list(*columns)), columns=[name or field for field, name in columns.items()]
    )
    frame["valid_from"] = pd.to_datetime(frame["valid_from"]).astype("datetime64[s]")
    frame = frame.astype({"nominal": "object", "lsl": "object", "usl": "object", "decimals": "object"})
    return frame.astype({"part_id": "Int64", "version_id": "Int64", "characteristic_id": "Int64"})


def _unknown_aliases(rows: pd.DataFrame, version_ids: pd.Series, stored: pd.DataFrame) -> pd.Series:
    held = dict(stored["aliases"])
    unknown = [
        version is not pd.NA and bool(set(split_words(words)) - set(held[version]))
        for words, version in zip(column(rows, "aliases"), version_ids, strict=True)
    ]
    return pd.Series(unknown, index=rows.index, dtype="bool")


def _at_rows(found: pd.Series, rows: pd.DataFrame) -> pd.Series:
    """Return a series that is keyed by position, along the index of the rows."""
    return found.reindex(range(len(rows))).set_axis(rows.index)
