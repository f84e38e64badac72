"""How a person looks at Tongpin: in which language, as whom, with which keys."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from suppliers import queries
from suppliers.access import MemberRequest
from suppliers.queries import LANGUAGE_COOKIE
from suppliers.queries.seats import CUSTOMER, SIDE_IN_SESSION, SUPPLIER

A_YEAR = 365 * 24 * 3600


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language, for a stranger in a cookie and for a person for good."""
    chosen = request.POST.get("language", "")
    response = back(request)
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
        if request.user.is_authenticated:
            request.user.language = chosen
            request.user.save(update_fields=["language"])
    return response


@require_POST
@login_required
def single_keys(request: MemberRequest) -> HttpResponse:
    """Switch the single-key shortcuts on or off (WCAG 2.1.4)."""
    request.user.single_keys = request.POST.get("single_keys") == "on"
    request.user.save(update_fields=["single_keys"])
    return back(request)


@require_POST
@login_required
def seat(request: MemberRequest) -> HttpResponse:
    """Look as another of one's own people, or from the other side of its partnerships."""
    person_id, _, side = request.POST.get("seat", "").partition(":")
    person = next((p for p in queries.people_of_user(request.user) if str(p.pk) == person_id), None)
    if person is None or side not in {"", CUSTOMER, SUPPLIER}:
        raise Http404
    request.session[queries.PERSON_IN_SESSION] = person.pk
    request.session[SIDE_IN_SESSION] = side
    return HttpResponseRedirect("/")  # the page that was open may not exist for this seat


def back(request: HttpRequest) -> HttpResponseRedirect:
    """Return to the page that asked, if it is one of ours."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return HttpResponseRedirect(wanted if safe else "/")
