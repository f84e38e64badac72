"""Frames to tables and back by COPY."""

from datetime import UTC, datetime

import pandas as pd
import pytest
from django.db import DataError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import ArrowInvalid

from core import copy
from core.text import folded, folded_all

pytestmark = pytest.mark.django_db

COLUMNS = {
    "n": "bigint", "word": "text", "day": "date", "price": "numeric", "value": "double precision",
    "yes": "boolean", "moment": "timestamptz",
}  # fmt: skip


def there_and_back(frame: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    with transaction.atomic(), copy.temporary("there_and_back", frame, columns):
        return copy.read("SELECT * FROM there_and_back", [], columns)


def test_what_goes_in_comes_out_and_null_is_not_blank():
    frame = pd.DataFrame(
        {
            "n": pd.array([1, None, 2**40], dtype="Int64"),
            "word": pd.array(["", None, '"quoted", \\. and\nbroken'], dtype="str"),
            "day": pd.to_datetime(["2025-03-05", None, "2024-02-29"]).astype("datetime64[s]"),
            "price": ["0.180001", None, "12"],
            "value": [0.1, None, 1e-300],
            "yes": pd.array([True, None, False], dtype="boolean"),
            "moment": pd.to_datetime([datetime(2025, 3, 5, 6, 30, tzinfo=UTC), None, None]),
        }
    )
    back = there_and_back(frame, COLUMNS)
    assert back["n"].tolist() == [1, pd.NA, 2**40]
    assert back["word"].fillna("missing").tolist() == ["", "missing", '"quoted", \\. and\nbroken']
    assert back["day"].astype("str").tolist()[::2] == ["2025-03-05", "2024-02-29"]
    assert str(back["price"].iloc[0]) == "0.180001"
    assert back["value"].tolist()[::2] == [0.1, 1e-300]
    assert back["yes"].tolist() == [True, pd.NA, False]
    assert back["moment"].iloc[0] == datetime(2025, 3, 5, 6, 30, tzinfo=UTC)
    assert back[["n", "word", "day", "price", "value", "yes", "moment"]].iloc[1].isna().all()


printable = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=20)


@settings(
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(words=st.lists(printable, min_size=1, max_size=8), values=st.floats(allow_nan=False))
def test_any_text_and_number_survives(words, values):
    frame = pd.DataFrame({"word": pd.array(words, dtype="str"), "value": values})
    back = there_and_back(frame, {"word": "text", "value": "double precision"})
    assert back["word"].tolist() == words
    assert back["value"].tolist() == [values] * len(words)


def test_rows_of_even_width_come_out_as_they_went_in():
    count = 70_000  # more than one piece
    moments = pd.to_datetime("2025-03-05 06:30:00.25", utc=True) + pd.to_timedelta(range(count), unit="us")
    frame = pd.DataFrame(
        {
            "n": range(-5, count - 5), "small": 7, "word": ["划伤", "abcdef"] * (count // 2), "blank": "",
            "day": pd.to_datetime(["1969-12-31", "2050-02-28"] * (count // 2)).astype("datetime64[s]"),
            "value": [0.1, -1e-300] * (count // 2), "moment": moments, "none": pd.array([None] * count, "Int64"),
        }
    )  # fmt: skip
    columns = {
        "n": "bigint", "small": "integer", "word": "text", "blank": "text", "day": "date",
        "value": "double precision", "moment": "timestamptz", "none": "bigint",
    }  # fmt: skip
    back = there_and_back(frame, columns).sort_values("n", ignore_index=True)
    for name in frame:
        assert back[name].isna().all() if name == "none" else (back[name] == frame[name]).all(), name
    with pytest.raises(ArrowInvalid):
        there_and_back(frame.assign(small=2**31), columns)


def test_a_column_that_the_frame_lacks_is_null():
    back = there_and_back(pd.DataFrame({"n": [1]}), {"n": "bigint", "word": "text"})
    assert back["word"].isna().all()


def test_an_empty_answer_has_its_columns_and_types():
    back = copy.read(
        "SELECT 1, 'x', DATE '2025-03-05' WHERE false", [], {"a": "bigint", "b": "text", "c": "date"}
    )
    assert list(back.columns) == ["a", "b", "c"]
    assert back["c"].dtype == "datetime64[s]"
    assert back.empty


def test_parameters_are_values_and_never_sql():
    nasty = "x'); DROP TABLE suppliers_part; --"
    assert copy.read("SELECT %s::text", [nasty], {"word": "text"})["word"].tolist() == [nasty]


def test_ids_rise_and_are_given_once():
    first, second = copy.next_ids("quality_lot", 3), copy.next_ids("quality_lot", 2)
    assert sorted([*first, *second]) == [*first, *second]
    assert len({*first, *second}) == 5
    assert copy.next_ids("quality_lot", 0).tolist() == []


def test_a_table_whose_statistics_call_it_empty_is_counted_again():
    """As a load that was killed half-way leaves it."""
    frame = pd.DataFrame({"n": range(copy.LARGE_SET)})
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE half_way (n bigint)")
        cursor.execute("INSERT INTO half_way SELECT generate_series(1, 5000)")
        cursor.execute("DELETE FROM half_way")
        cursor.execute("ANALYZE half_way")
        cursor.execute("SELECT reltuples, relpages > 0 FROM pg_class WHERE relname = 'half_way'")
        assert cursor.fetchone() == (0, True)
        copy.append("half_way", frame, {"n": "bigint"})
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'half_way'")
        assert cursor.fetchone() == (copy.LARGE_SET,)


def test_a_row_that_the_database_refuses_refuses_all():
    frame = pd.DataFrame({"n": [1, 2**40]})
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE small (n integer)")
        with pytest.raises(DataError), transaction.atomic():
            copy.append("small", frame, {"n": "integer"})
        cursor.execute("SELECT count(*) FROM small")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "values",
    [[], ["a"], ["", " ", "a,b", "{x}", 'say "no"', "back\\slash", "it's", "NULL", "批号", "a\nb", "%s"]],
)
def test_texts_come_back_from_an_array_as_they_were(values):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [copy.array_of(values)])
        assert cursor.fetchone() == (values,)


def test_ids_come_back_from_an_array_as_they_were():
    ids = pd.array([1, 2**62, 3], dtype="Int64")
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::bigint[]", [copy.array_of(ids)])
        assert cursor.fetchone() == ([1, 2**62, 3],)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(st.lists(st.text()))
def test_many_texts_are_folded_like_one(texts):
    assert folded_all(texts) == [folded(text) for text in texts]


def test_ids_are_nobody_else_s():
    first, second = copy.next_ids("quality_lot", 3), copy.next_ids("quality_lot", 2)
    assert len({*first, *second}) == 5
    assert len(copy.next_ids("quality_lot", 0)) == 0
