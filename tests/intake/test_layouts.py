"""Every layout of the trade is understood without a person; small books, one trap each."""

# A row of a sheet stands on one line here, as in the sheet.
# fmt: off

import io
from datetime import date

import openpyxl
import pandas as pd
import pytest

from intake.readers.reading import read
from intake.tables.factors import Factors
from intake.tables.typed import type_tables
from intake.tables.understand import understand
from tests.intake.biff import xls
from tests.intake.sheets import TODAY, fields, rules, text, typed, understood, xlsx


def days(frame: pd.DataFrame, name: str = "inspection_date") -> list[str]:
    return frame[name].dt.strftime("%Y-%m-%d").tolist()


def told(frame: pd.DataFrame, *names: str) -> list[tuple]:
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in frame[list(names)].itertuples(index=False)]


# L01 出货检验报告


def report(lot: str, values: list, *, attribute="OK") -> tuple[list[list], list[str]]:
    """A form of label-value blocks, a table with a header of two rows, an appearance block, a foot."""
    head = ["序号", "检验项目", "特性等级", "规格要求", "上公差", "下公差", "量具", "实测值", None, None, None, None, "单项判定"]
    rows = [
        ["示例·丙触头 出货检验报告"],
        [None] * 12 + ["报告编号:BC-" + lot],
        ["客户", "示例·总装", None, None, "物料编码", "0103001", None, None, "物料名称", "触头"],
        ["图纸版本", "B", None, None, "批号", lot, None, None, "批量", 6000],
        ["抽样数", 200, None, None, "检验日期", "2025.3.5", None, None, "检验水平", "II"],
        ["AQL: CR 0 MA 0.65 MI 2.5"],
        head,
        [None] * 7 + [1, 2, 3, 4, 5],
        [1, "头部直径", "重要", "Φ4.00", "+0.05", "0.05", "千分尺", *values, "合格"],
        [2, "复层厚度", "关键", "0.35 以上", None, None, "金相显微镜", "0.41mm", 0.43, None, None, None, "合格"],
        [3, "外观", "一般", "符合限度样", None, None, "目视", attribute, None, None, None, None, "合格"],
        [],
        ["外观", "缺陷名称", "致命", "严重", "轻微"],
        [None, "划伤", 0, 1, 2],
        ["综合判定", "■合格 □不合格 □让步接收"],
        [],
        ["检验员:丙检1", None, None, None, "审核:", None, None, None, "批准:"],
    ]
    merged = ["H7:L7", "A13:A14", "H11:L11"] + [f"{letter}7:{letter}8" for letter in "ABCDEFGM"]
    return rows, merged


def reports() -> bytes:
    books = [("C250305-1", report("C250305-1", [4.01, 3.99, 4.0, 4.0, 4.02])), ("C250306-1", report("C250306-1", [4.0] * 5))]
    return xlsx(*((name, rows) for name, (rows, _) in books), merged={name: merged for name, (_, merged) in books})


def test_a_form_gives_the_measured_values_of_its_lot():
    result = typed(reports())
    assert result.kind == "measurements"
    assert result.left_out["judged"] == 2
    frame = result.frame
    assert set(frame["lot_no"]) == {"C250305-1", "C250306-1"}
    assert len(frame) == 14
    first = frame[frame["lot_no"] == "C250305-1"]
    assert told(first, "characteristic", "piece", "value", "lsl", "usl", "column")[:2] == [
        ("头部直径", 1, 4.01, 3.95, 4.05, "H"),
        ("头部直径", 2, 3.99, 3.95, 4.05, "I"),
    ]
    thickness = first[first["characteristic"] == "复层厚度"]
    assert told(thickness, "value", "piece", "lsl", "unit") == [(0.41, 1, 0.35, "mm"), (0.43, 2, 0.35, None)]
    assert days(first, "measured_at")[0] == "2025-03-05"
    assert set(first["part_no"]) == {"0103001"}
    assert result.problems.empty


