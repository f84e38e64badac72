"""Names of laws that are not normal, and of indices worked out by them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formatting
from quality.formulas.other_laws import Other, Way
from quality.formulas.percentiles import Family

FAMILY_WORDS = {
    Family.LOGNORMAL: gettext_lazy("the lognormal law"),
    Family.WEIBULL: gettext_lazy("the Weibull law"),
    Family.GAMMA: gettext_lazy("the gamma law"),
}


def way_name(one: Other) -> str:
    """Name an index by the way it was worked out."""
    if one.way is Way.BOX_COX:
        return _("Ppk after Box–Cox (λ = %(power)s)") % {"power": formatting.decimal(one.power, 2)}
    if one.way is Way.JOHNSON:
        return _("Ppk by a Johnson curve (%(family)s)") % {"family": one.law.upper()}
    return _("Ppk by percentiles (%(law)s)") % {"law": FAMILY_WORDS[Family(one.law)]}
