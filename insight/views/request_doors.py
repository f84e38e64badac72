"""Doors of data requests: ask, change, end, answer with nothing, take an answer back."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core import clock
from core.text import number_or_none
from insight.forms.requests import AskForm, ChangeForm, EndForm, NothingForm
from insight.views.requests import partnerships_to_ask, shown
from suppliers import services
from suppliers.access import MemberRequest
from suppliers.queries.asking import requests_asked
from suppliers.views.preferences import back


def door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A POST of somebody who is logged in; what the services refuse becomes what HTTP says."""

    @login_required
    @require_POST
    @wraps(view)
    def checked(request: MemberRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except services.NotHere as stranger:
            raise Http404 from stranger
        except services.MayNot as forbidden:
            raise PermissionDenied from forbidden

    return checked


def _may_define(request: MemberRequest) -> None:
    if not request.person.may_define:
        raise PermissionDenied


@door
def ask(request: MemberRequest) -> HttpResponse:
    """Ask several partnerships for one kind of data."""
    _may_define(request)
    form = AskForm(request.POST, partnerships=partnerships_to_ask(request))
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = services.ask_for_data(
                partnership_ids=given["partnerships"], kind=given["kind"], sender=given["sender"],
                rule=form.rule(), valid_from=given["valid_from"], by=request.person, now=clock.now(),
            )  # fmt: skip
        except services.AlreadyAsked as taken:
            names = ", ".join(taken.suppliers)
            form.add_error("partnerships", _("Asked for already: %(names)s.") % {"names": names})
        except services.DoesNotFit:
            form.add_error("sender", _("What we hand in ourselves is sent by the customer."))
        else:
            told = ngettext("%(n)s request made.", "%(n)s requests made.", len(made))
            messages.success(request, told % {"n": len(made)})
            return redirect("requests")
    return shown(request, ask=form)


@door
def change(request: MemberRequest) -> HttpResponse:
    """Ask otherwise from a day on."""
    _may_define(request)
    form = ChangeForm(request.POST, requests=_ours(request), auto_id="change_%s")
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.change_requests(
                request_ids=given["requests"], rule=form.rule(), from_day=given["from_day"],
                by=request.person, now=clock.now(),
            )  # fmt: skip
        except services.DayHasPassed:
            form.add_error("from_day", _passed())
        except services.DoesNotFit:
            form.add_error("from_day", _("A chosen request has ended by then."))
        else:
            messages.success(request, _("Saved."))
            return redirect("requests")
    return shown(request, change=form, chosen=_chosen(request))


@door
def end(request: MemberRequest) -> HttpResponse:
    """Ask no longer than up to a day."""
    _may_define(request)
    form = EndForm(request.POST, requests=_ours(request), auto_id="end_%s")
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.end_requests(
                request_ids=given["requests"], last_day=given["last_day"], by=request.person, now=clock.now()
            )
        except services.DayHasPassed:
            form.add_error("last_day", _passed())
        except services.DoesNotFit:
            form.add_error("last_day", _("A chosen request begins later, or has ended before."))
        else:
            messages.success(request, _("Ended."))
            return redirect("requests")
    return shown(request, end=form, chosen=_chosen(request))


@door
def nothing(request: MemberRequest, request_id: int) -> HttpResponse:
    """Say that a period has nothing to send."""
    form = NothingForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        services.answer_nothing(
            request_id=request_id,
            period_first=form.cleaned_data["period"],
            reason=form.cleaned_data["reason"],
            by=request.person,
            now=clock.now(),
        )
    except services.NoSuchPeriod as strange:
        raise Http404 from strange
    messages.success(request, _("Noted: nothing to send. It can be taken back below."))
    return back(request)


@door
def take_back(request: MemberRequest, answer_id: int) -> HttpResponse:
    """Take an answer back."""
    services.take_back_answer(answer_id=answer_id, by=request.person, now=clock.now())
    messages.success(request, _("Taken back."))
    return back(request)


def _passed() -> str:
    return _("What was asked for before today stays as it was: name today or a later day.")


def _ours(request: MemberRequest) -> list[int]:
    """Return the requests that this customer made: others are as those that are not there."""
    return [one.id for one in requests_asked(partnership__customer=request.person.organisation_id)]


def _chosen(request: MemberRequest) -> list[int]:
    numbers = map(number_or_none, request.POST.getlist("requests"))
    return [pk for pk in numbers if pk is not None]
