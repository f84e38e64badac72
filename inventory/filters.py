"""What lists of stock and goods are narrowed by, on pages, in the API and in exports."""

import django_filters

from core.filters import IdFilter, KeysFilter, PartFilter, StatementFilter, days
from inventory.models import FoundAt, Grain, Liability, MovementKind, Ownership


class StockItemFilter(PartFilter):
    ownership = django_filters.ChoiceFilter(choices=Ownership.choices)
    holder = IdFilter(label="id of the organisation that holds it")


class OfStockItemFilter(StatementFilter):
    part = KeysFilter(field_name="stock_item__part__number_key", label="part numbers")
    part_id = IdFilter(field_name="stock_item__part", label="id of a part")
    stock_item = IdFilter(label="id of a stock item")
    ownership = django_filters.ChoiceFilter("stock_item__ownership", choices=Ownership.choices)


class MovementFilter(OfStockItemFilter):
    kind = django_filters.ChoiceFilter(choices=MovementKind.choices)
    lot = KeysFilter(field_name="lot_number_key", label="lot numbers")
    vars().update(days("movement_date"))


class BalanceFilter(OfStockItemFilter):
    grain = django_filters.ChoiceFilter(choices=Grain.choices)
    vars().update(days("balance_date"))


class DeliveryFilter(StatementFilter):
    lot = KeysFilter(field_name="lot_number_key", label="lot numbers")
    vars().update(days("received_date"))


class ReturnFilter(StatementFilter):
    found_at = django_filters.ChoiceFilter(choices=FoundAt.choices)
    liability = django_filters.ChoiceFilter(choices=Liability.choices)
    vars().update(days("return_date"))
