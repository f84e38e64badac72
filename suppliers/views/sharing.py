"""Who sees my data: by rule and by grant, with the way to let others in and out again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core import clock
from core.lead import Lead, joined
from core.text import number_or_none
from suppliers.access import MemberRequest
from suppliers.queries import sharing
from suppliers.services.sharing import SeesItAlready, close_again, open_further
from suppliers.views.people import door


@login_required
@require_GET
def sharing_page(request: MemberRequest) -> HttpResponse:
    shared = sharing.shared_by(request.person)
    may_open = request.person.may_manage_people
    context = {
        "shared": shared,
        "lead": Lead(lead(shared)),
        "opened_to_us": sharing.opened_to(request.person),
        "rules": {
            sharing.CUSTOMER: _("as the customer"),
            sharing.SUPPLIER: _("as the supplier"),
            sharing.OWN_BOOKS: _("its own books"),
        },
        "known": sharing.who_may_be_let_in(request.person) if may_open else [],
        "may_open": may_open,
    }
    return render(request, "suppliers/sharing.html", context)


def lead(shared: list[sharing.Shared]) -> SafeString:
    """Say with how many partners rows are shared, and how often a third organisation was let in."""
    partners = sum(bool(one.partner) for one in shared)
    grants = sum(seer.rule == sharing.GRANT for one in shared for seer in one.seers)
    told = ngettext(
        "We share rows with %(n)s partner, each pair for itself.",
        "We share rows with %(n)s partners, each pair for itself.",
        partners,
    ) % {"n": partners}
    if not grants:
        return joined(told, _("No third organisation sees any of it."))
    third = ngettext(
        "%(n)s grant lets a third organisation read along.",
        "%(n)s grants let third organisations read along.",
        grants,
    )
    return joined(told, third % {"n": grants})


@door
def sharing_open(request: MemberRequest) -> HttpResponse:
    partnership = number_or_none(request.POST.get("partnership", ""))
    if partnership is None:
        raise Http404
    code = request.POST.get("viewer", "").strip()
    try:
        grant = open_further(partnership_id=partnership, viewer_code=code, by=request.person, now=clock.now())
    except SeesItAlready:
        messages.error(request, _("This organisation sees these rows already."))
    else:
        words = _("%(name)s reads these rows from now on. You can take that back here at any time.")
        messages.success(request, words % {"name": grant.viewer.shown_name})
    return redirect("sharing")


@door
def sharing_close(request: MemberRequest, grant_id: int) -> HttpResponse:
    close_again(grant_id=grant_id, by=request.person, now=clock.now())
    messages.success(request, _("Taken back: it sees these rows no more."))
    return redirect("sharing")
