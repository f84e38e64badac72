"""How the lists of goods and stock say their rows: what they add up to, and cells that are made of several."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core import formatting
from inventory.models import Balance, Delivery, Movement, Return
from inventory.queries import pages
from suppliers.queries.seats import CUSTOMER

Row = Delivery | Return | Movement | Balance


def delivery_lead(rows: QuerySet[Delivery]) -> str:
    found = pages.delivered(rows)
    lines = ngettext("%(n)s delivery", "%(n)s deliveries", found.lines) % {
        "n": formatting.decimal(found.lines)
    }
    return _("%(lines)s, %(pieces)s; %(kept)s of %(promised)s with a promised date came on time.") % {
        "lines": lines,
        "pieces": formatting.pieces(found.pieces),
        "kept": formatting.decimal(found.on_time),
        "promised": formatting.decimal(found.promised),
    }


def return_lead(rows: QuerySet[Return]) -> str:
    found = pages.returned(rows)
    returns = ngettext("%(n)s return", "%(n)s returns", found.returns) % {
        "n": formatting.decimal(found.returns)
    }
    return _("%(returns)s, %(pieces)s; %(counted)s of them from line or field and charged.") % {
        "returns": returns,
        "pieces": formatting.pieces(found.pieces),
        "counted": formatting.decimal(found.counted),
    }


def movement_lead(rows: QuerySet[Movement]) -> str:
    found = pages.moved(rows)
    movements = ngettext("%(n)s movement", "%(n)s movements", found.movements) % {
        "n": formatting.decimal(found.movements)
    }
    return _("%(movements)s: %(into)s in, %(out)s out.") % {
        "movements": movements,
        "into": formatting.pieces(found.pieces_in),
        "out": formatting.pieces(found.pieces_out),
    }


def balance_lead(rows: QuerySet[Balance]) -> str:
    found = pages.stated(rows)
    balances = ngettext("%(n)s balance", "%(n)s balances", found.balances) % {
        "n": formatting.decimal(found.balances)
    }
    return _("%(balances)s; the last one closes on %(day)s.") % {
        "balances": balances,
        "day": formatting.day(found.last),
    }


def under(one: Row, side: str, *facts: str) -> list[list[str]]:
    """Return what a phone shows below the number of a row."""
    return [[part_words(part_of(one))], [other_end(one, side), *facts]]


def part_of(one: Row):
    return one.part if isinstance(one, Delivery | Return) else one.stock_item.part


def lateness(one: Delivery) -> str:
    """Say whether a delivery came by its promise, or by how many days not."""
    if one.promised_date is None:
        return formatting.NONE
    late = (one.received_date - one.promised_date).days
    return _("%(n)s late") % {"n": formatting.days(late, 0)} if late > 0 else pgettext("delivery", "on time")


def other_side(side: str) -> str:
    return _("Supplier") if side == CUSTOMER else _("Customer")


def other_end(one: Row, side: str) -> str:
    """Name who stands at the other end; nobody on a customer's own books."""
    ends = one.partnership
    if ends.supplier_id == ends.customer_id:
        return formatting.NONE
    end = ends.supplier if side == CUSTOMER else ends.customer
    return formatting.in_language(end.name, end.name_en)


def part_words(part) -> str:
    return f"{part.number} {formatting.in_language(part.name, part.name_en)}".strip()
