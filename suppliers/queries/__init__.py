from suppliers.queries.lists import compare_characteristics, compare_parts, compare_suppliers
from suppliers.queries.names import characteristic_index, organisation_names, part_index
from suppliers.queries.requests import key_hash, key_in_header, person_of_session

__all__ = [
    "characteristic_index",
    "compare_characteristics",
    "compare_parts",
    "compare_suppliers",
    "key_hash",
    "key_in_header",
    "organisation_names",
    "part_index",
    "person_of_session",
]
