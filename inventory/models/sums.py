"""Sums of stock and goods, changed in the transaction that changes the rows."""

from django.db import models

from core.scope import ScopedManager
from inventory.models.goods import FoundAt, Liability
from inventory.models.stock import StockItem


class StockDay(models.Model):
    """A stock item on a day on which it moved: pieces in, out, adjusted, and its closing balance."""

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    stock_item = models.ForeignKey(StockItem, models.PROTECT, related_name="+", db_constraint=False)
    day = models.DateField()
    receipts = models.BigIntegerField()
    issues = models.BigIntegerField()  # as a positive number
    adjustments = models.BigIntegerField()
    closing = models.BigIntegerField()

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "stock_item", "day"], name="inventory_stock_day_once"
            ),
        ]


class UnitCost(models.Model):
    """The cost of a part on a partnership from a month on: of its deliveries, else of its statements.

    The mean of the month's delivery prices weighted by pieces; a month without one keeps the last.
    """

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    part = models.ForeignKey(
        "suppliers.Part", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    month = models.DateField()  # its first day
    unit_cost = models.DecimalField(max_digits=16, decimal_places=6)

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "part", "month"], name="inventory_unit_cost_once"),
        ]


class DeliverySum(models.Model):
    """Goods of a day: pieces, lines, and those with a promised date that kept it."""

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    part = models.ForeignKey(
        "suppliers.Part", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    day = models.DateField()
    delivered = models.BigIntegerField()
    lines = models.PositiveIntegerField()
    promised_lines = models.PositiveIntegerField()
    promised_quantity = models.BigIntegerField()
    on_time_lines = models.PositiveIntegerField()
    on_time_quantity = models.BigIntegerField()

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "part", "day"], name="inventory_delivery_sum_once"
            ),
        ]


class ReturnSum(models.Model):
    """Pieces found bad on a day, by where and by who answers for them."""

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    part = models.ForeignKey(
        "suppliers.Part", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    day = models.DateField()
    found_at = models.CharField(max_length=8, choices=FoundAt)
    liability = models.CharField(max_length=11, choices=Liability)
    events = models.PositiveIntegerField()
    quantity = models.BigIntegerField()

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "part", "day", "found_at", "liability"],
                name="inventory_return_sum_once",
            ),
        ]