def test_the_same_form_gives_an_inspection_a_sheet():
    result = typed(reports(), kind="inspections")
    assert told(result.frame, "lot_no", "inspected", "nonconforming", "verdict", "lot_size", "inspector") == [
        ("C250305-1", 200, 3, "accepted", 6000, "丙检1"),
        ("C250306-1", 200, 3, "accepted", 6000, "丙检1"),
    ]
    assert result.frame["defects"].iloc[0] == [
        {"name": "划伤", "count": 1, "class": "major"},
        {"name": "划伤", "count": 2, "class": "minor"},
    ]
    assert result.problems["rule"].tolist() == ["nonconforming_added"] * 2
    assert not result.frame["is_wrong"].any()


# L02 成品检验台账


L02_HEAD = ["日期", "料号", "品名", "生产批号", "批量", "抽检数", "合格数", "不良数", "不良分类", None, None, "合格率", "判定", "备注"]


def ledger(month: int, *rows: list, left: int = 0) -> tuple[list[list], list[str]]:
    below = [None] * 8 + ["毛刺", "压伤", "其它"]
    sheet = [[f"2025年{month}月份成品检验台账"], [None] * 13 + ["单位:只"], L02_HEAD, below, *rows]
    letters = [chr(ord("A") + left + at) for at in (0, 1, 2, 3, 4, 5, 6, 7, 11, 12, 13)]
    merged = [f"{letter}3:{letter}4" for letter in letters]
    merged += [f"{chr(ord('I') + left)}3:{chr(ord('K') + left)}3", f"{chr(ord('A') + left)}5:{chr(ord('A') + left)}6"]
    return [[None] * left + row for row in sheet], merged


MARCH = [
    ["3.5", 201001, "接线端子板", "J250305-1", "20,000", 315, 296, 19, 12, 4, 3, "93.97%", "挑选", "其它为油污"],
    [None, 201002, "静触头支架", "J250305-2", "８０００", "200只", 197, 3, 1, "－", None, 0.985, "合格", None],
    ["小计", None, None, None, 28000, 515, 493, 22, 13, 4, 3, None, None, None],
    ["3.10", "0201001", "接线端子板", "J250310-1", 20000, 315, 315, 0, None, None, None, "100%", "合格", None],
    ["合计", None, None, None, 48000, 830, 808, 22, 13, 4, 3, "97%", None, None],
]
APRIL = [
    [date(2025, 4, 2), 201001, "端子板", "J250402-1", 20000, 315, 314, 1, 1, None, None, None, "让步接收", None],
    [None, 201001, "端子板", "J250402-2", 20000, 315, 315, 0, None, None, None, None, "合格", None],
]


def year_book(march=MARCH) -> bytes:
    sheets = {"3月": ledger(3, *march), "4月": ledger(4, *APRIL, left=1)}
    return xlsx(*((name, rows) for name, (rows, _) in sheets.items()), ("Sheet3", []),
                merged={name: merged for name, (_, merged) in sheets.items()})


def test_a_ledger_with_a_sheet_a_month_is_one_table():
    result = typed(year_book(), "成品检验台账2025.xlsx")
    frame = result.frame
    assert result.questions == []
    assert told(frame, "lot_no", "part_no", "lot_size", "inspected", "nonconforming", "verdict", "disposition") == [
        ("J250305-1", "201001", 20000, 315, 19, "rejected", "sorted"),
        ("J250305-2", "201002", 8000, 200, 3, "accepted", None),
        ("J250310-1", "0201001", 20000, 315, 0, "accepted", None),
        ("J250402-1", "201001", 20000, 315, 1, "rejected", "conceded"),
        ("J250402-2", "201001", 20000, 315, 0, "accepted", None),
    ]
    assert days(frame) == ["2025-03-05", "2025-03-05", "2025-03-10", "2025-04-02", "2025-04-02"]
    assert told(frame, "sheet", "row") == [("3月", 5), ("3月", 6), ("3月", 8), ("4月", 5), ("4月", 6)]
    assert frame["defects"].iloc[0] == [
        {"name": "毛刺", "count": 12}, {"name": "压伤", "count": 4}, {"name": "油污", "count": 3},
    ]
    assert result.left_out == {"subtotal": 1, "total": 1}
    assert understood(year_book()).skipped == [("Sheet3", "empty")]


