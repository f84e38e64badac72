from suppliers.queries.lists import compare_characteristics, compare_parts, compare_suppliers
from suppliers.queries.names import (
    characteristic_index,
    organisation_names,
    part_index,
    part_index_of_customer,
)
from suppliers.queries.people import people_of_user
from suppliers.queries.requests import PERSON_IN_SESSION, key_hash, key_in_header, person_of_session

__all__ = [
    "PERSON_IN_SESSION",
    "characteristic_index",
    "compare_characteristics",
    "compare_parts",
    "compare_suppliers",
    "key_hash",
    "key_in_header",
    "organisation_names",
    "part_index",
    "part_index_of_customer",
    "people_of_user",
    "person_of_session",
]
