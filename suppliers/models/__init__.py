from suppliers.models.data_request import (
    LAST_DAY,
    LATEST_AFTER_DAY,
    LATEST_AFTER_LOT,
    LONGEST_GRACE,
    DataAnswer,
    DataRequest,
    RequestKind,
    Rhythm,
    Sender,
)
from suppliers.models.kept_answer import KeptAnswer
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
from suppliers.models.unit_factor import FactorKind, UnitFactor

__all__ = [
    "LAST_DAY",
    "LATEST_AFTER_DAY",
    "LATEST_AFTER_LOT",
    "LONGEST_GRACE",
    "ApiKey",
    "Characteristic",
    "CharacteristicClass",
    "CharacteristicVersion",
    "DataAnswer",
    "DataRequest",
    "FactorKind",
    "Invitation",
    "KeptAnswer",
    "ListChange",
    "Organisation",
    "OrganisationAlias",
    "Part",
    "Partnership",
    "PartnershipGrant",
    "Person",
    "RequestKind",
    "Rhythm",
    "Role",
    "Sender",
    "Supply",
    "SupplyAlias",
    "UnitFactor",
    "User",
]