def test_formulas_that_were_never_calculated_hold_up_their_own_rows_alone():
    book, target = openpyxl.Workbook(), io.BytesIO()
    for line in (
        ["日期", "料号", "批号", "批量", "抽检数", "不良数", "判定"],
        ["2025-03-05", "0201001", "J1", 20000, 315, 1, "合格"],
        ["=TODAY()", "0201001", "J2", 20000, 315, 1, "合格"],
        ["2025-03-05", "0201001", "J3", 20000, 315, "=1+1", "合格"],
        ["2025-03-05", "0201001", "J4", 20000, 315, 1, '=IF(F5>1,"不合格","合格")'],
        ["合计", None, None, "=SUM(D2:D5)", "=SUM(E2:E5)", "=SUM(F2:F5)"],
    ):
        book.active.append(line)
    book.save(target)
    result = typed(target.getvalue())
    broken = [(place, "formula_without_result") for place in ("A3", "F4", "G5")]
    assert rules(result) == [*broken, ("D6", "total_without_result")]
    assert result.left_out == {"total": 1}


def test_a_total_row_that_disagrees_is_told_and_spoils_nothing():
    march = [*MARCH[:-1], [*MARCH[-1][:5], 930, *MARCH[-1][6:]]]
    result = typed(year_book(march))
    assert rules(result) == [("F9", "total_disagrees")]
    assert result.problems["params"].iloc[0] == {"said": 930.0, "added": 830.0, "difference": 100.0, "label": "合计"}
    assert not result.frame["is_wrong"].any()


def test_rows_hidden_by_hand_are_left_out_and_counted():
    book = openpyxl.load_workbook(io.BytesIO(year_book()))
    book["3月"].row_dimensions[8].hidden = True
    target = io.BytesIO()
    book.save(target)
    result = typed(target.getvalue())
    assert result.left_out["hidden"] == 1
    assert "J250310-1" not in set(result.frame["lot_no"])
    taken = typed(target.getvalue(), reading={"hidden_rows": "take"})
    assert "J250310-1" in set(taken.frame["lot_no"])


def test_the_same_ledger_as_a_comma_file_needs_no_merged_ranges():
    rows, _ = ledger(3, *MARCH)
    result = typed(text(rows).encode("gb18030"), "台账.csv")
    assert days(result.frame) == ["2025-03-05", "2025-03-05", "2025-03-10"]
    assert result.filled_down == 1
    assert result.frame["defects"].iloc[1] == [{"name": "毛刺", "count": 1}]


# L03 批检记录


L03 = ["检验批号", "物料号", "物料名称", "供应商代码", "送检日期", "送检数量", "抽样数量", "不合格数量", "不良代码", "处理结果", "检验人员"]


@pytest.mark.parametrize(("encoding", "delimiter"), [("gb18030", ","), ("utf-8-sig", ";"), ("utf-16", "\t")])
def test_beside_a_sample_size_what_was_submitted_is_the_lot(encoding, delimiter):
    rows = [
        L03,
        ["250305-1", "201001", "端子板", "S02", "2025/3/5", 20000, 315, 2, "STA-07/STA-05", "挑选", "乙检4"],
        ["250305-2", "201001", "端子板", "S02", "2025/3/5", 20000, 315, 0, "", "合格", "乙检4"],
    ]
    result = typed(text(rows, delimiter).encode(encoding))
    assert told(result.frame, "lot_no", "lot_size", "inspected", "nonconforming", "verdict", "disposition") == [
        ("250305-1", 20000, 315, 2, "rejected", "sorted"),
        ("250305-2", 20000, 315, 0, "accepted", None),
    ]
    assert result.frame["defects"].tolist() == [[{"code": "STA-07", "count": None}, {"code": "STA-05", "count": None}], None]
    assert result.questions == []


def test_alone_what_was_submitted_is_asked_once():
    rows = [["批号", "物料号", "检验日期", "送检数", "不合格数"], ["J1", "0201001", "2025-03-05", 125, 1]]
    question = understood(text(rows).encode()).questions[0]
    assert (question.code, question.options, question.column) == ("column", ["inspected", "lot_size"], "D")


