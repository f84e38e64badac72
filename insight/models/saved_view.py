"""Views that a person keeps: an address under a name of one's own."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Span(models.TextChoices):
    """Days that move along with the data; blank: those that the address says, or the page's usual ones."""

    LAST_MONTH = "last_month", _("last month of data")
    THREE_MONTHS = "3_months", _("3 months")
    SIX_MONTHS = "6_months", _("6 months")
    TWELVE_MONTHS = "12_months", _("12 months")
    THIS_YEAR = "this_year", _("this year")


class SavedView(models.Model):
    """A page with its filters. It is its person's own; nobody else sees or opens it."""

    person = models.ForeignKey("suppliers.Person", models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    path = models.CharField(max_length=200)
    query = models.CharField(max_length=2000, blank=True)  # urlencoded; without days where they move along
    span = models.CharField(max_length=12, choices=Span, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "name"], name="insight_saved_view_once"),
        ]

    def __str__(self) -> str:
        return self.name
