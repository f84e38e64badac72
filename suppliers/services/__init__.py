from suppliers.services.journal import BuiltUpon
from suppliers.services.lists import (
    Contradicts,
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

__all__ = [
    "BuiltUpon",
    "Contradicts",
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
    "withdraw_characteristics",
    "withdraw_parts",
    "withdraw_suppliers",
]
