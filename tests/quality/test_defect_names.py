"""English names of nonconformities that a sheet gave as words."""

from quality.models import DefectCode
from quality.queries.pareto import defect_names


def test_words_of_a_sheet_have_the_english_name_of_the_list_where_it_is_one(db):
    for code, name, name_en in (
        ("X-1", "甲", "One"),
        ("X-2", "乙", "Two"),
        ("X-3", "乙", "Second"),
    ):
        DefectCode.objects.create(code=code, name=name, name_en=name_en)
    assert defect_names(["X-2", "甲", "乙", "丙"]) == {
        "X-2": ("乙", "Two"),
        "甲": ("甲", "One"),
        "乙": ("乙", ""),
    }
