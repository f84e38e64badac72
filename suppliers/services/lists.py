"""Lists that a customer brings: its suppliers, parts and characteristics, stored and taken back.

Each function works inside the caller's open transaction and locks the lists of the customer first.
"""

import math
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any

import pandas as pd
from django.conf import settings
from django.db import models, transaction

from core.commits import Contradicts
from core.text import folded, pinyin_key
from suppliers import access
from suppliers.models import (
    Characteristic,
    CharacteristicVersion,
    Organisation,
    OrganisationAlias,
    Part,
    Partnership,
    Supply,
    SupplyAlias,
)
from suppliers.queries import lists
from suppliers.queries.names import organisation_names
from suppliers.services import journal
from suppliers.services.partnerships import NotHere, lock_organisation

# The first version of a characteristic judges what was measured before its list came, too.
FROM_THE_BEGINNING = date(1900, 1, 1)


@transaction.atomic
def record_suppliers(
    *,
    customer_id: int,
    rows: pd.DataFrame,
    commit_id: int,
    now: datetime,
    stage: str | None = None,
    replacing: Collection = frozenset(),
) -> dict[str, int]:
    """Store a list of suppliers (see `queries.compare_suppliers`); return counts by status.

    A supplier that is new to this customer becomes an organisation of its own, under a code that begins with
    the customer's: whether somebody else's supplier has the same code must not show. What the list calls it
    is remembered.

    Raises Contradicts, and stores nothing, if a row conflicts and is not in `replacing` or cannot be applied.
    """
    lock_organisation(customer_id)
    with access.looking_as_house("keep the list of one customer's suppliers"):
        answer = lists.compare_suppliers(customer_id=customer_id, rows=rows)
        _refuse_contradictions(answer, replacing)
        customer = Organisation.objects.get(pk=customer_id)
        made = _make_suppliers(customer, rows[answer["status"] == "new"], commit_id=commit_id, now=now)
        places = answer["stored_id"].astype("object").fillna(made)
        _learn_names(customer_id, rows, places, commit_id=commit_id)
        changed = rows[answer["status"].isin(["changed", "conflicting"])]
        _apply(Partnership, answer["stored_id"], changed, lists.SUPPLIER_FIELDS, commit_id)
    return _counts(answer)


@transaction.atomic
def record_parts(
    *,
    customer_id: int,
    rows: pd.DataFrame,
    commit_id: int,
    now: datetime,
    stage: str | None = None,
    replacing: Collection = frozenset(),
) -> dict[str, int]:
    """Store a list of parts, and who supplies them (see `queries.compare_parts`); return counts by status.

    Raises Contradicts as `record_suppliers` does, and NotHere if a row names a partnership whose customer is
    another.
    """
    lock_organisation(customer_id)
    with access.looking_as_house("keep the list of one customer's parts"):
        places = set(lists.column(rows, "partnership_id").dropna())
        if Partnership.objects.filter(pk__in=places, customer=customer_id).count() != len(places):
            raise NotHere("partnership")
        answer = lists.compare_parts(customer_id=customer_id, rows=rows)
        _refuse_contradictions(answer, replacing)
        keys = lists.column(rows, "part_no").map(lists.key_of)
        fresh = rows[(answer["status"] == "new") & ~keys.duplicated()]
        made = Part.objects.bulk_create(
            [
                Part(
                    customer_id=customer_id,
                    number=values["part_no"],
                    number_key=lists.key_of(values["part_no"]),
                    name_key=pinyin_key(values.get("part_name", "")),
                    created_at=now,
                    **{lists.PART_FIELDS[name]: value for name, value in values.items() if name != "part_no"},
                )
                for values in _given(fresh, ["part_no", *lists.PART_FIELDS])
            ],
            batch_size=1000,
        )
        journal.note_made(commit_id, made)
        changed = rows[answer["status"].isin(["changed", "conflicting"])]
        _apply(Part, answer["stored_id"], changed, lists.PART_FIELDS, commit_id)
        ids = dict(Part.objects.filter(customer=customer_id).values_list("number_key", "pk"))
        _supply(rows.assign(part_id=keys.map(ids)), commit_id=commit_id, now=now)
    return _counts(answer)


