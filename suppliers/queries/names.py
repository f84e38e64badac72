"""What files call things: keys by which partners, parts and characteristics are found.

Every frame has a column `key`, to be compared with `core.text.folded` of what a file says, and a column
`kind` that tells how a key came about. One key may lead to several rows: then a person is asked.
"""

from collections.abc import Collection

import pandas as pd
from django.db.models import Q

from core.text import folded
from suppliers.models import (
    CharacteristicVersion,
    Organisation,
    OrganisationAlias,
    Part,
    Partnership,
    Supply,
    SupplyAlias,
)

# In the order of how surely a key of this kind names the part.
PART_KINDS = ("number", "supplier_number", "drawing", "alias", "lost_zero", "name")
PART_COLUMNS = ("pk", "number", "number_key", "drawing_number", "name", "name_en", "unit", "piece_weight_g")
PART_ANSWER = ("part_id", "number", "name", "unit", "piece_weight_g")


def organisation_names(organisation_id: int) -> pd.DataFrame:
    """Return what an organisation and its partners are called in its files.

    Returns
    -------
    DataFrame
        `key` (str), `kind` (code, name or alias), `name` (str, as written), `organisation_id` (Int64),
        `partnership_id` (Int64; missing where the name is one's own and no partner in particular says it),
        `side` (supplier or customer: what the one named is to this organisation; self: oneself).
    """
    places = _partners(organisation_id)
    here = [*places, organisation_id]
    rows: list[tuple] = []
    organisations = Organisation.objects.filter(pk__in=here).values_list("pk", "code", "name", "name_en")
    for pk, code, name, name_en in organisations:
        for word, kind in ((code, "code"), (name, "name"), (name_en, "name")):
            rows += [(word, kind, pk, *place) for place in places.get(pk, [(None, "self")])]
    aliases = OrganisationAlias.objects.filter(speaker=organisation_id, meant__in=here)
    for meant, word in aliases.values_list("meant", "name"):
        rows += [(word, "alias", meant, *place) for place in places.get(meant, [(None, "self")])]
    # What customers call us stands in our own files, too: the supplier code that they gave us.
    of_us = OrganisationAlias.objects.filter(meant=organisation_id, speaker__in=places)
    for speaker, word in of_us.values_list("speaker", "name"):
        rows += [
            (word, "alias", organisation_id, pk, "self") for pk, side in places[speaker] if side == "customer"
        ]
    frame = pd.DataFrame(rows, columns=["name", "kind", "organisation_id", "partnership_id", "side"])
    frame.insert(0, "key", frame["name"].map(folded))
    frame = _ids(frame[frame["key"] != ""], "organisation_id", "partnership_id")
    return frame.drop_duplicates(ignore_index=True)


def part_index(partnership_ids: Collection[int]) -> pd.DataFrame:
    """Return the keys of the parts that are supplied on partnerships.

    Of an organisation's own books, every part of the organisation is listed.

    Returns
    -------
    DataFrame
        `key` (str), `kind` (one of `PART_KINDS`), `rank` (int, 0 is the surest kind), `partnership_id`
        (Int64), `part_id` (Int64), `number` (str, as its customer writes it), `name` (str), `unit` (str),
        `piece_weight_g` (Decimal or None).
    """
    supplied = Supply.objects.filter(partnership__in=partnership_ids).values_list(
        "partnership", "supplier_number", *(f"part__{field}" for field in PART_COLUMNS)
    )
    rows = list(supplied)
    own = Partnership.objects.own_books().filter(pk__in=partnership_ids).values_list("pk", "customer")
    for books, customer in own:
        rows += _parts_of(customer, books)
    parts = _parts_frame(rows).drop_duplicates(["partnership_id", "part_id"])
    aliases = SupplyAlias.objects.filter(partnership__in=partnership_ids)
    called = pd.DataFrame(
        list(aliases.values_list("partnership", "part", "name_key")),
        columns=["partnership_id", "part_id", "key"],
    ).astype({"partnership_id": "Int64", "part_id": "Int64"})
    return _part_keys(parts, called.merge(parts, on=["partnership_id", "part_id"]))


def part_index_of_customer(customer_id: int) -> pd.DataFrame:
    """Return the keys of every part of a customer, as `part_index` does, without a partnership."""
    parts = _parts_frame(_parts_of(customer_id, None))
    return _part_keys(parts, parts.head(0).assign(key=""))


