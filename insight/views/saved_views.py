"""Saved views: keep an address under a name, open it again, rename it, drop it."""

from collections.abc import Callable
from datetime import date
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock, formatting
from core.period import Period
from insight.forms.saved_views import KeepForm, NameForm
from insight.models import SavedView
from insight.queries import saved_views as queries
from insight.services import saved_views as services
from kpis.queries.periods import period_with_data
from suppliers.access import MemberRequest
from suppliers.filters import selection_asked


@require_GET
@login_required
def view_list(request: MemberRequest) -> HttpResponse:
    rows = [row_of(one) for one in queries.views_of(request.person)]
    return render(request, "insight/saved_views.html", {"views": rows, "most": services.MOST})


def row_of(one: SavedView) -> dict[str, object]:
    days = days_in_words(one, queries.address_of(one).days)
    return {"id": one.pk, "name": one.name, "path": one.path, "days": days}


def days_in_words(one: SavedView, days: Period | None) -> str:
    if one.span:
        return _("moves along: %(span)s") % {"span": one.get_span_display()}
    return formatting.day_range(days.first, days.last) if days else _("as the page has it")


@require_http_methods(["GET", "POST"])
@login_required
def view_keep(request: MemberRequest) -> HttpResponse:
    """Keep the page that one came from."""
    told = request.POST if request.method == "POST" else request.GET
    address = queries.read_address(told.get("address", ""))
    if address is None:
        raise Http404
    spans = queries.spans_that_fit(address, last_day(request, address)) if address.days else []
    form = KeepForm(request.POST or None, address=address, spans=spans, initial={"address": str(address)})
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            services.keep_view(
                person=request.person,
                name=wanted["name"],
                address=address,
                span=wanted.get("span", ""),
                now=clock.now(),
            )
        except services.NameTaken:
            form.add_error("name", _("You have a view of this name. Take another one."))
        except services.TooMany:
            form.add_error(None, _("You keep %(n)s views. Delete one first.") % {"n": services.MOST})
        else:
            messages.success(request, _("Kept as “%(name)s”.") % {"name": wanted["name"]})
            return HttpResponseRedirect(str(address))
    return render(request, "insight/saved_view_new.html", {"form": form, "address": str(address)})


@require_GET
@login_required
def view_open(request: MemberRequest, view_id: int) -> HttpResponse:
    """Go to the address that a view means today."""
    view = queries.view_or_none(request.person, view_id)
    if view is None:
        raise Http404
    last = last_day(request, queries.address_of(view)) if view.span else clock.today_here()
    return HttpResponseRedirect(str(queries.with_days(view, last)))


def last_day(request: MemberRequest, address: queries.Address) -> date:
    """Return the last day of data of what an address shows."""
    return period_with_data(selection_asked(request, address.given)).last


def own(change: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A change of one's own view; of another's as of none."""

    @require_POST
    @login_required
    @wraps(change)
    def checked(request: MemberRequest, view_id: int) -> HttpResponse:
        try:
            return change(request, view_id)
        except services.NotYours as stranger:
            raise Http404 from stranger

    return checked


@own
def view_rename(request: MemberRequest, view_id: int) -> HttpResponse:
    form = NameForm(request.POST)
    if queries.view_or_none(request.person, view_id) is None:
        raise Http404
    if not form.is_valid():
        messages.error(request, _("A view needs a name of at most 80 characters."))
        return redirect("saved-views")
    try:
        services.rename_view(person=request.person, view_id=view_id, name=form.cleaned_data["name"])
    except services.NameTaken:
        messages.error(request, _("You have a view of this name. Take another one."))
    else:
        messages.success(request, _("Saved."))
    return redirect("saved-views")


@own
def view_drop(request: MemberRequest, view_id: int) -> HttpResponse:
    services.drop_view(person=request.person, view_id=view_id)
    messages.success(request, _("The view is deleted."))
    return redirect("saved-views")
