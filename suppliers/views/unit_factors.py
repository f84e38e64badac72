"""The units of a part: what a kilogram or a box of it is in pieces, from when on, and who said so."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import clock, formatting
from core.lead import Lead, joined
from suppliers.access import MemberRequest
from suppliers.forms.unit_factors import UnitFactorForm
from suppliers.models import FactorKind, UnitFactor
from suppliers.queries.parts import part_or_none, suppliers_of_parts
from suppliers.queries.unit_factors import factors_of_part
from suppliers.services.people import MayNot
from suppliers.services.unit_factors import set_unit_factor


@login_required
@require_http_methods(["GET", "POST"])
def part_units(request: MemberRequest, part_id: int) -> HttpResponse:
    """Show the factors of a part, and set one. What is not shared is not there."""
    part = part_or_none(part_id)
    if part is None:
        raise Http404
    mine = part.customer_id == request.person.organisation_id and request.person.may_define
    form = UnitFactorForm(request.POST or None)
    if request.method == "POST":
        if not mine:
            raise PermissionDenied
        if form.is_valid():
            return _set(request, part_id, form)
    context = {
        "part": part,
        "name": formatting.in_language(part.name, part.name_en),
        "lead": Lead(
            joined(
                _("Quantities in kilograms or boxes become pieces by these factors, each from its day on."),
                _("Rows without a factor wait; what was read before stays as it was read."),
            )
        ),
        "listed": formatting.decimal(part.piece_weight_g, 6).rstrip("0").rstrip(".")
        if part.piece_weight_g is not None
        else "",
        "rows": [_row(one) for one in factors_of_part(part_id)],
        "form": form,
        "kinds": FactorKind.choices,
        "may": mine,
        "supplied": bool(suppliers_of_parts([part_id]).get(part_id)),
    }
    return render(request, "suppliers/part_units.html", context)


def _set(request: MemberRequest, part_id: int, form: UnitFactorForm) -> HttpResponse:
    try:
        set_unit_factor(part_id=part_id, **form.cleaned_data, by=request.person, now=clock.now())
    except MayNot as forbidden:
        raise PermissionDenied from forbidden
    messages.success(request, _("Set. Files that come from now on are read by it."))
    return redirect("part-units", part_id)


def _row(one: UnitFactor) -> dict[str, object]:
    return {
        "kind": FactorKind(one.kind).label,
        "amount": f"{one.amount.normalize():f}",
        "valid_from": one.valid_from,
        "by": str(one.set_by.user),
        "at": formatting.moment(one.set_at),
        "replaced": formatting.moment(one.replaced_at) if one.replaced_at else "",
    }