def test_lot_numbers_that_a_spreadsheet_spoilt_wait_for_a_person():
    rows = [L03, ["3月5日", "201001", "x", "S02", "2025/3/5", 200, 20, 0, "", "合格", ""],
            ["2.50305E+11", "201001", "x", "S02", "2025/3/5", 200, 20, 0, "", "合格", ""]]
    result = typed(text(rows).encode())
    assert rules(result) == [("A2", "turned_into_date"), ("A3", "digits_lost")]
    assert result.problems["params"].iloc[0] == {"suggestion": "3-5"}


# L04, L14 收发存汇总表


L04_TOP = ["存货编码", "存货名称", "计量单位", "期初结存", None, None, "本期收入", None, None, "本期发出", None, None, "期末结存", None, None]
L04_BELOW = [None] * 3 + ["数量", "单价", "金额"] * 4


def stock_rows(closing=150) -> list[list]:
    return [
        ["收发存汇总表"],
        ["会计期间:2025.03", None, None, None, "仓库:原材料仓"],
        L04_TOP,
        L04_BELOW,
        ["0201001", "端子板", "只", 100, 0.2, 20, "1,000", 0.2, 200, 950, 0.2, 190, closing, 0.2, 30],
        ["0700001", "螺钉", "千只", 1.5, 30, 45, 2, 30, 60, 1, 30, 30, 2.5, 30, 75],
        L04_TOP,
        L04_BELOW,
        ["0201002", "支架", "只", "(20)", 0.1, -2, 0, 0.1, 0, 5, 0.1, 0.5, "(25)", 0.1, -2.5],
        ["小计 冲压件", None, None, 80, None, 18, 1000, None, 200, 955, None, 190.5, 125, None, 27.5],
        ["合计", None, None, 80, None, 18, 1000, None, 200, 955, None, 190.5, 125, None, 27.5],
    ]


@pytest.mark.parametrize("make", [lambda rows: xls({"原材料仓": rows}), lambda rows: xlsx(("原材料仓", rows))])
def test_a_monthly_stock_statement_of_four_blocks(make):
    result = typed(make(stock_rows()), "stock.xls")
    assert result.kind == "stock"
    assert told(result.frame, "part_no", "opening_qty", "receipts_qty", "issues_qty", "closing_qty", "unit_price") == [
        ("0201001", 100, 1000, 950, 150, "0.2"),
        ("0700001", 1500, 2000, 1000, 2500, "0.03"),
        ("0201002", -20, 0, 5, -25, "0.1"),
    ]
    assert set(result.frame["warehouse"]) == {"原材料仓"}
    assert days(result.frame, "closes_on") == ["2025-03-31"] * 3
    assert result.left_out == {"repeated_header": 2, "subtotal": 1, "total": 1}
    assert result.problems.empty  # 千只 and 只 in one total say nothing together


def test_a_balance_that_does_not_add_up_is_a_problem_of_its_row():
    result = typed(xlsx(("原材料仓", stock_rows(closing=160))))
    assert ("M5", "balance_disagrees") in rules(result)
    assert result.frame["is_wrong"].tolist() == [True, False, False]


def test_a_sheet_that_repeats_another_is_not_added():
    waiting = [row.copy() for row in stock_rows()]
    waiting[1][4] = "仓库:待检仓(其中:待检)"
    result = understood(xlsx(("原材料仓", stock_rows()), ("待检仓", waiting)))
    assert [table.sheet.name for table in result.tables] == ["原材料仓"]
    assert result.skipped == [("待检仓", "included_elsewhere")]


def test_other_issues_count_down_and_consigned_stores_are_the_suppliers():
    rows = [["会计期间:2025.03"], ["仓库名称", "存货编码", "期初结存", "本期收入", "本期发出", "其他出库数量", "期末结存"],
            ["寄售仓", "0201001", 100, 50, 20, 30, 100]]
    frame = typed(xlsx(("a", rows))).frame
    assert told(frame, "adjustment_qty", "ownership") == [(-30, "consigned")]


# L05 HTML named .xls


