"""A customer brings its whole list at once, twice, with another word, and takes it back."""

from datetime import date, datetime
from decimal import Decimal

import pandas as pd
import pytest

from core.commits import BuiltUpon, Contradicts
from suppliers import queries, services
from suppliers.access import looking_as
from suppliers.models import CharacteristicVersion, Organisation, OrganisationAlias, Part, Partnership, Supply
from tests.factories import make_characteristic

pytestmark = pytest.mark.usefixtures("house")
NOW = datetime.fromisoformat("2026-06-30T12:00:00+08:00")


def suppliers_list() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "supplier_code": ["V100", "S01", None],
            "supplier": ["示例·新冲压", "示例·甲冲压", "示例·无码"],
            "short_names": ["新冲", "甲冲;冲压厂", None],
            "since": pd.to_datetime(["2025-01-01", None, None]).astype("datetime64[s]"),
        },
        index=[4, 5, 9],
    )


def record_suppliers(chain, rows=None, commit_id=1):
    rows = suppliers_list() if rows is None else rows
    return services.record_suppliers(customer_id=chain.customer.pk, rows=rows, commit_id=commit_id, now=NOW)


def test_a_list_of_suppliers_makes_those_that_are_new_and_learns_what_the_customer_calls_them(chain):
    before = queries.compare_suppliers(customer_id=chain.customer.pk, rows=suppliers_list())
    assert before["status"].to_dict() == {4: "new", 5: "changed", 9: "new"}
    assert before["stored_id"].dropna().to_dict() == {5: chain.ours.pk}

    assert record_suppliers(chain) == {"new": 2, "same": 0, "changed": 1}

    names = queries.organisation_names(chain.customer.pk)
    by_word = dict(zip(names["name"], names["partnership_id"], strict=True))
    new = Partnership.objects.get(supplier__name="示例·新冲压")
    assert by_word["V100"] == by_word["新冲"] == new.pk and new.since == date(2025, 1, 1)
    assert by_word["甲冲"] == by_word["冲压厂"] == by_word["S01"] == chain.ours.pk
    again = queries.compare_suppliers(customer_id=chain.customer.pk, rows=suppliers_list())
    assert set(again["status"]) == {"same"}


def test_the_code_of_a_new_supplier_does_not_tell_whether_a_stranger_has_one_like_it(chain):
    for code, commit in (("OTHER", 1), ("NOBODY", 2)):
        rows = pd.DataFrame({"supplier_code": [code], "supplier": [f"{code} Ltd"]})
        assert queries.compare_suppliers(customer_id=chain.customer.pk, rows=rows)["status"][0] == "new"
        record_suppliers(chain, rows, commit)
        made = Organisation.objects.get(name=f"{code} Ltd")
        assert made.code == f"LEAD.{code}" and made.pk != chain.stranger.pk


def test_two_suppliers_of_one_short_name_are_asked_about(chain):
    for meant in (chain.supplier, chain.sibling):
        services.remember_organisation_name(speaker_id=chain.customer.pk, meant_id=meant.pk, name="冲压厂")
    rows = pd.DataFrame({"supplier_code": ["冲压厂"], "supplier": ["冲压厂"]})
    answer = queries.compare_suppliers(customer_id=chain.customer.pk, rows=rows)
    assert answer[["status", "rule"]].values.tolist() == [["conflicting", "ambiguous"]]
    with pytest.raises(Contradicts) as refused:
        record_suppliers(chain, rows)
    assert refused.value.rows == [0]


def test_a_list_of_suppliers_is_taken_back_whole(chain):
    count = Organisation.objects.count(), OrganisationAlias.objects.count(), Partnership.objects.count()
    record_suppliers(chain, commit_id=7)
    assert services.withdraw_suppliers(commit_id=7, now=NOW) == {"withdrawn": 8}
    now = Organisation.objects.count(), OrganisationAlias.objects.count(), Partnership.objects.count()
    assert now == count


def parts_list(chain, **columns) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "part_no": ["0201001", "0909001", "0909001"],
            "part_name": ["接线端子板", "新零件", "新零件"],
            "piece_weight_g": [None, "1.250", "1.250"],
            "unit": ["pcs", "pcs", "pcs"],
            "partnership_id": pd.array([chain.ours.pk, chain.ours.pk, chain.siblings.pk], "Int64"),
            "supplier_part_no": ["JX-01", None, "B-9"],
            **columns,
        },
        index=[2, 3, 4],
    )


def record_parts(chain, rows, commit_id=1, replacing=frozenset()):
    return services.record_parts(
        customer_id=chain.customer.pk, rows=rows, commit_id=commit_id, now=NOW, replacing=replacing
    )


