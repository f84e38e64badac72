"""Companies, who supplies whom, and to whom a partnership was opened further."""

from django.db import models
from django.db.models import Q

from core import formatting
from core.scope import Scope, ScopedManager


class OrganisationQuerySet(models.QuerySet):
    def by_name(self):
        return self.order_by("name_key", "code")


def _organisation_visible(scope: Scope) -> Q:
    """Oneself and both ends of every open partnership."""
    ends = Partnership.objects.values_list
    return (
        Q(pk=scope.organisation)
        | Q(pk__in=ends("customer", flat=True))
        | Q(pk__in=ends("supplier", flat=True))
    )


class Organisation(models.Model):
    """A company: lead manufacturer, supplier, or both; tiers come from partnerships."""

    code = models.CharField(max_length=32, unique=True, db_collation="C")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    name_key = models.CharField(max_length=400, db_collation="C", editable=False)
    zone = models.CharField(max_length=64, default="Asia/Shanghai")
    simulated = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects = ScopedManager.over(OrganisationQuerySet, visible=_organisation_visible)

    def __str__(self) -> str:
        return self.code

    @property
    def shown_name(self) -> str:
        """The name in the reader's language."""
        return formatting.in_language(self.name, self.name_en)


class PartnershipQuerySet(models.QuerySet):
    def open_to(self, organisations):
        # One filter() call: two would join the grants twice, and pair one
        # viewer's grant with another viewer's revocation.
        return self.filter(
            Q(supplier__in=organisations)
            | Q(customer__in=organisations)
            | Q(grants__viewer__in=organisations, grants__revoked_at=None)
        ).distinct()

    def between_two(self):
        """Partnerships of two companies: an organisation's own books are none."""
        return self.exclude(customer=models.F("supplier"))

    def own_books(self):
        return self.filter(customer=models.F("supplier"))


class Partnership(models.Model):
    """One customer and one supplier; every committed row hangs on exactly one.

    Rows of a company about itself alone (its stock whose supplier nobody can tell) hang on the
    partnership with itself: its *own books*, which by the same rule nobody else sees.
    """

    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    since = models.DateField(null=True, blank=True)
    responsible = models.ForeignKey(
        "suppliers.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    deputy = models.ForeignKey("suppliers.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    target_pass_rate = models.DecimalField(max_digits=7, decimal_places=5, null=True, blank=True)
    created_at = models.DateTimeField()

    objects = ScopedManager.over(PartnershipQuerySet, visible=lambda scope: Q(pk__in=scope.partnerships))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "supplier"], name="suppliers_partnership_once"),
            # What rows that are counted per customer point to.
            models.UniqueConstraint(fields=["id", "customer"], name="suppliers_partnership_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.customer}/{self.supplier}"


class PartnershipGrant(models.Model):
    """Leave for a third organisation to read a partnership: explicit, dated, revocable."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="grants")
    viewer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    granted_by = models.ForeignKey("suppliers.Person", models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    revoked_by = models.ForeignKey(
        "suppliers.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )  # none where it was closed before names were kept
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "viewer"],
                condition=Q(revoked_at=None),
                name="suppliers_grant_once",
            ),
        ]


class OrganisationAlias(models.Model):
    """What one organisation calls another, or itself, in its files: a short name, a code, a nickname."""

    speaker = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    meant = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=120, db_collation="C")

    class Meta:
        constraints = [
            # One name may mean two organisations: then a row that says it is asked about, once.
            models.UniqueConstraint(
                fields=["speaker", "name_key", "meant"], name="suppliers_organisation_alias_once"
            ),
        ]
