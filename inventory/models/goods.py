"""Goods received at the customer, and pieces found bad after acceptance."""

from django.db import models
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.scope import ScopedManager
from inventory.models.stock import CountingQuerySet


class FoundAt(models.TextChoices):
    INCOMING = "incoming", pgettext_lazy("where it was found", "Incoming")
    LINE = "line", pgettext_lazy("where it was found", "Line")
    FIELD = "field", pgettext_lazy("where it was found", "Field")


class Liability(models.TextChoices):
    CHARGED = "charged", _("Charged")
    DISPUTED = "disputed", _("Disputed")
    NOT_CHARGED = "not_charged", _("Not charged")


class Delivery(models.Model):
    """Goods received: ordered, promised and received date and quantity, in pieces."""

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    part = models.ForeignKey(
        "suppliers.Part", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    receipt_no = models.CharField(max_length=64, blank=True)
    order_no = models.CharField(max_length=64, blank=True)
    lot_number = models.CharField(max_length=64, blank=True)
    lot_number_key = models.CharField(max_length=64, blank=True, db_collation="C")
    received_date = models.DateField()
    promised_date = models.DateField(null=True, blank=True)
    ordered_quantity = models.BigIntegerField(null=True, blank=True)
    received_quantity = models.BigIntegerField()
    unit_price = models.DecimalField(max_digits=16, decimal_places=6, null=True, blank=True)
    commit_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_commit_id = models.BigIntegerField(null=True, blank=True)

    objects = ScopedManager.over(CountingQuerySet)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                "partnership",
                "part",
                "receipt_no",
                "order_no",
                "lot_number_key",
                # Without a receipt's number it is the day that tells two part deliveries of an order apart.
                Case(When(receipt_no="", then="received_date")),
                condition=Q(withdrawn_at=None),
                nulls_distinct=False,
                name="inventory_delivery_once",
            ),
        ]
        indexes = [
            models.Index(fields=["partnership", "part", "received_date"], name="inventory_delivery_cell"),
            models.Index(fields=["partnership", "lot_number_key"], name="inventory_delivery_lot"),
            models.Index(fields=["commit_id"], name="inventory_delivery_commit"),
            models.Index(
                fields=["withdrawn_by_commit_id"],
                condition=~Q(withdrawn_by_commit_id=None),
                name="inventory_delivery_gone",
            ),
        ]


class Return(models.Model):
    """Pieces found bad after acceptance, with who answers for them."""

    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    part = models.ForeignKey(
        "suppliers.Part", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    return_no = models.CharField(max_length=64)
    return_date = models.DateField()
    lot_number = models.CharField(max_length=64, blank=True)
    quantity = models.BigIntegerField()
    found_at = models.CharField(max_length=8, choices=FoundAt)
    defect = models.CharField(max_length=80, blank=True)
    liability = models.CharField(max_length=11, choices=Liability)
    state = models.CharField(max_length=40, blank=True)
    remark = models.CharField(max_length=500, blank=True)
    commit_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_commit_id = models.BigIntegerField(null=True, blank=True)
    # Not one to one: a correction that was undone keeps its row, and the next one corrects the same.
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")

    objects = ScopedManager.over(CountingQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "return_no", "part"],
                condition=Q(withdrawn_at=None),
                name="inventory_return_once",
            ),
            models.UniqueConstraint(
                fields=["corrects"], condition=Q(withdrawn_at=None), name="inventory_return_corrected_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="inventory_return_some"),
        ]
        indexes = [
            models.Index(fields=["commit_id"], name="inventory_return_commit"),
            models.Index(fields=["partnership", "part", "return_date"], name="inventory_return_cell"),
            models.Index(
                fields=["withdrawn_by_commit_id"],
                condition=~Q(withdrawn_by_commit_id=None),
                name="inventory_return_gone",
            ),
        ]
