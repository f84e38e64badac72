"""One's own account: name, language, zone, keys, sessions."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from suppliers import queries, services
from suppliers.access import MemberRequest
from suppliers.forms.people import KeyForm, ProfileForm


@login_required
@require_http_methods(["GET", "POST"])
def account(request: MemberRequest) -> HttpResponse:
    user = request.user
    form = ProfileForm(
        request.POST or None, initial={"name": user.name, "language": user.language, "zone": user.zone}
    )
    if request.method == "POST" and form.is_valid():
        services.change_profile(user=user, **form.cleaned_data)
        with translation.override(form.cleaned_data["language"]):
            messages.success(request, _("Saved."))
        return redirect("account")
    return _page(request, form=form)


@login_required
@never_cache
@require_POST
def key_make(request: MemberRequest) -> HttpResponse:
    """Make a key and show it, this once."""
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, key_form=form)
    try:
        _key, token = services.make_key(person=request.person, now=clock.now(), **form.cleaned_data)
    except services.MayNot:
        form.add_error("may_write", _("Your role may look, and not hand in files."))
        return _page(request, key_form=form)
    return _page(request, token=token)


@login_required
@require_POST
def key_revoke(request: MemberRequest, key_id: int) -> HttpResponse:
    try:
        services.revoke_key(key_id=key_id, by=request.person, now=clock.now())
    except services.NotHere as stranger:
        raise Http404 from stranger
    messages.success(request, _("The key opens nothing any more."))
    return redirect("account")


@login_required
@require_POST
def sessions_end(request: MemberRequest) -> HttpResponse:
    """Log out everywhere else."""
    services.end_sessions(user=request.user)
    request.user.refresh_from_db()
    update_session_auth_hash(request, request.user)
    messages.success(request, _("Logged out on every other device."))
    return redirect("account")


def _page(request: MemberRequest, **more: object) -> HttpResponse:
    user = request.user
    profile = {"name": user.name, "language": user.language, "zone": user.zone}
    words = {
        "form": ProfileForm(initial=profile),
        "key_form": KeyForm(),
        "keys": queries.keys_of(request.person),
        "zones": queries.COMMON_ZONES,
    }
    return render(request, "suppliers/account.html", words | more)
