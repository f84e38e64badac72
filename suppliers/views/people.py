"""The people of one's organisation, and who was invited."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock, workbook
from core.lists import made_at
from core.workbook import Heading, Kind, Sheet, Workbook
from suppliers import queries, services
from suppliers.access import MemberRequest
from suppliers.forms.people import InviteColleagueForm, InviteSupplierForm, RoleForm
from suppliers.models import Role


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


@login_required
@require_GET
def people(request: MemberRequest) -> HttpResponseBase:
    if request.GET.get("as") == "xlsx":
        return workbook.download(_workbook(request), day=clock.today_here())
    return _page(request)


def _workbook(request: MemberRequest) -> Workbook:
    title, wide = _("People"), Kind(str, width=30)
    found = queries.people_of_organisation(request.person.organisation_id)
    rows = ([str(one.user), one.user.email or "", one.get_role_display()] for one in found)
    headings = [Heading(_("Name"), wide), Heading(_("E-mail"), wide), Heading(_("Role"))]
    return Workbook(title, made_at(reverse("people")), [Sheet(title, headings, rows)])


@door
def colleague_invite(request: MemberRequest) -> HttpResponse:
    if not request.person.may_manage_people:
        raise PermissionDenied
    form = InviteColleagueForm(request.POST)
    if form.is_valid():
        try:
            services.invite_colleague(by=request.person, now=clock.now(), **form.cleaned_data)
        except services.AlreadyHere:
            form.add_error("email", _("This person is here already."))
        else:
            return _sent(request, form.cleaned_data["email"])
    return _page(request, colleague_form=form)


@door
def supplier_invite(request: MemberRequest) -> HttpResponse:
    if not request.person.may_define:
        raise PermissionDenied
    form = _supplier_form(request, request.POST)
    if form.is_valid():
        wanted = dict(form.cleaned_data)
        try:
            services.invite_supplier(
                by=request.person, now=clock.now(), partnership_id=wanted.pop("partnership"), **wanted
            )
        except services.AlreadyHere:
            form.add_error("email", _("This person is here already."))
        except services.HasItsOwnPeople:
            form.add_error("partnership", _("This supplier lets its own people in. Ask its owner."))
        else:
            return _sent(request, wanted["email"])
    return _page(request, supplier_form=form)


@door
def invitation_withdraw(request: MemberRequest, invitation_id: int) -> HttpResponse:
    services.withdraw_invitation(invitation_id=invitation_id, by=request.person, now=clock.now())
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("people")


@door
def role_change(request: MemberRequest, person_id: int) -> HttpResponse:
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        services.change_role(
            person_id=person_id, role=form.cleaned_data["role"], by=request.person, now=clock.now()
        )
    except services.LastOwner:
        messages.error(request, _("An organisation needs an owner. Make another one first."))
    else:
        messages.success(request, _("Saved."))
    return redirect("people")


@door
def person_take_away(request: MemberRequest, person_id: int) -> HttpResponse:
    try:
        services.take_away_person(person_id=person_id, by=request.person, now=clock.now())
    except services.LastOwner:
        messages.error(request, _("An organisation needs an owner. Make another one first."))
    else:
        messages.success(request, _("This person is shut out, keys and invitations with it."))
    return redirect("people")


def _sent(request: MemberRequest, email: str) -> HttpResponse:
    messages.success(request, _("An invitation goes to %(email)s.") % {"email": email})
    return redirect("people")


def _supplier_form(request: MemberRequest, data: object = None) -> InviteSupplierForm:
    suppliers = queries.suppliers_without_people(request.person)
    return InviteSupplierForm(
        data, partnerships=suppliers, initial={"language": request.person.user.language}
    )


def _page(request: MemberRequest, **more: object) -> HttpResponse:
    person = request.person
    words: dict[str, object] = {
        "people": queries.people_of_organisation(person.organisation_id),
        "invitations": queries.open_invitations(person),
        "roles": Role.choices,
    }
    if person.may_manage_people:
        words["colleague_form"] = InviteColleagueForm(initial={"language": person.user.language})
    if person.may_define:
        words["supplier_form"] = _supplier_form(request)
    return render(request, "suppliers/people.html", words | more)