def html(rows: list[list]) -> bytes:
    cells = ("<tr>" + "".join(f"<td>{'&nbsp;' if c is None else c}</td>" for c in row) + "</tr>" for row in rows)
    return f'<html><meta charset="gb2312"><table>{"".join(cells)}</table></html>'.encode("gbk")


def test_movements_from_an_erp_are_signed():
    rows = [
        ["单据日期", "单据号", "业务类型", "仓库名称", "存货编码", "存货名称", "入库数量", "出库数量", "结存数量", "单位", "货权", "往来单位"],
        ["2025-03-01", "QC1", "期初结存", "成品仓", "'0201001", "端子板", None, None, "5,000", "只", "专用", None],
        ["2025-03-05", "RK1", "产成品入库", "成品仓", "'0201001", "端子板", "20,000", None, "25,000", "只", "专用", None],
        ["2025-03-06", "CK1", "销售出库", "成品仓", "'0201001", "端子板", None, "8,000", "17,000", "只", "专用", "示例·总装"],
        ["2025-03-31", "PD1", "盘亏", "成品仓", "'0201001", "端子板", None, 3, "16,997", "只", "专用", None],
        ["小计", None, None, None, None, None, "20,000", "8,003", None, None, None, None],
    ]
    result = typed(html(rows), "出入库流水.xls")
    assert result.kind == "movements"
    assert told(result.frame, "movement_kind", "quantity", "ownership", "part_no") == [
        ("opening", 5000, "dedicated", "0201001"), ("receipt", 20000, "dedicated", "0201001"),
        ("issue", -8000, "dedicated", "0201001"), ("adjustment", -3, "dedicated", "0201001"),
    ]
    assert result.problems.empty
    assert result.left_out == {"subtotal": 1}


def test_an_inspection_list_from_an_erp():
    rows = [["单据编号", "单据日期", "物料代码", "物料名称", "批次", "报检数量", "抽检数", "合格数量", "不合格数量", "检验结果", "制单人"],
            ["OQC-1", "2025-03-05", "'0201001", "端子板", "250305-1", "20,000", 200, 200, 0, "合格", "癸文员"]]
    frame = typed(html(rows)).frame
    assert told(frame, "inspection_no", "lot_no", "lot_size", "inspected", "conforming", "verdict") == [
        ("OQC-1", "250305-1", 20000, 200, 200, "accepted")
    ]


# L09 不良明细


L09 = ["检验单号", "报检日期", "物料编码", "批次号", "报检数量", "抽检数量", "缺陷代码", "缺陷名称", "缺陷等级", "缺陷数量",
       "致命", "严重", "轻微", "不合格品数", "最终判定", "返工数", "备注"]


@pytest.mark.parametrize("repeat", [True, False])
def test_several_rows_are_one_inspection(repeat):
    own = ["D1", 20250305, "0101002", "L1", 5000, 200]
    rest = [0, 1, 2, 3, "不合格,挑选", None, None]
    again = own if repeat else ["D1", *[None] * 5]
    rows = [
        L09,
        [*own, "WLD-01", "虚焊", "B", 2, *rest],
        [*again, "WLD-02", "偏位", "C", 2, *(rest if repeat else [None] * 7)],
        ["D2", 20250305, "0101002", "L2", 5000, 200, None, None, None, None, 0, 0, 0, 0, "合格", None, None],
    ]
    result = typed(xlsx(("不良明细", rows)))
    assert told(result.frame, "lot_no", "lot_size", "inspected", "nonconforming", "verdict", "minor") == [
        ("L1", 5000, 200, 3, "rejected", 2),
        ("L2", 5000, 200, 0, "accepted", 0),
    ]
    assert result.frame["defects"].tolist() == [
        [{"code": "WLD-01", "count": 2, "class": "major"}, {"code": "WLD-02", "count": 2, "class": "minor"}],
        None,
    ]
    assert result.left_out == {"joined": 1}
    assert result.problems.empty