def test_a_list_of_parts_says_who_supplies_what_under_which_number(chain):
    rows = parts_list(chain)
    answer = queries.compare_parts(customer_id=chain.customer.pk, rows=rows)
    assert answer["status"].tolist() == ["changed", "new", "new"]

    assert record_parts(chain, rows) == {"new": 2, "same": 0, "changed": 1}

    part = Part.objects.get(number="0909001")
    assert part.piece_weight_g == Decimal("1.25") and part.name_key == "xinlingjian"
    assert set(Supply.objects.filter(part=part).values_list("partnership", "supplier_number")) == {
        (chain.ours.pk, ""),
        (chain.siblings.pk, "B-9"),
    }
    assert Supply.objects.get(part=chain.part, partnership=chain.ours).supplier_number == "JX-01"
    again = queries.compare_parts(customer_id=chain.customer.pk, rows=rows)
    assert again["status"].tolist() == ["same"] * 3


def test_another_name_of_a_part_is_taken_and_another_unit_is_asked_about(chain):
    renamed = pd.DataFrame({"part_no": ["0201001"], "part_name": ["接线板"]})
    assert queries.compare_parts(customer_id=chain.customer.pk, rows=renamed)["stored"][0] == {
        "part_name": "接线端子板"
    }
    assert record_parts(chain, renamed) == {"new": 0, "same": 0, "changed": 1}
    by_weight = pd.DataFrame({"part_no": ["0201001"], "unit": ["kg"]})
    answer = queries.compare_parts(customer_id=chain.customer.pk, rows=by_weight)
    assert answer["status"][0] == "conflicting" and answer["stored"][0] == {"unit": "pcs"}
    with pytest.raises(Contradicts):
        record_parts(chain, by_weight)
    assert record_parts(chain, by_weight, replacing={0}) == {"new": 0, "same": 0, "changed": 1}
    assert Part.objects.get(pk=chain.part.pk).unit == "kg"


def test_rows_of_one_list_that_contradict_each_other_are_refused(chain):
    rows = parts_list(chain, part_name=["接线端子板", "新零件", "旧零件"])
    answer = queries.compare_parts(customer_id=chain.customer.pk, rows=rows)
    assert answer["rule"].dropna().to_dict() == {4: "contradicts_row"}
    with pytest.raises(Contradicts):
        record_parts(chain, rows, replacing={2, 3, 4})
    assert not Part.objects.filter(number="0909001").exists()


def test_a_part_of_a_list_cannot_be_hung_on_the_partnership_of_another_customer(chain):
    with pytest.raises(services.NotHere):
        record_parts(chain, parts_list(chain).assign(partnership_id=chain.second.pk))


def test_a_list_of_parts_is_taken_back_until_something_hangs_on_it(chain):
    record_parts(chain, parts_list(chain), commit_id=1)
    record_parts(chain, pd.DataFrame({"part_no": ["0909001"], "part_name": ["更新的零件"]}), commit_id=2)
    make_characteristic(Part.objects.get(number="0909001"), "D1")
    with pytest.raises(BuiltUpon, match="Part"):
        services.withdraw_parts(commit_id=1, now=NOW)
    services.withdraw_parts(commit_id=2, now=NOW)
    assert Part.objects.get(number="0909001").name == "新零件"
    CharacteristicVersion.objects.filter(characteristic__part__number="0909001").delete()
    Part.objects.get(number="0909001").characteristics.all().delete()
    services.withdraw_parts(commit_id=1, now=NOW)
    assert not Part.objects.filter(number="0909001").exists()
    assert Supply.objects.get(part=chain.part, partnership=chain.ours).supplier_number == ""


def characteristics_list(chain, **columns) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "part_id": pd.array([chain.part.pk] * 3, "Int64"),
            "characteristic_no": ["D1", "F1", "D2"],
            "characteristic": ["总长", "拉脱力", "宽度"],
            "nominal": [10.0, None, 4.0],
            "lsl": [9.5, 40.0, 3.9],
            "usl": [10.5, None, 4.1],
            "unit": ["mm", "N", "mm"],
            **columns,
        }
    )


def compare_characteristics(chain, rows):
    return queries.compare_characteristics(customer_id=chain.customer.pk, rows=rows)


def record_characteristics(chain, rows, commit_id=1):
    return services.record_characteristics(
        customer_id=chain.customer.pk, rows=rows, commit_id=commit_id, now=NOW
    )


def test_a_first_version_judges_from_the_beginning(chain):
    rows = characteristics_list(chain)
    assert compare_characteristics(chain, rows)["status"].tolist() == ["same", "same", "new"]
    assert record_characteristics(chain, rows) == {"new": 1, "same": 2, "changed": 0}
    made = CharacteristicVersion.objects.get(characteristic__number="D2")
    assert (made.nominal, made.lsl, made.usl, made.valid_from) == (4.0, 3.9, 4.1, date(1900, 1, 1))
    assert compare_characteristics(chain, rows)["status"].tolist() == ["same"] * 3


