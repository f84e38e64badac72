import numpy as np

from inventory.formulas.classes import abc_classes, variation, xyz_classes
from tests.reference.cases import assert_meets, load

CASES = load("inventory_cases.json")


def test_abc_of_forty_parts():
    case = CASES["inv-abc-40"]
    classes = abc_classes(case["input"]["values"], cut_a=case["input"]["cut_a"], cut_b=case["input"]["cut_b"])
    assert_meets(classes, case, "classes")
    assert_meets([np.sum(classes == name) for name in "ABC"], case, "counts")


def test_xyz_of_four_demands():
    case = CASES["inv-xyz-sample-sd"]
    demand = case["input"]["demand"]
    assert_meets(variation(demand), case, "cv")
    assert_meets(xyz_classes(demand, x=case["input"]["x"], y=case["input"]["y"]), case, "classes")


def test_parts_that_nobody_uses_are_c_and_z():
    assert abc_classes([0, 0]).tolist() == ["C", "C"]
    assert xyz_classes([[0, 0, 0]]).tolist() == ["Z"]