@transaction.atomic
def record_characteristics(
    *,
    customer_id: int,
    rows: pd.DataFrame,
    commit_id: int,
    now: datetime,
    stage: str | None = None,
    replacing: Collection = frozenset(),
) -> dict[str, int]:
    """Store a list of characteristics (see `queries.compare_characteristics`); return counts by status.

    Other limits make a new version, and only from a date on: measurements keep the version they were judged
    by, and an upload of measurements never comes here.

    Raises Contradicts as `record_suppliers` does, and NotHere if a row names a part of another customer.
    """
    lock_organisation(customer_id)
    with access.looking_as_house("keep the list of one customer's characteristics"):
        parts = set(lists.column(rows, "part_id").dropna())
        if Part.objects.filter(pk__in=parts, customer=customer_id).count() != len(parts):
            raise NotHere("part")
        answer = lists.compare_characteristics(customer_id=customer_id, rows=rows)
        _refuse_contradictions(answer, replacing)
        numbers = lists.number_of(rows)
        named = pd.DataFrame({"part_id": lists.column(rows, "part_id"), "number": numbers})
        named["number_key"] = numbers.map(lists.key_of)
        fresh = named[answer["status"] == "new"].drop_duplicates(["part_id", "number_key"])
        made = Characteristic.objects.bulk_create(
            [Characteristic(created_at=now, **values) for values in fresh.to_dict("records")],
            batch_size=1000,
        )
        journal.note_made(commit_id, made)
        ids = {(one.part_id, one.number_key): one.pk for one in made}
        owners = [
            ids.get((part, key), held)
            for part, key, held in zip(
                named["part_id"], named["number_key"], answer["stored_id"], strict=True
            )
        ]
        versions = rows[(answer["status"] == "new") | answer["makes_version"]]
        _make_versions(versions, pd.Series(owners, index=rows.index), answer["version_id"], commit_id)
        changed = rows[(answer["status"] == "changed") & ~answer["makes_version"]]
        _apply(CharacteristicVersion, answer["version_id"], changed, lists.CHARACTERISTIC_TEXTS, commit_id)
    return _counts(answer)


@transaction.atomic
def withdraw_suppliers(*, commit_id: int, now: datetime) -> dict[str, int]:
    """Take a commit of a list back: what it made goes, what it changed is as before.

    Raises BuiltUpon if something came to hang on what it made, or was changed again since.
    """
    with access.looking_as_house("take back a list"):
        return journal.take_back(commit_id, now=now)


# One journal keeps all three lists.
withdraw_parts = withdraw_characteristics = withdraw_suppliers


def _refuse_contradictions(answer: pd.DataFrame, replacing: Collection) -> None:
    conflicting = answer[answer["status"] == "conflicting"]
    kept = conflicting.index[conflicting["rule"].notna() | ~conflicting.index.isin(list(replacing))]
    if len(kept):
        raise Contradicts(kept)


def _counts(answer: pd.DataFrame) -> dict[str, int]:
    counts = answer["status"].replace("conflicting", "changed").value_counts()
    return {status: int(counts.get(status, 0)) for status in ("new", "same", "changed")}


