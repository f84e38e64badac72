"""What a person may do on a task that it sees: both ends of the partnership write, a guest reads."""

from dataclasses import dataclass

from improvement.models import Side
from suppliers.access import Person


@dataclass(frozen=True, slots=True)
class Ends:
    """The two organisations of a task's partnership."""

    customer: int
    supplier: int


def side_of(person: Person, ends: Ends) -> str:
    """Return the side on which a person stands; empty for a guest."""
    if person.organisation_id == ends.customer:
        return Side.CUSTOMER
    return Side.SUPPLIER if person.organisation_id == ends.supplier else ""


def may_edit(person: Person, ends: Ends) -> bool:
    """Owners and quality engineers of either end."""
    return bool(side_of(person, ends)) and person.may_define


def may_close(person: Person, ends: Ends) -> bool:
    """Owners and quality engineers of the customer: who has the trouble says that it is over."""
    return side_of(person, ends) == Side.CUSTOMER and person.may_define


def may_comment(person: Person, ends: Ends) -> bool:
    """Whoever hands in data for either end may also say something."""
    return bool(side_of(person, ends)) and person.may_upload