def test_figures_of_one_inspection_that_differ_are_a_problem():
    rows = [L09, ["D1", 45721, "0101002", "L1", 5000, 200, "A1", "a", "B", 2, 0, 1, 2, 3, "挑选", None, None],
            ["D1", 45721, "0101002", "L1", 5000, 250, "A2", "b", "C", 2, 0, 1, 2, 3, "挑选", None, None]]
    result = typed(xlsx(("a", rows)))
    assert result.problems["rule"].tolist() == ["duplicate_differs"]
    assert result.problems["params"].iloc[0] == {"row": 2, "field": "inspected", "other": "200"}
    assert result.frame["is_wrong"].tolist() == [True]


# L10 日检记录


def test_a_record_typed_as_one_speaks():
    rows = [
        ["检验记录"],
        ["2025年3月"],
        ["日期", "班次", "机台", "品名规格", "料批号", "模号", "检验总数", "良品", "次品", "不良情况", "处理方式", "检验员", "备注"],
        ["3月5日", "白班", "1#压机", "125壳底座", "X1", "M1", 200, 195, 5, "起泡3、缺料2", "挑选", "辛检1", None],
        ["同上", "夜班", "2#压机", "125壳底座", "X2", "M2", 200, 200, 0, None, None, "辛检1", None],
        ['"', "夜班", "2#压机", "125壳底座", "X3", "M2", 200, 198, 2, "起泡若干", "返修", "辛检1", None],
    ]
    result = typed(xlsx(("检验记录", rows)))
    assert days(result.frame) == ["2025-03-05"] * 3
    assert told(result.frame, "part_name", "lot_no", "verdict", "disposition", "cavity", "shift") == [
        ("125壳底座", "X1", "rejected", "sorted", "M1", "白班"),
        ("125壳底座", "X2", "accepted", None, "M2", "夜班"),
        ("125壳底座", "X3", "rejected", "repaired", "M2", "夜班"),
    ]
    assert result.frame["defects"].iloc[0] == [{"name": "起泡", "count": 3}, {"name": "缺料", "count": 2}]
    assert rules(result) == [("J6", "count_in_words")]
    assert result.frame["is_wrong"].tolist() == [False, False, True]


# L11 the ledger of several customers


def test_a_ledger_of_several_customers_keeps_an_empty_customer_empty():
    head = ["序号", "日期", "客户", "客户料号", "品名规格", "本厂批号", "批量", "抽检数", "不合格数", "不合格项目", "判定", "发货单号", "备注", "单价"]
    rows = [
        ["2025年3月 出货检验台账"],
        [None] * 12 + ["检验员:丙检1"],
        head,
        [1, "3月5日", "示例·总装", "0103001", "触头", "C1", 6000, 200, 1, "偏心1", "合格", "FH1", "白鹭产线", 1.5],
        [2, None, None, 103002, "触头片", "C2", 6000, 200, 0, None, "合格", "FH2", None, 1.5],
        [3, "3月6日", None, "0103002", "触头片", "C3", 6000, 200, 0, None, "合格", "FH3", None, 1.5],
        ["小计", None, None, None, None, "3批", 18000, 600, 1],
    ]
    totals = [["客户", "批数", "批量", "抽检数", "不合格数"], ["示例·总装", 3, 18000, 600, 1], ["合计", 3, 18000, 600, 1]]
    data = xlsx(("2025.03", rows), ("各客户汇总", totals), merged={"2025.03": ["B4:B5", "C4:C5"]})
    result = typed(data, "出货检验台账2025-03(示例·总装、配电、家电).xlsx")
    assert told(result.frame, "lot_no", "customer", "part_no", "receipt_no", "inspector") == [
        ("C1", "示例·总装", "0103001", "FH1", "丙检1"),
        ("C2", "示例·总装", "103002", "FH2", "丙检1"),
        ("C3", None, "0103002", "FH3", "丙检1"),
    ]
    assert understood(data).skipped == [("各客户汇总", "other_layout")]
    assert "unit_price" not in result.frame


# L12 来料检验清单


