"""Mails that somebody asked for: the list, the form, one at once, how it will look."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from insight.forms.subscriptions import SubscriptionForm
from insight.models import Digest, DigestState, Subscription
from insight.queries.subscriptions import subscriptions_of
from insight.services import digests, subscriptions
from insight.views.rhythm import about, when
from suppliers.access import MemberRequest
from suppliers.queries.seats import side_of_session

MARKS = {
    DigestState.SENT: "good",
    DigestState.FAILED: "bad",
    DigestState.SKIPPED: "watch",
    DigestState.DUE: "none",
    DigestState.WRITTEN: "none",
}
# A mail brings its own styles and pictures, and may do nothing else.
OF_A_MAIL = {
    "img-src": ["data:"],
    "style-src": ["'unsafe-inline'"],
    "script-src": [NONE],
    "connect-src": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
}


@dataclass(frozen=True, slots=True)
class Last:
    """How the latest mail of a subscription fared."""

    mark: str
    state: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    pk: int
    about: str
    when: str
    active: bool
    pause: str
    note: str
    next_at: datetime | None
    last: Last | None


def door(view: Callable[..., None]) -> Callable[..., HttpResponse]:
    """A POST on one's own subscription; another's is not there."""

    @login_required
    @require_POST
    @wraps(view)
    def checked(request: MemberRequest, subscription_id: int) -> HttpResponse:
        try:
            view(request, subscription_id)
        except subscriptions.NotHere as stranger:
            raise Http404 from stranger
        return redirect("subscriptions")

    return checked


@login_required
@require_GET
def subscription_list(request: MemberRequest) -> HttpResponse:
    rows = [row_of(one) for one in subscriptions_of(request.person)]
    return render(request, "insight/subscriptions.html", {"rows": rows, "zone": request.user.zone})


@login_required
@require_http_methods(["GET", "POST"])
def subscription_new(request: MemberRequest) -> HttpResponse:
    """Ask for a mail; the address brings what was looked at."""
    side = side_of_session(request)
    kind = {"side": side, "zone": request.user.zone}
    form = SubscriptionForm(request.POST or None, initial=looked_at(request), **kind)
    if request.method == "POST" and form.is_valid():
        made = _tried(
            form,
            lambda: subscriptions.subscribe(
                person=request.person, side=side, now=clock.now(), **form.wanted()
            ),
        )
        if made:
            messages.success(request, _("Subscribed. The first mail comes %(when)s.") % {"when": when(made)})
            return redirect("subscriptions")
    return render(request, "insight/subscription.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def subscription(request: MemberRequest, subscription_id: int) -> HttpResponse:
    """Change one's own subscription."""
    one = _own(request, subscription_id)
    form = SubscriptionForm(
        request.POST or None, initial=initial_of(one), side=one.side, zone=request.user.zone
    )
    if request.method == "POST" and form.is_valid():
        changed = _tried(
            form,
            lambda: subscriptions.change(
                subscription_id=subscription_id, person=request.person, now=clock.now(), **form.wanted()
            ),
        )
        if changed:
            messages.success(request, _("Saved."))
            return redirect("subscriptions")
    context = {"form": form, "subscription": one, "about": about(one)}
    return render(request, "insight/subscription.html", context)


@door
def subscription_pause(request: MemberRequest, subscription_id: int) -> None:
    subscriptions.pause(subscription_id=subscription_id, person=request.person)
    messages.success(request, _("Paused: no mail goes out until you resume it."))


@door
def subscription_resume(request: MemberRequest, subscription_id: int) -> None:
    subscriptions.resume(subscription_id=subscription_id, person=request.person, now=clock.now())
    messages.success(request, _("Resumed: the next mail comes at its hour."))


@door
def subscription_delete(request: MemberRequest, subscription_id: int) -> None:
    subscriptions.delete(subscription_id=subscription_id, person=request.person)
    messages.success(request, _("Deleted."))


