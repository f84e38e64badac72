"""Stock items, their movements and the balances that statements give."""

from django.db import models
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from core.scope import ScopedManager


class Ownership(models.TextChoices):
    OWN = "own", _("Own")
    CONSIGNED = "consigned", _("Consigned")  # the supplier's property in the customer's warehouse
    DEDICATED = "dedicated", _("Dedicated")  # made for one customer, still at the supplier


class MovementKind(models.TextChoices):
    OPENING = "opening", _("Opening stock")
    RECEIPT = "receipt", _("Receipt")
    ISSUE = "issue", _("Issue")
    ADJUSTMENT = "adjustment", _("Adjustment")
    TRANSFER = "transfer", _("Transfer")


class Grain(models.TextChoices):
    DAY = "day", _("Day")
    MONTH = "month", _("Month")


class StockItem(models.Model):
    """Part × holder × location × ownership, on the partnership whose goods they are."""

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    part = models.ForeignKey(
        "suppliers.Part", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    holder = models.ForeignKey("suppliers.Organisation", models.PROTECT, related_name="+")
    location = models.CharField(max_length=80)
    location_key = models.CharField(max_length=80, db_collation="C")
    ownership = models.CharField(max_length=9, choices=Ownership)

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "part", "holder", "location_key", "ownership"],
                name="inventory_stock_item_once",
            ),
            models.UniqueConstraint(fields=["partnership", "id"], name="inventory_stock_item_parent"),
        ]


class CountingQuerySet(models.QuerySet):
    def counting(self):
        """Rows a KPI counts: the latest word on each."""
        return self.filter(withdrawn_at=None)


class Movement(models.Model):
    """One line of a stock ledger; `quantity` is signed, pieces in and out of the item."""

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_constraint=False
    )
    stock_item = models.ForeignKey(
        StockItem, models.PROTECT, related_name="movements", db_index=False, db_constraint=False
    )
    movement_date = models.DateField()
    movement_no = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=10, choices=MovementKind)
    lot_number = models.CharField(max_length=64, blank=True)
    lot_number_key = models.CharField(max_length=64, blank=True, db_collation="C")
    quantity = models.BigIntegerField()
    commit_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_commit_id = models.BigIntegerField(null=True, blank=True)

    objects = ScopedManager.over(CountingQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "partnership",
                "stock_item",
                "movement_no",
                "kind",
                "lot_number_key",
                # Without a number it is the day that tells two movements apart.
                Case(When(movement_no="", then="movement_date")),
                condition=Q(withdrawn_at=None),
                nulls_distinct=False,
                name="inventory_movement_once",
            ),
        ]
        indexes = [
            models.Index(fields=["stock_item", "movement_date"], name="inventory_movement_day"),
            models.Index(fields=["commit_id"], name="inventory_movement_commit"),
            models.Index(
                fields=["withdrawn_by_commit_id"],
                condition=~Q(withdrawn_by_commit_id=None),
                name="inventory_movement_gone",
            ),
        ]


class Balance(models.Model):
    """What a statement says of an item: quantities of its period, and the closing one of its last day."""

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_constraint=False
    )
    stock_item = models.ForeignKey(StockItem, models.PROTECT, related_name="balances", db_constraint=False)
    grain = models.CharField(max_length=5, choices=Grain)
    balance_date = models.DateField()  # the day it closes
    opening_quantity = models.BigIntegerField(null=True, blank=True)
    receipts_quantity = models.BigIntegerField(null=True, blank=True)
    issues_quantity = models.BigIntegerField(null=True, blank=True)
    adjustment_quantity = models.BigIntegerField(null=True, blank=True)
    closing_quantity = models.BigIntegerField()
    unit_cost = models.DecimalField(max_digits=16, decimal_places=6, null=True, blank=True)
    commit_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_commit_id = models.BigIntegerField(null=True, blank=True)

    objects = ScopedManager.over(CountingQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "stock_item", "grain", "balance_date"],
                condition=Q(withdrawn_at=None),
                name="inventory_balance_once",
            ),
        ]
        indexes = [
            models.Index(fields=["commit_id"], name="inventory_balance_commit"),
            models.Index(
                fields=["withdrawn_by_commit_id"],
                condition=~Q(withdrawn_by_commit_id=None),
                name="inventory_balance_gone",
            ),
        ]