def test_incoming_lists_leave_exempt_lots_out_and_count_submissions():
    head = ["送检单号", "收料日期", "检验日期", "供应商简称", "物料编码", "物料名称", "来料批号", "检验类型", "送检数量", "抽样数", "不合格数",
            "缺陷代码", "不良描述", "检验结论", "处理方式", "检验员", "备注"]
    rows = [
        ["来料检验清单"],
        ["检验日期:2025-03-03 至 2025-03-09"],
        head,
        ["Q1", "2025-03-03", "2025-03-04", "甲冲", "0201001", "端子板", "J1", "正常", 20000, 315, 19, "STA-01;STA-04", "毛刺12、压伤7",
         "不合格", "挑选", "总检1", "挑选出213"],
        ["Q2", "2025-03-03", "2025-03-04", "甲冲", "0201001", "端子板", "J2", "免检", 20000, 0, 0, None, None, "免检放行", None, None, None],
        ["Q3", "2025-03-03", "2025-03-06", "甲冲", 201001, "端子板", "J1", "复检", 20000, 315, 1, "STA-01", None, "让步接收", None, "总检1", None],
    ]
    result = typed(xlsx(("来料检验", rows)))
    frame = result.frame
    assert told(frame, "lot_no", "submission", "inspected", "verdict", "disposition", "sorted_qty", "supplier") == [
        ("J1", None, 315, "rejected", "sorted", 213, "甲冲"),
        ("J1", 2, 315, "rejected", "conceded", None, "甲冲"),
    ]
    assert (days(frame), days(frame, "received_date")) == (["2025-03-04", "2025-03-06"], ["2025-03-03"] * 2)
    assert frame["defects"].tolist() == [
        [{"code": "STA-01", "count": 12}, {"code": "STA-04", "count": 7}],
        [{"code": "STA-01", "count": 1}],
    ]
    assert result.left_out == {"exempt": 1}


# L13 采购入库单序时簿


def test_deliveries_count_audited_documents_with_their_sign():
    head = ["审核标志", "红蓝字", "日期", "单据编号", "供应商", "订单号", "承诺交期", "订单数量", "物料长代码", "物料名称", "规格型号",
            "批号", "单位", "实收数量", "单价", "金额", "单重(g)", "收料仓库", "暂估", "制单", "审核", "备注"]

    def line(status, sign, number, quantity, *, unit="只", weight=None, provisional="否", promised=date(2025, 3, 3)):
        return [status, sign, date(2025, 3, 4), number, None, "PO1", promised, quantity, "01.0201001", "端子板", "铜", "J1", unit,
                quantity, 0.2, 1, weight, "原材料仓", provisional, "总仓2", None, None]

    rows = [
        ["采购入库单序时簿"],
        ["会计期间:2025年3期  单据类型:外购入库  包含红字  包含未审核"],
        [],
        head,
        line("Y", "蓝字", "W1", 5000),
        line("Y", "红字", "W2", -500, promised=None),
        line(None, "蓝字", "W3", 900),
        line("Y", "蓝字", "W4", 700, provisional="是"),
        line("Y", "蓝字", "W5", 1.234, unit="千克", weight=0.5),
        line("Y", "蓝字", "W6", 1.5, unit="千克"),
        ["本页小计", *[None] * 12, 5602.734, None, 6],
    ]
    rows[4][4] = "甲冲"
    result = typed(xlsx(("序时簿", rows), merged={"序时簿": ["E5:E10"]}))
    assert told(result.frame, "receipt_no", "received_qty", "supplier", "part_no") == [
        ("W1", 5000, "甲冲", "0201001"), ("W2", -500, "甲冲", "0201001"), ("W5", 2468, "甲冲", "0201001"), ("W6", None, "甲冲", "0201001"),
    ]
    assert result.left_out == {"subtotal": 1, "unaudited": 1, "provisional": 1}
    assert set(result.problems["rule"]) - {"total_disagrees"} == {"weight_missing"}
    assert result.frame["is_wrong"].tolist() == [False, False, False, True]


def test_the_weight_of_a_piece_may_come_from_the_list_of_parts():
    rows = [["退货单号", "退货日期", "发现环节", "物料编码", "退货数量", "单位", "责任判定"], ["T1", "2025/3/5", "上线", "0700001", 0.026, "千克", "供方责任"]]
    weights = pd.DataFrame(
        {"key": ["0700001"], "part_id": [1], "kind": ["weight"], "valid_from": [pd.Timestamp(1900, 1, 1)], "amount": [0.5]}
    )
    result = type_tables(understood(xlsx(("a", rows))), today=TODAY, factors=lambda: Factors.of(weights))
    assert result.frame["return_qty"].tolist() == [52]


