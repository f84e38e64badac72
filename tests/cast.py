"""The cast: fixed roles, known to every test."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib import import_module

import pytest
from django.apps import apps

from suppliers.access import looking_as_house
from suppliers.models import CharacteristicVersion, Organisation, Part, Partnership, Person
from tests.factories import (
    make_characteristic,
    make_organisation,
    make_part,
    make_partnership,
    make_person,
)


@dataclass(frozen=True)
class Chain:
    """A customer with two suppliers, a second customer of the first one, and a stranger with a supplier.

    `ours` is what most tests look at; `siblings`, `second` and `foreign` are what it must not touch.
    """

    customer: Organisation
    supplier: Organisation
    sibling: Organisation
    second_customer: Organisation
    stranger: Organisation

    ours: Partnership  # customer / supplier
    siblings: Partnership  # customer / sibling
    second: Partnership  # second customer / supplier
    foreign: Partnership  # stranger / sibling
    books: Partnership  # the customer's own books

    owner: Person  # of the customer
    buyer: Person  # the customer's quality engineer
    clerk: Person  # the supplier's uploader
    engineer: Person  # the supplier's quality engineer
    viewer: Person  # of the supplier, may only look
    sibling_engineer: Person
    second_buyer: Person
    outsider: Person  # the stranger's quality engineer

    part: Part  # made by the supplier alone
    shared_part: Part  # made by the supplier and the sibling
    sibling_part: Part
    second_part: Part  # of the second customer, with the number of `part`
    foreign_part: Part

    length: CharacteristicVersion  # of `part`: 10 ± 0.5 mm
    force: CharacteristicVersion  # of `part`: at least 40 N


@pytest.fixture
def chain(db: None) -> Chain:
    return make_chain()


def make_chain() -> Chain:
    with_defect_codes()
    customer = make_organisation("LEAD", "示例·总装", name_en="Sample Lead")
    supplier = make_organisation("S01", "示例·甲冲压", name_en="Sample A Stamping")
    sibling = make_organisation("S02", "示例·乙冲压", name_en="Sample B Stamping")
    second_customer = make_organisation("CUST2", "示例·配电", name_en="Sample Distribution")
    stranger = make_organisation("OTHER", "示例·路人", name_en="Sample Stranger")

    ours = make_partnership(customer, supplier)
    siblings = make_partnership(customer, sibling)
    second = make_partnership(second_customer, supplier)
    foreign = make_partnership(stranger, sibling)
    books = make_partnership(customer, customer)

    part = make_part("0201001", customer, [ours, books], name="接线端子板", family="stamping")
    return Chain(
        customer=customer,
        supplier=supplier,
        sibling=sibling,
        second_customer=second_customer,
        stranger=stranger,
        ours=ours,
        siblings=siblings,
        second=second,
        foreign=foreign,
        books=books,
        owner=make_person(customer, "owner"),
        buyer=make_person(customer),
        clerk=make_person(supplier, "uploader"),
        engineer=make_person(supplier),
        viewer=make_person(supplier, "viewer"),
        sibling_engineer=make_person(sibling),
        second_buyer=make_person(second_customer),
        outsider=make_person(stranger),
        part=part,
        shared_part=make_part("0201002", customer, [ours, siblings, books], family="stamping"),
        sibling_part=make_part("0301001", customer, [siblings], family="bimetal"),
        second_part=make_part("0201001", second_customer, [second], family="stamping"),
        foreign_part=make_part("0201001", stranger, [foreign], family="stamping"),
        length=make_characteristic(part, "D1", name="总长", nominal=10.0, lsl=9.5, usl=10.5, unit="mm"),
        force=make_characteristic(part, "F1", name="拉脱力", lsl=40.0, unit="N", valid_from=date(2024, 7, 1)),
    )


def with_defect_codes() -> None:
    """Load the trade's list again where a test that emptied all tables took it away."""
    if not apps.get_model("quality", "DefectCode").objects.exists():
        import_module("quality.migrations.0003_defect_codes").load(apps, None)


@pytest.fixture
def house() -> Iterator[None]:
    """A scope that holds everything, for tests of what happens to rows and not of who sees them."""
    with looking_as_house("test what happens to rows"):
        yield
