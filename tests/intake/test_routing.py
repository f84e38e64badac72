"""Whose row it is, and which part is meant: no database."""

import pandas as pd
import pytest

from core.text import folded
from intake.services.ground import CUSTOMER, SUPPLIER, Ground, PartKey
from intake.services.routing import route
from suppliers.queries.partners import Partner

LEAD, CUST2, S01, S02 = 10, 20, 3, 4
LEADS, CUST2S, SIBLINGS, BOOKS = 1, 2, 5, 9


def partner(pk: int, customer: tuple[int, str], supplier: tuple[int, str]) -> Partner:
    return Partner(
        pk, customer[0], supplier[0],
        customer_code=customer[1], customer_name=customer[1], customer_name_en="",
        supplier_code=supplier[1], supplier_name=supplier[1], supplier_name_en="",
        responsible="周工",
    )  # fmt: skip


@pytest.fixture
def ledger_ground() -> Ground:
    """A supplier with two customers here; `0103002` is a part of either."""
    parts = {
        "0103001": [PartKey(0, LEADS, 100)],
        "103001": [PartKey(4, LEADS, 100)],
        "0103002": [PartKey(0, LEADS, 101), PartKey(0, CUST2S, 200)],
        "pd-3311": [PartKey(0, CUST2S, 201)],
    }
    return Ground(
        organisation_id=S01,
        side=SUPPLIER,
        partners={
            LEADS: partner(LEADS, (LEAD, "示例·总装"), (S01, "示例·丙触头")),
            CUST2S: partner(CUST2S, (CUST2, "示例·配电"), (S01, "示例·丙触头")),
        },
        names={folded("示例·总装"): {LEAD}, folded("示例·配电"): {CUST2}, folded("示例·丙触头"): {S01}},
        parts=parts,
        numbers={100: "0103001", 101: "0103002", 200: "0103002", 201: "PD-3311"},
    )


@pytest.fixture
def lead_ground() -> Ground:
    """A customer with two suppliers, both called 冲压厂, who both make part 100."""
    return Ground(
        organisation_id=LEAD,
        side=CUSTOMER,
        partners={
            LEADS: partner(LEADS, (LEAD, "示例·总装"), (S01, "甲冲压")),
            SIBLINGS: partner(SIBLINGS, (LEAD, "示例·总装"), (S02, "乙冲压")),
        },
        own_books=BOOKS,
        names={"甲冲压": {S01}, "乙冲压": {S02}, "冲压厂": {S01, S02}},
        parts={
            "0201001": [PartKey(0, LEADS, 100), PartKey(0, SIBLINGS, 100), PartKey(0, BOOKS, 100)],
            "0202002": [PartKey(0, SIBLINGS, 102), PartKey(0, BOOKS, 102)],
            "0999999": [PartKey(0, BOOKS, 199)],
        },
        numbers={100: "0201001", 102: "0202002", 199: "0999999"},
    )


def placed(ground: Ground, columns: dict[str, list], kind: str = "inspections", **rest) -> list[tuple]:
    routed = route(pd.DataFrame(columns), ground, kind=kind, answers=rest.pop("answers", {}), **rest)
    rows = routed.rows.astype(object).where(routed.rows.notna(), None)
    return list(rows[["partnership_id", "part_id", "fate", "rule"]].itertuples(index=False, name=None))


def test_a_row_goes_to_the_customer_that_it_names(ledger_ground):
    rows = {"customer": ["示例·总装", "示例·配电"], "part_no": ["0103002", "0103002"]}
    assert placed(ledger_ground, rows) == [(LEADS, 101, "", ""), (CUST2S, 200, "", "")]


def test_without_a_name_it_goes_to_the_one_customer_that_has_the_part(ledger_ground):
    rows = {"customer": [None, None], "part_no": ["PD-3311", "103001"]}
    assert placed(ledger_ground, rows) == [(CUST2S, 201, "", ""), (LEADS, 100, "", "")]


def test_what_fits_two_is_asked_once_and_then_known(ledger_ground):
    rows = {"customer": [None], "part_no": ["0103002"]}
    assert placed(ledger_ground, rows) == [(None, None, "wrong", "row_of_several")]
    answers = {"route::0103002": CUST2S}
    assert placed(ledger_ground, rows, answers=answers) == [(CUST2S, 200, "", "")]


