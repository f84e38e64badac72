"""Letters that went out for one's organisation, and how each fared: never what they say."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from outbox.queries import LetterState, letters_of
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
def letters(request: MemberRequest) -> HttpResponse:
    """The letters of one's organisation, for those who manage its people."""
    if not request.person.may_manage_people:
        raise PermissionDenied
    found = letters_of(request.person.organisation_id)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "kind": KINDS.get(letter.subject_key.partition(":")[0], _("Notice")),
            "letter": letter,
            "mark": MARKS.get(LetterState(letter.state), "bad"),
        }
        for letter in page
    ]
    return render(request, "suppliers/letters.html", {"rows": rows, "pages": page})
