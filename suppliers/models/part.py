"""What is supplied: parts of a customer, who makes them, and their characteristics by version."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.scope import Scope, ScopedManager
from suppliers.models.organisation import Organisation, Partnership


def _part_visible(scope: Scope) -> Q:
    """A customer's own parts; of others' only those supplied on an open partnership."""
    return Q(customer=scope.organisation) | Q(pk__in=Supply.objects.values("part"))


def _through_part(scope: Scope) -> Q:
    return Q(part__in=Part.objects.values("pk"))


def _through_characteristic(scope: Scope) -> Q:
    return Q(characteristic__in=Characteristic.objects.values("pk"))


class Part(models.Model):
    """A part belongs to its customer."""

    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    number = models.CharField(max_length=64)
    number_key = models.CharField(max_length=64, db_collation="C")
    drawing_number = models.CharField(max_length=64, blank=True)
    revision = models.CharField(max_length=16, blank=True)
    name = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    name_key = models.CharField(max_length=600, db_collation="C", blank=True)
    family = models.CharField(max_length=40, blank=True)
    material = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=16, default="pcs")
    piece_weight_g = models.DecimalField(max_digits=14, decimal_places=6, null=True, blank=True)
    inspection_level = models.CharField(max_length=4, blank=True)
    aql_major = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    aql_minor = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    created_at = models.DateTimeField()

    objects = ScopedManager.over(models.QuerySet, visible=_part_visible)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "number_key"], name="suppliers_part_once"),
        ]

    def __str__(self) -> str:
        return self.number


class Supply(models.Model):
    """Who makes a part: partnership × part, with the supplier's own number."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+")
    part = models.ForeignKey(Part, models.PROTECT, related_name="supplies")
    supplier_number = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            # Also what rows of this part on this partnership point to.
            models.UniqueConstraint(fields=["partnership", "part"], name="suppliers_supply_once"),
        ]


class SupplyAlias(models.Model):
    """Another name of a part in the files of a partnership: a number, a name, a nickname."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+")
    part = models.ForeignKey(Part, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, db_collation="C")

    objects = ScopedManager.over(models.QuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "name_key"], name="suppliers_supply_alias_once"),
        ]


class CharacteristicClass(models.TextChoices):
    CRITICAL = "critical", _("Critical")
    MAJOR = "major", _("Major")
    MINOR = "minor", _("Minor")


class Characteristic(models.Model):
    """What is measured or judged on a part."""

    part = models.ForeignKey(Part, models.PROTECT, related_name="characteristics")
    number = models.CharField(max_length=64)
    number_key = models.CharField(max_length=64, db_collation="C")
    created_at = models.DateTimeField()

    objects = ScopedManager.over(models.QuerySet, visible=_through_part)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "number_key"], name="suppliers_characteristic_once"),
        ]


class CharacteristicVersion(models.Model):
    """Limits of a characteristic from a date and drawing revision on; an upload never changes them."""

    characteristic = models.ForeignKey(Characteristic, models.PROTECT, related_name="versions")
    valid_from = models.DateField()
    revision = models.CharField(max_length=16, blank=True)
    name = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    aliases = models.JSONField(default=list, blank=True)
    variable = models.BooleanField(default=True)  # measured; else judged (an attribute)
    characteristic_class = models.CharField(max_length=8, choices=CharacteristicClass, blank=True)
    nominal = models.FloatField(null=True, blank=True)
    lsl = models.FloatField(null=True, blank=True)
    usl = models.FloatField(null=True, blank=True)
    unit = models.CharField(max_length=16, blank=True)
    decimals = models.PositiveSmallIntegerField(null=True, blank=True)
    gauge = models.CharField(max_length=120, blank=True)
    subgroup_size = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = ScopedManager.over(models.QuerySet, visible=_through_characteristic)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["characteristic", "valid_from"], name="suppliers_characteristic_version_once"
            ),
            models.CheckConstraint(
                condition=Q(lsl=None) | Q(usl=None) | Q(lsl__lte=models.F("usl")),
                name="suppliers_characteristic_limits_in_order",
            ),
        ]