def _given(rows: pd.DataFrame, names: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield, row by row, the cells that say something, as plain Python values."""
    here = [name for name in names if name in rows]
    for values in rows[here].astype("object").itertuples(index=False):
        yield {
            name: value.date() if isinstance(value, pd.Timestamp) else value
            for name, value in zip(here, values, strict=True)
            if isinstance(value, (list, tuple)) or (pd.notna(value) and value != "")
        }


def _learn_names(customer_id: int, rows: pd.DataFrame, places: pd.Series, *, commit_id: int) -> None:
    """Remember what a list calls the suppliers of the partnerships `places`, along the rows."""
    known = organisation_names(customer_id)
    known = known[known["side"] == "supplier"]
    meant = dict(zip(known["partnership_id"], known["organisation_id"], strict=True))
    heard = set(zip(known["key"], known["organisation_id"], strict=True))
    aliases = {}
    columns = (lists.column(rows, name) for name in ("supplier_code", "supplier", "short_names"))
    for place, code, name, others in zip(places, *columns, strict=True):
        for word in [code, name, *lists.split_words(others)]:
            key = lists.key_of(word)
            if place in meant and key and (key, meant[place]) not in heard:
                aliases[key, meant[place]] = OrganisationAlias(
                    speaker_id=customer_id, meant_id=meant[place], name=word, name_key=key
                )
    journal.note_made(commit_id, OrganisationAlias.objects.bulk_create(aliases.values(), batch_size=1000))


def _make_suppliers(
    customer: Organisation, rows: pd.DataFrame, *, commit_id: int, now: datetime
) -> pd.Series:
    """Make an organisation and a partnership a new supplier; return partnership ids along the rows."""
    code, name = lists.column(rows, "supplier_code"), lists.column(rows, "supplier")
    who = code.map(lists.key_of).where(code.notna(), name.map(lists.key_of))
    first = rows[~who.duplicated()]
    taken = set(
        Organisation.objects.filter(code__startswith=customer.code + ".").values_list("code", flat=True)
    )
    companies = []
    for values in _given(first, ["supplier_code", "supplier", "name_en"]):
        called = values.get("supplier") or values["supplier_code"]
        companies.append(
            Organisation(
                code=free_code(customer.code, values.get("supplier_code", ""), taken),
                name=called,
                name_en=values.get("name_en", ""),
                name_key=pinyin_key(called),
                zone=customer.zone or settings.TIME_ZONE,
                simulated=customer.simulated,
                created_at=now,
            )
        )
    journal.note_made(commit_id, Organisation.objects.bulk_create(companies))
    partnerships = [
        Partnership(
            customer=customer,
            supplier=company,
            since=values.get("since"),
            target_pass_rate=values.get("target_pass_rate"),
            created_at=now,
        )
        for company, values in zip(companies, _given(first, lists.SUPPLIER_FIELDS), strict=True)
    ]
    journal.note_made(commit_id, Partnership.objects.bulk_create(partnerships))
    made = dict(zip(who[first.index], [one.pk for one in partnerships], strict=True))
    return who.map(made)


def free_code(customer: str, wanted: str, taken: set[str]) -> str:
    """Return a code under the customer's own, as near to the wanted one as fits."""
    limit = Organisation._meta.get_field("code").max_length or 0
    code, number = f"{customer}.{wanted}", 0
    while not wanted or code in taken or len(code) > limit:
        number += 1
        wanted, code = wanted or str(number), f"{customer[: limit - 8]}.{number}"
    taken.add(code)
    return code


def _supply(rows: pd.DataFrame, *, commit_id: int, now: datetime) -> None:
    """Store who supplies which part, the supplier's own number for it, and other names."""
    rows = rows[lists.column(rows, "partnership_id").notna()]
    if rows.empty:
        return
    places = set(rows["partnership_id"])
    stored = {(one.partnership_id, one.part_id): one for one in Supply.objects.filter(partnership__in=places)}
    called = set(SupplyAlias.objects.filter(partnership__in=places).values_list("partnership", "name_key"))
    new: dict[tuple[int, int], Supply] = {}
    renamed: dict[tuple[int, int], str] = {}
    aliases: dict[tuple[int, str], SupplyAlias] = {}
    names = ["partnership_id", "part_id", "supplier_part_no", "aliases"]
    for values in _given(rows, names):
        place, part = int(values["partnership_id"]), int(values["part_id"])
        number = values.get("supplier_part_no", "")
        if (place, part) not in stored:
            supply = new.setdefault((place, part), Supply(partnership_id=place, part_id=part, created_at=now))
            supply.supplier_number = number or supply.supplier_number
        elif number and stored[place, part].supplier_number != number:
            renamed[place, part] = number
        for word in lists.split_words(values.get("aliases")):
            if (place, folded(word)) not in called:
                aliases[place, folded(word)] = SupplyAlias(
                    partnership_id=place, part_id=part, name=word, name_key=folded(word)
                )
    journal.note_made(commit_id, Supply.objects.bulk_create(new.values(), batch_size=1000))
    journal.note_made(commit_id, SupplyAlias.objects.bulk_create(aliases.values(), batch_size=1000))
    journal.change(
        commit_id,
        Supply,
        {stored[key].pk: {"supplier_number": number} for key, number in renamed.items()},
    )


def _make_versions(rows: pd.DataFrame, owners: pd.Series, based_on: pd.Series, commit_id: int) -> None:
    """Make a version a row: what the row does not say is as in the version that it was compared with."""
    stated = lists.with_stated_limits(rows)
    fields = lists.LIMIT_FIELDS | lists.CHARACTERISTIC_TEXTS
    known = CharacteristicVersion.objects.in_bulk(list(based_on[rows.index].dropna()))
    versions: dict[tuple[int, date], CharacteristicVersion] = {}
    names = [name for name in (*fields, "aliases", "valid_from") if name in stated]
    for index, values in zip(rows.index, _stated(stated, names), strict=True):
        base = known.get(based_on[index])
        version = CharacteristicVersion(characteristic_id=owners[index])
        for field in (*fields.values(), "aliases"):
            if base is not None:
                setattr(version, field, getattr(base, field))
        for name in fields.keys() & values.keys():
            setattr(version, fields[name], values[name])
        version.aliases = [*version.aliases]
        version.aliases += [
            word for word in lists.split_words(values.get("aliases")) if word not in version.aliases
        ]
        version.valid_from = values.get("valid_from", FROM_THE_BEGINNING)
        versions.setdefault((version.characteristic_id, version.valid_from), version)
    journal.note_made(
        commit_id, CharacteristicVersion.objects.bulk_create(versions.values(), batch_size=1000)
    )


def _stated(rows: pd.DataFrame, names: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield as `_given` does, with None where a row states that there is no such limit."""
    limits = {"nominal", "lsl", "usl"}
    for values, given in zip(rows.to_dict("records"), _given(rows, names), strict=True):
        none = {name: None for name in limits & values.keys() if _is_nan(values[name])}
        yield {**given, **none}


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _apply(
    model: type[models.Model],
    ids: pd.Series,
    rows: pd.DataFrame,
    fields: dict[str, str],
    commit_id: int,
) -> None:
    """Write what the rows say into the stored objects."""
    names = [*fields, *(["aliases"] if model is CharacteristicVersion else [])]
    values: dict[int, dict[str, Any]] = {}
    for index, given in zip(rows.index, _given(rows, names), strict=True):
        if ids[index] is pd.NA:
            continue
        wanted = values.setdefault(int(ids[index]), {})
        for name, value in given.items():
            wanted[fields.get(name, name)] = lists.split_words(value) if name == "aliases" else value
    journal.change(commit_id, model, values)