def characteristic_index(part_ids: Collection[int]) -> pd.DataFrame:
    """Return the keys of the characteristics of parts, a row per key and version.

    The version in force on a day is the one with ``valid_from <= day < valid_until``. Any name that some
    version of a characteristic ever had finds all its versions.

    Returns
    -------
    DataFrame
        `key` (str), `kind` (number, name or alias), `part_id`, `characteristic_id`,
        `characteristic_version_id` (Int64), `number` (str), `name` (str), `valid_from`, `valid_until`
        (datetime64, the latter NaT for the last version), `nominal`, `lsl`, `usl` (float, NaN where none),
        `unit` (str), `decimals` (Int64), `variable` (bool), `characteristic_class` (str).
    """
    columns = {
        "characteristic__part": "part_id",
        "characteristic": "characteristic_id",
        "pk": "characteristic_version_id",
        "characteristic__number": "number",
        "characteristic__number_key": "number_key",
        **dict.fromkeys(("name", "name_en", "aliases", "valid_from", "nominal", "lsl", "usl"), ""),
        **dict.fromkeys(("unit", "decimals", "variable", "characteristic_class"), ""),
    }
    versions = pd.DataFrame(
        list(
            CharacteristicVersion.objects.filter(characteristic__part__in=part_ids)
            .order_by("characteristic", "valid_from")
            .values_list(*columns)
        ),
        columns=[column or field for field, column in columns.items()],
    )
    versions["valid_from"] = pd.to_datetime(versions["valid_from"]).astype("datetime64[s]")
    versions["valid_until"] = versions.groupby("characteristic_id")["valid_from"].shift(-1)
    limits = ["nominal", "lsl", "usl"]
    versions[limits] = versions[limits].astype("float64")
    by_name = pd.concat([versions.assign(word=versions[field]) for field in ("name", "name_en")])
    words = pd.concat(
        [
            versions.assign(key=versions["number_key"], kind="number"),
            by_name.assign(key=by_name["word"].map(folded), kind="name"),
            _with_aliases(versions),
        ]
    )[["characteristic_id", "key", "kind"]]
    words = words[words["key"] != ""].drop_duplicates(["characteristic_id", "key"])
    found = words.merge(versions.drop(columns=["number_key", "aliases", "name_en"]), on="characteristic_id")
    return _ids(found, "part_id", "characteristic_id", "characteristic_version_id", "decimals")


def _partners(organisation_id: int) -> dict[int, list[tuple[int, str]]]:
    """Return (partnership, side) of each partner; one that buys and sells has two."""
    places: dict[int, list[tuple[int, str]]] = {}
    ends = Partnership.objects.between_two().filter(Q(customer=organisation_id) | Q(supplier=organisation_id))
    for pk, customer, supplier in ends.values_list("pk", "customer", "supplier"):
        mine = customer == organisation_id
        partner, side = (supplier, "supplier") if mine else (customer, "customer")
        places.setdefault(partner, []).append((pk, side))
    return places


def _parts_of(customer_id: int, partnership_id: int | None) -> list[tuple]:
    mine = Part.objects.filter(customer=customer_id).values_list(*PART_COLUMNS)
    return [(partnership_id, "", *values) for values in mine]


def _parts_frame(rows: list[tuple]) -> pd.DataFrame:
    columns = ["partnership_id", "supplier_number", "part_id", *PART_COLUMNS[1:]]
    return _ids(pd.DataFrame(rows, columns=columns), "partnership_id", "part_id")


def _part_keys(parts: pd.DataFrame, called: pd.DataFrame) -> pd.DataFrame:
    without_zero = parts["number_key"].astype("str").str.lstrip("0")
    names = [parts.assign(key=parts[field].map(folded)) for field in ("name", "name_en")]
    keys = {
        "number": parts.assign(key=parts["number_key"]),
        "supplier_number": parts.assign(key=parts["supplier_number"].map(folded)),
        "drawing": parts.assign(key=parts["drawing_number"].map(folded)),
        "alias": called,
        "lost_zero": parts.assign(key=without_zero.where(without_zero != parts["number_key"], "")),
        "name": pd.concat(names),
    }
    frame = pd.concat([found.assign(kind=kind, rank=PART_KINDS.index(kind)) for kind, found in keys.items()])
    frame = frame[frame["key"] != ""].drop_duplicates(["key", "partnership_id", "part_id"])
    return frame[["key", "kind", "rank", "partnership_id", *PART_ANSWER]].reset_index(drop=True)


def _with_aliases(versions: pd.DataFrame) -> pd.DataFrame:
    spread = versions.explode("aliases").dropna(subset="aliases")
    return spread.assign(key=spread["aliases"].map(folded), kind="alias")


def _ids(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    return frame.astype(dict.fromkeys(columns, "Int64"))