@door
def subscription_now(request: MemberRequest, subscription_id: int) -> None:
    try:
        subscriptions.send_now(subscription_id=subscription_id, person=request.person, now=clock.now())
    except subscriptions.Paused:
        messages.error(request, _("This subscription is paused. Resume it first."))
    else:
        messages.success(request, _("On its way to %(email)s.") % {"email": request.user.email})


@login_required
@require_GET
@csp_replace({"frame-src": [SELF]})  # type: ignore[arg-type]  # behind the person's middleware
def subscription_preview(request: MemberRequest, subscription_id: int) -> HttpResponse:
    one = _own(request, subscription_id)
    return render(request, "insight/preview.html", {"subscription": one, "about": about(one)})


@login_required
@require_GET
@never_cache
@xframe_options_sameorigin
@csp_replace(OF_A_MAIL)  # type: ignore[arg-type]  # behind the person's middleware
def subscription_mail(request: MemberRequest, subscription_id: int) -> HttpResponse:
    """The mail as it would be written now, for the frame of the preview."""
    mail = digests.preview(_own(request, subscription_id), now=clock.now())
    html = mail.html.replace("<head>", '<head><base target="_blank">', 1)
    for picture in mail.pictures:
        data = base64.b64encode(picture.png).decode()
        html = html.replace(f"cid:{picture.cid}", f"data:image/png;base64,{data}")
    return HttpResponse(html)


def looked_at(request: MemberRequest) -> dict[str, Any]:
    """What the address says that was looked at, as the form begins with."""
    query = request.GET

    def several(name: str) -> list[str]:
        return [one for text in query.getlist(name) for one in text.split(",") if one]

    return {
        "what": query.get("what", "overview"),
        "kpi": query.get("kpi", ""),
        "stage": query.get("stage", ""),
        "mine": bool(query.get("mine")),
        "suppliers": several("supplier"),
        "customer": query.get("customer", ""),
        "parts": [one for one in query.getlist("part") if one],
        "language": request.user.language,
    }


def initial_of(one: Subscription) -> dict[str, Any]:
    days = {"weekly": "day_of_week", "monthly": "day_of_month"}
    day = {days[one.rhythm]: one.day} if one.rhythm in days else {}
    same = {name: getattr(one, name) for name in ("what", "rhythm", "hour", "language")}
    return one.filters | same | day


def row_of(one: Subscription) -> Row:
    latest: Sequence[Digest] = one.latest  # type: ignore[attr-defined]  # by `subscriptions_of`
    return Row(
        pk=one.pk,
        about=about(one),
        when=when(one),
        active=one.is_active,
        pause=one.get_pause_reason_display(),
        note=one.pause_note,
        next_at=one.next_at,
        last=last_of(latest[0]) if latest else None,
    )


def last_of(digest: Digest) -> Last:
    waits = digest.state == DigestState.WRITTEN and digest.letter and digest.letter.last_answer
    return Last(
        mark=MARKS[DigestState(digest.state)],
        state=digest.get_state_display(),
        reason=digest.get_reason_display() or (digest.letter.last_answer if waits and digest.letter else ""),
        at=digest.finished_at or digest.due_at,
    )


def _own(request: MemberRequest, subscription_id: int) -> Subscription:
    one = subscriptions_of(request.person).filter(pk=subscription_id)
    found = one.select_related("person__user", "person__organisation").first()
    if found is None:
        raise Http404
    return found


def _tried(form: SubscriptionForm, write: Callable[[], Subscription]) -> Subscription | None:
    """Return what a service wrote; what it refuses stands on the form, and None comes back."""
    try:
        return write()
    except subscriptions.Unfit as unfit:
        form.blame(unfit)
    except subscriptions.AlreadySubscribed:
        form.add_error(None, _("You get a mail about this already. Change that one instead."))
    except subscriptions.NoAddress:
        form.add_error(None, _("Your login has no e-mail address to which a mail could go."))
    return None
