"""Letters that went out for one's organisation, and how each fared: never what they say."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from core import clock, workbook
from core.lists import made_at
from core.text import number_or_none
from core.workbook import COUNT, LONG, MOMENT, Heading, Kind, Sheet, Workbook
from outbox import services as outbox
from outbox.queries import LetterState, letters_of
from suppliers import queries
from suppliers.access import MemberRequest

ON_A_PAGE = 50
MARKS = {LetterState.SENT: "good", LetterState.WAITING: "none", LetterState.UNCONFIRMED: "watch"}
# What stands before the colon of what a letter is about.
KINDS = {
    "digest": pgettext_lazy("letter", "Mail report"),
    "invitation": pgettext_lazy("letter", "Invitation"),
    "password_reset_key": pgettext_lazy("letter", "New password"),
    "task": pgettext_lazy("letter", "Improvement task"),
}


@login_required
@require_GET
def letters(request: MemberRequest) -> HttpResponseBase:
    """The letters of one's organisation, for those who manage its people."""
    if not request.person.may_manage_people:
        raise PermissionDenied
    found = letters_of(request.person.organisation_id)
    if request.GET.get("as") == "xlsx":
        return workbook.download(_workbook(found), day=clock.today_here())
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    here = queries.addresses_of(request.person.organisation_id)
    rows = [
        {
            "kind": kind_of(letter.subject_key),
            "letter": letter,
            "mark": MARKS.get(LetterState(letter.state), "bad"),
            "again": letter.goes_again and letter.to in here,
            "twice": letter.state == LetterState.UNCONFIRMED,
        }
        for letter in page
    ]
    return render(request, "suppliers/letters.html", {"rows": rows, "pages": page})


@login_required
@require_POST
def letter_again(request: MemberRequest, letter_id: int) -> HttpResponse:
    """Send a letter again that may not have arrived, to somebody who is still here."""
    person = request.person
    if not person.may_manage_people:
        raise PermissionDenied
    attempts = number_or_none(request.POST.get("attempts", ""))
    letter = letters_of(person.organisation_id).filter(pk=letter_id).first()
    if letter is None or attempts is None:
        raise Http404
    try:
        if letter.to not in queries.addresses_of(person.organisation_id):
            raise outbox.NotAgain
        again = outbox.send_again(
            letter_id=letter_id,
            organisation_id=person.organisation_id,
            attempts=attempts,
            now=clock.now(),
        )
    except outbox.NotAgain:
        messages.error(request, _("This letter cannot be sent again. Have a new one written."))
    else:
        told = _("It is sent again to %(email)s.") if again else _("It is on its way already.")
        messages.success(request, told % {"email": letter.to})
    return redirect("letters")


def _workbook(found: QuerySet) -> Workbook:
    headings = [
        Heading(pgettext("letter", "To"), Kind(str, width=30)),
        Heading(_("What")),
        Heading(pgettext("letter", "Written"), MOMENT),
        Heading(_("State"), Kind(str, width=28)),
        Heading(pgettext("letter", "Sent"), MOMENT),
        Heading(_("Tries"), COUNT),
        Heading(_("Last answer of the mail server"), LONG),
    ]
    rows = (
        [
            one.to, kind_of(one.subject_key), one.created_at, one.get_state_display(), one.sent_at, one.attempts,
            one.last_answer,
        ]
        for one in found.iterator()
    )  # fmt: skip
    title = _("Letters sent")
    return Workbook(title, made_at(reverse("letters")), [Sheet(title, headings, rows)])


def kind_of(subject_key: str) -> str:
    return str(KINDS.get(subject_key.partition(":")[0], _("Notice")))
