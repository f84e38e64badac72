from suppliers.models.list_change import ListChange
from suppliers.models.organisation import (
    Organisation,
    OrganisationAlias,
    Partnership,
    PartnershipGrant,
)
from suppliers.models.part import (
    Characteristic,
    CharacteristicClass,
    CharacteristicVersion,
    Part,
    Supply,
    SupplyAlias,
)
from suppliers.models.person import ApiKey, Invitation, Person, Role, User

__all__ = [
    "ApiKey",
    "Characteristic",
    "CharacteristicClass",
    "CharacteristicVersion",
    "Invitation",
    "ListChange",
    "Organisation",
    "OrganisationAlias",
    "Part",
    "Partnership",
    "PartnershipGrant",
    "Person",
    "Role",
    "Supply",
    "SupplyAlias",
    "User",
]