def test_a_short_name_beside_a_part_number_of_that_customer_needs_no_question(ledger_ground):
    rows = {"customer": ["总装", "总装"], "part_no": ["103001", "0109999"]}
    assert placed(ledger_ground, rows) == [
        (LEADS, 100, "", ""),
        (None, None, "wrong", "organisation_unknown"),
    ]


def test_a_short_name_of_two_is_asked_about(ledger_ground):
    rows = {"customer": ["示例"], "part_no": ["0103001"]}
    assert placed(ledger_ground, rows) == [(None, None, "wrong", "organisation_unknown")]


def test_a_stranger_is_elsewhere(ledger_ground):
    rows = {"customer": ["示例·家电"], "part_no": ["JD-88-021"]}
    assert placed(ledger_ground, rows) == [(None, None, "elsewhere", "")]


def test_a_stranger_beside_our_part_numbers_is_asked_about(ledger_ground):
    rows = {"customer": ["天工"], "part_no": ["0103001"]}
    assert placed(ledger_ground, rows) == [(None, None, "wrong", "organisation_unknown")]
    assert placed(ledger_ground, rows, answers={"who:天工": LEAD}) == [(LEADS, 100, "", "")]
    assert placed(ledger_ground, rows, answers={"who:天工": "elsewhere"}) == [(None, None, "elsewhere", "")]


def test_a_suppliers_row_under_an_unknown_name_is_asked_about(ledger_ground):
    rows = {"supplier": ["示例·丙触头", "丙触头", "乙冲压"], "part_no": ["0103001"] * 3}
    fine = (LEADS, 100, "", "")
    assert placed(ledger_ground, rows) == [fine, fine, (None, None, "wrong", "own_name_unknown")]
    assert placed(ledger_ground, rows, answers={"who:乙冲压": S01}) == [fine] * 3
    assert placed(ledger_ground, rows, answers={"who:乙冲压": "elsewhere"})[2] == (
        None,
        None,
        "elsewhere",
        "",
    )
    assert placed(ledger_ground, rows, kind="movements") == [fine] * 3, "whom it bought from"


def test_a_suppliers_code_that_is_unknown_needs_no_question_beside_its_own_name(ledger_ground):
    rows = {"supplier_code": ["V-9", "V-9"], "supplier": ["示例·丙触头", None], "part_no": ["0103001"] * 2}
    assert placed(ledger_ground, rows)[0] == (LEADS, 100, "", "")
    assert placed(ledger_ground, rows)[1] == (None, None, "wrong", "own_name_unknown")


def test_rows_without_customer_and_number_are_nobodys_here(ledger_ground):
    rows = {"customer": ["示例·总装", None], "part_no": ["0103001", None], "part_name": [None, "温控弹片"]}
    assert placed(ledger_ground, rows)[1] == (None, None, "elsewhere", "")


def test_a_mistyped_number_is_not_lost_among_strangers(ledger_ground):
    rows = {"customer": ["示例·总装", None], "part_no": ["0103001", "0103O01"]}
    assert placed(ledger_ground, rows)[1] == (None, None, "wrong", "part_unknown")


def test_with_a_partnership_a_row_that_names_another_is_wrong(ledger_ground):
    rows = {"customer": ["示例·配电", "示例·家电", None], "part_no": ["0103002", "JD-88-021", "0103001"]}
    assert placed(ledger_ground, rows, given=LEADS) == [
        (None, None, "wrong", "other_partnership"),
        (None, None, "wrong", "other_partnership"),
        (LEADS, 100, "", ""),
    ]


def test_a_name_of_two_suppliers_is_settled_by_the_part_where_one_alone_makes_it(lead_ground):
    rows = {"supplier": ["冲压厂", "冲压厂"], "part_no": ["0202002", "0201001"]}
    assert placed(lead_ground, rows) == [
        (SIBLINGS, 102, "", ""),
        (None, None, "wrong", "row_of_several"),
    ]


def test_a_row_of_two_is_settled_by_the_lot_that_one_alone_knows(lead_ground):
    def lots(part_ids, lot_keys):
        assert part_ids == [100]
        return pd.DataFrame({"lot_key": ["j250305-1"], "part_id": [100], "partnership_id": [LEADS]})

    rows = {"supplier": ["冲压厂"] * 2, "part_no": ["0201001"] * 2, "lot_no": ["J250305-1", "J250305-9"]}
    assert placed(lead_ground, rows, lots=lots) == [
        (LEADS, 100, "", ""),
        (None, None, "wrong", "row_of_several"),
    ]