def test_other_limits_need_a_date_and_then_make_a_version(chain):
    rows = characteristics_list(chain).loc[[0]].assign(usl=10.4)
    answer = compare_characteristics(chain, rows)
    assert answer["rule"][0] == "limits_need_valid_from" and answer["stored"][0] == {"usl": 10.5}
    with pytest.raises(Contradicts):
        record_characteristics(chain, rows)

    dated = rows.assign(valid_from=pd.Timestamp("2026-03-01"))
    assert compare_characteristics(chain, dated)["status"][0] == "changed"
    assert record_characteristics(chain, dated) == {"new": 0, "same": 0, "changed": 1}
    limits = CharacteristicVersion.objects.filter(characteristic=chain.length.characteristic)
    assert list(limits.order_by("valid_from").values_list("usl", "valid_from", "name")) == [
        (10.5, date(2024, 1, 1), "总长"),
        (10.4, date(2026, 3, 1), "总长"),
    ]
    assert compare_characteristics(chain, dated)["status"][0] == "same"
    assert compare_characteristics(chain, dated.assign(usl=10.3))["rule"][0] == "version_exists"

    services.withdraw_characteristics(commit_id=1, now=NOW)
    assert limits.count() == 1


def test_an_empty_cell_beside_a_limit_means_no_such_limit(chain):
    rows = pd.DataFrame(
        {
            "part_id": pd.array([chain.part.pk], "Int64"),
            "characteristic_no": ["D1"],
            "lsl": [9.5],
            "usl": [None],
            "valid_from": [pd.Timestamp("2026-03-01")],
        }
    )
    record_characteristics(chain, rows)
    latest = CharacteristicVersion.objects.filter(characteristic=chain.length.characteristic).latest(
        "valid_from"
    )
    assert (latest.lsl, latest.usl, latest.nominal, latest.unit) == (9.5, None, None, "mm")


def test_words_about_a_characteristic_change_in_place(chain):
    rows = pd.DataFrame(
        {
            "part_id": pd.array([chain.part.pk], "Int64"),
            "characteristic_no": ["D1"],
            "instrument": ["卡尺"],
            "aliases": ["全长;L"],
        }
    )
    assert record_characteristics(chain, rows) == {"new": 0, "same": 0, "changed": 1}
    kept = CharacteristicVersion.objects.get(pk=chain.length.pk)
    assert kept.gauge == "卡尺" and kept.aliases == ["全长", "L"] and kept.usl == 10.5
    assert compare_characteristics(chain, rows)["status"][0] == "same"


def test_keys_lead_from_what_a_file_says_to_part_and_characteristic(chain):
    services.record_parts(
        customer_id=chain.customer.pk, rows=parts_list(chain).loc[[2]], commit_id=1, now=NOW
    )
    with looking_as(chain.engineer):
        index = queries.part_index([chain.ours.pk, chain.second.pk, chain.siblings.pk])
    found = index[index["part_id"].isin([chain.part.pk, chain.second_part.pk])]
    assert set(zip(found["key"], found["kind"], found["partnership_id"], strict=True)) == {
        ("0201001", "number", chain.ours.pk),
        ("jx-01", "supplier_number", chain.ours.pk),
        ("201001", "lost_zero", chain.ours.pk),
        ("接线端子板", "name", chain.ours.pk),
        ("0201001", "number", chain.second.pk),
        ("201001", "lost_zero", chain.second.pk),
    }
    assert chain.sibling_part.pk not in set(index["part_id"])

    make_characteristic(chain.part, "D1", valid_from=date(2026, 3, 1), name="长度", usl=10.4)
    names = queries.characteristic_index([chain.part.pk])
    assert set(names["key"]) == {"d1", "总长", "长度", "f1", "拉脱力"}
    length = names[names["key"] == "总长"]
    assert length["usl"].tolist() == [10.5, 10.4]
    assert length["valid_until"].tolist() == [pd.Timestamp("2026-03-01"), pd.NaT]


def test_an_organisation_s_own_books_list_all_its_parts(chain):
    with looking_as(chain.buyer):
        books = services.own_books(organisation_id=chain.customer.pk, now=NOW)
        assert books == chain.books.pk
        index = queries.part_index([books])
    assert set(index["part_id"]) == {chain.part.pk, chain.shared_part.pk, chain.sibling_part.pk}
    services.make_supplies(partnership_id=books, part_ids=[chain.sibling_part.pk], now=NOW)
    assert Supply.objects.filter(partnership=books, part=chain.sibling_part).exists()


def test_a_partner_is_found_by_either_side_s_words(chain):
    services.remember_organisation_name(
        speaker_id=chain.customer.pk, meant_id=chain.supplier.pk, name="供-001"
    )
    with looking_as(chain.engineer):
        names = queries.organisation_names(chain.supplier.pk)
    rows = set(zip(names["name"], names["side"], names["partnership_id"].fillna(0), strict=True))
    assert ("LEAD", "customer", chain.ours.pk) in rows and ("CUST2", "customer", chain.second.pk) in rows
    assert ("供-001", "self", chain.ours.pk) in rows and ("S01", "self", 0) in rows
    assert not {"S02", "OTHER"} & set(names["name"])


def test_partnerships_are_locked_in_order_and_only_where_they_may_be_seen(chain):
    services.lock_partnerships([chain.siblings.pk, chain.ours.pk])
    with looking_as(chain.engineer), pytest.raises(services.NotHere):
        services.lock_partnerships([chain.ours.pk, chain.siblings.pk])
