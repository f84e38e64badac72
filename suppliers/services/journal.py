"""The journal of lists: what a commit made or changed, and taking it back."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import pandas as pd
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError

from core import copy
from core.commits import BuiltUpon
from core.text import pinyin_key
from suppliers.models import ListChange

NOTED = {"commit_id": "bigint", "table": "text", "row_id": "bigint", "after": "text"}
# Children before what they hang on.
TAKEN_BACK_IN_ORDER = (
    "CharacteristicVersion",
    "Characteristic",
    "SupplyAlias",
    "Supply",
    "Part",
    "OrganisationAlias",
    "Partnership",
    "Organisation",
)


def note_made(commit_id: int, objects: Iterable[models.Model]) -> None:
    """Note rows that were just made."""
    noted = [
        (commit_id, type(one).__name__, one.pk, json.dumps(_values(one), cls=DjangoJSONEncoder))
        for one in objects
    ]
    copy.append(ListChange._meta.db_table, pd.DataFrame(noted, columns=list(NOTED)), NOTED)


def change(commit_id: int, model: type[models.Model], values: Mapping[int, Mapping[str, Any]]) -> int:
    """Set fields of stored rows, by id, note how they were, and return how many rows changed.

    Aliases are added to those that are there; every other field is replaced.
    """
    changed, noted, fields = [], [], set()
    for row in model._default_manager.filter(pk__in=values).order_by("pk"):
        before = _values(row)
        for field, value in values[row.pk].items():
            _set(row, field, value)
        after = _values(row)
        differing = [field for field in before if before[field] != after[field]]
        if differing:
            changed.append(row)
            fields.update(differing)
            was, now_is = ({field: one[field] for field in differing} for one in (before, after))
            noted.append(
                ListChange(commit_id=commit_id, table=model.__name__, row_id=row.pk, before=was, after=now_is)
            )
    if changed:
        model._default_manager.bulk_update(changed, sorted(fields), batch_size=500)
        ListChange.objects.bulk_create(noted, batch_size=1000)
    return len(changed)


def take_back(commit_id: int, *, now: datetime) -> dict[str, int]:
    """Take back what a commit made and changed, and return how many rows that were, or nothing at all.

    Raises BuiltUpon: `stands_on` where other rows hang on one that the commit made, `changed_later` where one
    was changed since, `table` naming which.
    """
    changes = ListChange.objects.filter(commit_id=commit_id, undone_at=None).order_by("-pk")
    made: dict[str, list[ListChange]] = defaultdict(list)
    altered: dict[str, list[ListChange]] = defaultdict(list)
    for noted in changes:
        (altered if noted.before is not None else made)[noted.table].append(noted)
    for table, earlier in altered.items():
        _restore(apps.get_model("suppliers", table), earlier)
    for table in TAKEN_BACK_IN_ORDER:
        if table in made:
            _delete(apps.get_model("suppliers", table), [noted.row_id for noted in made[table]])
    count = changes.update(undone_at=now)
    return {"withdrawn": count}


def _values(row: models.Model) -> dict[str, Any]:
    """Return the columns of a row in the types of their fields (a frame's whole numbers are NumPy's)."""
    return {
        field.attname: field.to_python(getattr(row, field.attname)) for field in row._meta.concrete_fields
    }


def _set(row: Any, field: str, value: Any) -> None:
    if field == "aliases":
        row.aliases = [*row.aliases, *(word for word in value if word not in row.aliases)]
        return
    setattr(row, field, _field(row, field).to_python(value))
    if field == "name" and hasattr(row, "name_key"):
        row.name_key = pinyin_key(row.name)


def _field(row: models.Model, name: str) -> models.Field:
    field = row._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field


def _restore(model: type[models.Model], noted: list[ListChange]) -> None:
    rows = model._default_manager.in_bulk([one.row_id for one in noted])
    fields: set[str] = set()
    for one in noted:  # the latest first, so that each finds what it left
        row = rows.get(one.row_id)
        if row is None or any(_plain(row, field) != held for field, held in one.after.items()):
            raise BuiltUpon("changed_later", table=model.__name__)
        before = one.before or {}
        for field, value in before.items():
            setattr(row, field, _field(row, field).to_python(value))
        fields.update(before)
    model._default_manager.bulk_update(rows.values(), sorted(fields), batch_size=500)


def _plain(row: models.Model, field: str) -> Any:
    """Return a value as the journal's JSON has it."""
    return json.loads(json.dumps(getattr(row, field), cls=DjangoJSONEncoder))


def _delete(model: type[models.Model], ids: list[int]) -> None:
    try:
        with transaction.atomic():  # the composite keys are the database's own, and answer at once
            model._default_manager.filter(pk__in=ids).delete()
    except (ProtectedError, IntegrityError) as held:
        raise BuiltUpon("stands_on", table=model.__name__) from held
