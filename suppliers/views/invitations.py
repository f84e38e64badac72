"""The page behind the link of an invitation."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import clock
from core.text import number_or_none
from suppliers import queries, services
from suppliers.access import PersonRequest
from suppliers.forms.people import AcceptForm
from suppliers.models import Invitation, Person, User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PAGE = "account/invitation.html"


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: PersonRequest, token: str) -> HttpResponse:
    """Show what one is invited to, and accept it. Reading uses nothing up: mail scanners read, too."""
    try:
        open_one = services.open_invitation(token)
        if request.person is None:
            translation.activate(open_one.language)
        known = services.invited_user(open_one)
        if known is None:
            return _as_newcomer(request, open_one, token)
        if known != request.user:
            return redirect_to_login(request.path)
        return _as_known(request, open_one, token, known)
    except services.Gone:
        return render(request, PAGE, {"gone": True}, status=404)
    except services.HasItsOwnPeople:
        why = _("This supplier lets its own people in. Ask its owner.")
        return render(request, PAGE, {"gone": True, "why": why}, status=409)


def _as_newcomer(request: PersonRequest, open_one: Invitation, token: str) -> HttpResponse:
    form = AcceptForm(request.POST or None, initial={"language": open_one.language})
    if request.method == "GET" or not form.is_valid():
        return render(request, PAGE, {"invitation": _told(open_one, known=False), "form": form})
    person = services.accept_invitation(
        token=token,
        name=form.cleaned_data["name"],
        password=form.cleaned_data["password1"],
        language=form.cleaned_data["language"],
        now=clock.now(),
    )
    return _enter(request, person)


def _as_known(request: PersonRequest, open_one: Invitation, token: str, user: User) -> HttpResponse:
    own = queries.organisations_owned_by(user) if open_one.partnership_id else []
    into = request.POST.get("into", "")
    if request.method == "POST":
        try:
            person = services.accept_invitation_as(
                token=token, user=user, into=number_or_none(into), now=clock.now()
            )
        except (services.AlreadyHere, services.NotHere):
            messages.error(request, _("That organisation cannot take the invitation. Choose another."))
        else:
            return _enter(request, person)
    return render(request, PAGE, {"invitation": _told(open_one, known=True), "own": own})


def _enter(request: PersonRequest, person: Person) -> HttpResponse:
    """Log in as the person that the invitation made."""
    if request.user != person.user:
        login(request, person.user, backend=BACKEND)
    request.session[queries.PERSON_IN_SESSION] = person.pk
    return HttpResponseRedirect("/")


def _told(open_one: Invitation, *, known: bool) -> dict[str, object]:
    return {
        "email": open_one.email,
        "organisation": open_one.organisation.shown_name,
        "customer": open_one.partnership_id and open_one.invited_by.organisation.shown_name,
        "invited_by": open_one.invited_by.user,
        "expires": open_one.expires_at,
        "known": known,
    }
