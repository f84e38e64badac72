"""What a unit of goods is in pieces of one part, from a day on."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from core.scope import Scope, ScopedManager
from suppliers.models.part import Part
from suppliers.models.person import Person


def _through_part(scope: Scope) -> Q:
    return Q(part__in=Part.objects.values("pk"))


class FactorKind(models.TextChoices):
    WEIGHT = "weight", _("Weight of a piece (g)")
    BOX = "box", _("Pieces in a box")


class UnitFactor(models.Model):
    """A factor that somebody set; one that took its place for the same day is beside it, and this one replaced."""

    part = models.ForeignKey(Part, models.PROTECT, related_name="unit_factors")
    kind = models.CharField(max_length=6, choices=FactorKind)
    amount = models.DecimalField(max_digits=14, decimal_places=6)  # grams, or pieces
    valid_from = models.DateField()
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.over(models.QuerySet, visible=_through_part)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["part", "kind", "valid_from"],
                condition=Q(replaced_at=None),
                name="suppliers_unit_factor_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="suppliers_unit_factor_above_zero"),
            models.CheckConstraint(
                condition=Q(kind=FactorKind.WEIGHT) | Q(amount=Round(F("amount"))),
                name="suppliers_unit_factor_whole_box",
            ),
        ]
