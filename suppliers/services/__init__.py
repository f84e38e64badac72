from suppliers.services.lists import (
    record_characteristics,
    record_parts,
    record_suppliers,
    withdraw_characteristics,
    withdraw_parts,
    withdraw_suppliers,
)
from suppliers.services.partnerships import (
    NotHere,
    lock_organisation,
    lock_partnerships,
    make_organisation,
    make_partnership,
    make_person,
    make_supplies,
    own_books,
    remember_organisation_name,
)
from suppliers.services.people import set_password_link

__all__ = [
    "NotHere",
    "lock_organisation",
    "lock_partnerships",
    "make_organisation",
    "make_partnership",
    "make_person",
    "make_supplies",
    "own_books",
    "record_characteristics",
    "record_parts",
    "record_suppliers",
    "remember_organisation_name",
    "set_password_link",
    "withdraw_characteristics",
    "withdraw_parts",
    "withdraw_suppliers",
]