# L15 退货与上线不良清单


def test_returns_tell_where_and_who_answers():
    rows = [
        ["退货与上线不良清单"],
        ["退货单号", "退货日期", "发现环节", "供应商简称", "物料编码", "物料名称", "批次", "退货数量", "单位", "不良描述", "缺陷代码", "责任判定", "扣款金额", "处理状态", "备注"],
        ["TH1", "2025/3/5", "上线", "甲冲", "0201001", "端子板", "不明", 6, "只", "毛刺", "STA-01", "供方责任", 1.08, "已确认", None],
        ["TH2", "2025/3/6", "市场", "甲冲", "0201001", "端子板", "J1", 2, "只", "毛刺", "STA-01", "有争议", None, "有争议", None],
        ["TH3", "2025/3/7", "上线", "甲冲", "0201001", "端子板", "J1", 2, "只", "毛刺", "STA-01", "非供方", None, "已关闭", None],
    ]
    frame = typed(xlsx(("退货清单", rows))).frame
    assert told(frame, "return_no", "found_at", "liability", "lot_no", "return_qty", "charge_amount") == [
        ("TH1", "line", "charged", None, 6, "1.08"),
        ("TH2", "field", "disputed", "J1", 2, None),
        ("TH3", "line", "not_charged", "J1", 2, None),
    ]


# Lists of a customer


def test_lists_of_suppliers_parts_and_characteristics():
    suppliers = typed(text([["供应商代码", "供应商名称", "英文名称", "供应商简称"], ["S01", "示例·甲冲压", "A", "甲冲;冲压厂"]]).encode())
    assert suppliers.kind == "suppliers"
    assert suppliers.frame["short_names"].tolist() == [["甲冲", "冲压厂"]]
    parts = typed(text([["物料编码", "图号", "物料名称", "零件族", "AQL严重", "供应商代码"], ["0201001", "TP.02.01.001", "端子板", "冲压件", 0.65, "S01;S02"]]).encode())
    assert parts.kind == "parts"
    assert told(parts.frame, "part_no", "drawing_no", "aql_major") == [("0201001", "TP.02.01.001", 0.65)]
    assert parts.frame["supplier_code"].tolist() == [["S01", "S02"]]
    rows = [["物料编码", "特性编号", "特性名称", "特性类型", "特性等级", "标准值", "规格下限", "规格上限", "单位"],
            ["0201001", "D1", "总长", "计量", "重要", 18.5, 18.4, 18.6, "mm"], ["0201001", "A1", "外观", "计数", "一般", None, None, None, None]]
    characteristics = typed(text(rows).encode())
    assert characteristics.kind == "characteristics"
    assert told(characteristics.frame, "characteristic_no", "characteristic_class", "lsl", "variable") == [
        ("D1", "major", 18.4, True),
        ("A1", "minor", None, False),
    ]


def test_english_headers_are_known_as_well():
    rows = [["Lot No.", "Part Number", "Inspection Date", "Lot Size", "Sample Size", "Rejected", "Result"],
            ["A-1", "0201001", "2025-03-05", 1200, 80, 1, "PASS"]]
    result = understood(text(rows).encode())
    assert list(fields(result).values()) == [
        "lot_no", "part_no", "inspection_date", "lot_size", "sample_size", "nonconforming", "verdict",
    ]
    both = understood(text([["批号\\nLot", "料号/Part No.", "检验日期 Date", "检验数(pcs)", "不良数 NG"], *[["1", "2", "2025-1-1", 5, 0]]]).encode())
    assert list(fields(both).values())[1:] == ["part_no", "inspection_date", "inspected", "nonconforming"]


def test_layouts_of_one_header_share_a_fingerprint():
    first, second = understood(year_book(), "a.xlsx"), understood(year_book(MARCH[:2]), "b.xlsx")
    assert first.fingerprint == second.fingerprint != ""
    assert understand(read(xlsx(("a", [["批号", "x"], ["1", 2]])))).fingerprint != first.fingerprint
