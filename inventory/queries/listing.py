"""Lists of stock items, movements, balances, deliveries and returns, within the open scope."""

from django.db.models import QuerySet

from inventory.models import Balance, Delivery, Movement, Return, StockItem


def stock_items_to_list() -> QuerySet[StockItem]:
    return StockItem.objects.select_related("part")


def movements_to_list() -> QuerySet[Movement]:
    """Return movements, withdrawn ones too."""
    return Movement.objects.select_related("stock_item__part")


def balances_to_list() -> QuerySet[Balance]:
    """Return balances, withdrawn ones too."""
    return Balance.objects.select_related("stock_item__part")


def deliveries_to_list() -> QuerySet[Delivery]:
    """Return deliveries, withdrawn ones too."""
    return Delivery.objects.select_related("part")


def returns_to_list() -> QuerySet[Return]:
    """Return returns, withdrawn ones too."""
    return Return.objects.select_related("part")
