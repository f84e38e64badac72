"""Where Django leaves a foreign key to the database's composite one, the database has it."""

import pytest
from django.apps import apps
from django.db import connection

FOREIGN_KEYS = """
SELECT conrelid::regclass::text, array_agg(attname::text)
FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY(conkey)
WHERE contype = 'f' AND convalidated GROUP BY pg_constraint.oid, conrelid
"""
LEFT_TO_IT = [
    (model._meta.db_table, field.column)
    for model in apps.get_models()
    for field in model._meta.concrete_fields
    if field.remote_field and not field.db_constraint
]


@pytest.fixture
def composite_keys(db) -> set[tuple[str, frozenset[str]]]:
    with connection.cursor() as cursor:
        cursor.execute(FOREIGN_KEYS)
        keys = {(table, frozenset(columns)) for table, columns in cursor.fetchall()}
    return {(table, columns) for table, columns in keys if {"partnership_id"} < columns}


def test_most_keys_of_shared_rows_are_left_to_it():
    assert ("quality_inspection", "lot_id") in LEFT_TO_IT
    assert len(LEFT_TO_IT) > 30


@pytest.mark.parametrize(("table", "column"), LEFT_TO_IT)
def test_a_key_that_is_left_to_the_database_is_held_by_it(composite_keys, table, column):
    assert any(table == held and column in columns for held, columns in composite_keys)