def test_an_issue_goes_where_the_receipt_of_its_lot_in_the_same_file_goes(lead_ground):
    rows = {
        "supplier": ["甲冲压", None, None, "乙冲压"],
        "part_no": ["0201001", "0201001", "0201001", "0202002"],
        "lot_no": ["J250305-1", "j250305-1", "J250305-9", "J250305-9"],  # the last lot is another part's
    }
    nothing = pd.DataFrame({"lot_key": [], "part_id": [], "partnership_id": []})
    assert placed(lead_ground, rows, kind="movements", lots=lambda part_ids, lot_keys: nothing) == [
        (LEADS, 100, "", ""),
        (LEADS, 100, "", ""),
        (BOOKS, 100, "", ""),
        (SIBLINGS, 102, "", ""),
    ]


def test_own_stock_without_a_supplier_hangs_on_ones_own_books(lead_ground):
    rows = {"part_no": ["0201001", "0202002", "0999999"]}
    assert placed(lead_ground, rows, kind="stock") == [
        (BOOKS, 100, "", ""),
        (BOOKS, 102, "", ""),
        (BOOKS, 199, "", ""),
    ]


def test_a_movement_that_no_lot_tells_apart_hangs_on_ones_own_books(lead_ground):
    rows = {"supplier": [None, "总装一车间"], "part_no": ["0201001", "0202002"]}
    assert placed(lead_ground, rows, kind="movements") == [(BOOKS, 100, "", ""), (SIBLINGS, 102, "", "")]


def test_a_part_that_a_supplier_has_not_supplied_so_far_is_asked_about(lead_ground):
    rows = {"supplier": ["甲冲压"], "part_no": ["0202002"]}
    assert placed(lead_ground, rows) == [(LEADS, None, "wrong", "part_not_supplied")]
    assert placed(lead_ground, rows, create=True) == [(LEADS, None, "", "")]


def test_a_number_behind_its_class_is_found(lead_ground):
    rows = {"supplier": ["甲冲压"], "part_no": ["01.0201001"]}
    assert placed(lead_ground, rows) == [(LEADS, 100, "", "")]


def test_a_hundred_thousand_rows_cost_as_many_decisions_as_they_have_wordings(ledger_ground):
    rows = pd.DataFrame(
        {"customer": ["示例·总装", None] * 50_000, "part_no": ["0103001", "PD-3311"] * 50_000}
    )
    routed = route(rows, ledger_ground, kind="inspections", answers={})
    assert len(routed.places) == 2
    assert routed.rows["partnership_id"].value_counts().to_dict() == {LEADS: 50_000, CUST2S: 50_000}


# -- who the sender is ------------------------------------------------------------------------------
def sent_by(ground: Ground, *names: str, **more):
    rows = pd.DataFrame({"supplier": names, "part_no": "0103001", "lot_no": "J1"})
    return route(rows, ground, **{"kind": "inspections", "answers": {}} | more)


def test_a_row_that_names_another_company_as_its_supplier_is_asked_about(ledger_ground):
    routed = sent_by(ledger_ground, "示例·甲冲压", "示例·丙触头", "丙触头")
    assert routed.rows["rule"].tolist() == ["own_name_unknown", "", ""]
    place = routed.places[0]
    assert (place.question, place.options) == ("who:" + folded("示例·甲冲压"), [S01])


@pytest.mark.parametrize(
    ("answer", "fate", "partnership"), [(S01, "", LEADS), ("elsewhere", "elsewhere", None)]
)
def test_what_was_said_of_the_name_is_remembered(ledger_ground, answer, fate, partnership):
    routed = sent_by(ledger_ground, "鑫达五金", answers={"who:" + folded("鑫达五金"): answer})
    row = routed.rows.iloc[0]
    assert row["fate"] == fate
    assert (None if pd.isna(row["partnership_id"]) else row["partnership_id"]) == partnership


def test_a_supplier_named_in_books_of_ones_own_goods_is_whoever_brought_them(ledger_ground):
    assert sent_by(ledger_ground, "铜材厂", kind="movements").rows["rule"].tolist() == [""]
