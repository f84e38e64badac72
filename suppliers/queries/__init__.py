from suppliers.queries.facts import customer_zones, ends_of, families_of, limits_of_versions, zone_of_customer
from suppliers.queries.lists import compare_characteristics, compare_parts, compare_suppliers
from suppliers.queries.names import (
    characteristic_index,
    organisation_names,
    part_index,
    part_index_of_customer,
)
from suppliers.queries.people import (
    COMMON_ZONES,
    addresses_of,
    first_organisation_of,
    keys_of,
    open_invitations,
    organisations_owned_by,
    people_of_organisation,
    people_of_organisations,
    people_of_user,
    suppliers_without_people,
)
from suppliers.queries.sessions import (
    LANGUAGE_COOKIE,
    PERSON_IN_SESSION,
    key_hash,
    key_in_header,
    person_of_session,
)

__all__ = [
    "COMMON_ZONES",
    "LANGUAGE_COOKIE",
    "PERSON_IN_SESSION",
    "addresses_of",
    "characteristic_index",
    "compare_characteristics",
    "compare_parts",
    "compare_suppliers",
    "customer_zones",
    "ends_of",
    "families_of",
    "first_organisation_of",
    "key_hash",
    "key_in_header",
    "keys_of",
    "limits_of_versions",
    "open_invitations",
    "organisation_names",
    "organisations_owned_by",
    "part_index",
    "part_index_of_customer",
    "people_of_organisation",
    "people_of_organisations",
    "people_of_user",
    "person_of_session",
    "suppliers_without_people",
    "zone_of_customer",
]
