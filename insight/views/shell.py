"""The shell around every page: who looks as whom, where they may go, what waits for them."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core import formatting
from core.chips import Choice
from core.shell import Entry, Seat, Section, Shell, is_here
from insight.queries.saved_views import views_of
from insight.views.asking import count_to_send
from insight.views.work import count_tasks, count_warnings
from intake.queries import uploads_that_wait
from suppliers.access import Person, PersonRequest
from suppliers.queries import people_of_user
from suppliers.queries.seats import CUSTOMER, SUPPLIER, side_of_session, sides_of_session

THEMES = ("light", "dark")

# label, address, icon, key, label on a phone's tab (blank: no tab)
OVERVIEW = (_("Overview"), "/overview/", "overview", "o", _("Overview"))
HOME = (_("Home"), "/", "home", "o", _("Home"))
SUPPLIERS = (_("Suppliers"), "/suppliers/", "supplier", "s", "")
PARTS = (pgettext_lazy("page", "Parts"), "/parts/", "part", "p", pgettext_lazy("tab", "Parts"))
LOTS = (_("Lots"), "/lots/", "lot", "l", _("Lots"))
GAUGES = (_("Gauge studies"), "/gauges/", "gauge", "m", "")
TURNOVER = (_("Turnover"), "/inventory/", "inventory", "i", "")
WARNINGS = (_("Warnings"), "/warnings/", "warning", "w", "")
TASKS = (_("Improvement tasks"), "/tasks/", "task", "t", _("Tasks"))
PROGRAMMES = (_("Programmes"), "/programmes/", "programme", "c", "")
UPLOADS = (_("Uploads"), "/uploads/", "upload", "u", _("Upload"))
REQUESTS = (_("Data requests"), "/requests/", "request", "", "")
DEFINITIONS = (_("Definitions"), "/definitions/", "definition", "", "")
PEOPLE = (_("People and invitations"), "/people/", "people", "", "")
SHARING = (_("Who sees my data"), "/sharing/", "access", "", "")
MAILS = (_("Mail reports"), "/subscriptions/", "mail", "", "")

RAILS: dict[str, list[tuple[Any, list[tuple]]]] = {
    CUSTOMER: [
        ("", [OVERVIEW, WARNINGS]),
        (_("Quality"), [SUPPLIERS, PARTS, LOTS, GAUGES]),
        (_("Inventory"), [TURNOVER]),
        (_("Improvement"), [TASKS, PROGRAMMES]),
        (_("Data"), [UPLOADS, REQUESTS, MAILS, DEFINITIONS, PEOPLE, SHARING]),
    ],
    SUPPLIER: [
        ("", [HOME, UPLOADS, REQUESTS, WARNINGS, TASKS, PROGRAMMES]),
        (_("My data"), [LOTS, PARTS, GAUGES, TURNOVER]),
        (_("Reference"), [MAILS, DEFINITIONS, SHARING, PEOPLE]),
    ],
}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what the base template draws; without a person only the colours."""
    theme = request.COOKIES.get("theme", "")
    context: dict[str, Any] = {"theme": theme if theme in THEMES else ""}
    if getattr(request, "person", None) is None:
        return context
    return context | {"shell": shell_of(request)}  # type: ignore[arg-type]  # behind the person's middleware


def shell_of(request: PersonRequest) -> Shell:
    person = request.person
    assert person is not None
    side = side_of_session(request)
    waiting = waiting_of(request) if person.may_upload else {}
    waiting["/tasks/"] = count_tasks(request)
    waiting["/warnings/"] = count_warnings(request, as_customer=side == CUSTOMER)
    closed = () if person.may_upload else (UPLOADS,)
    sections = [
        Section(
            str(title), [entry_of(place, request.path, waiting) for place in places if place not in closed]
        )
        for title, places in RAILS[side]
    ]
    return Shell(
        organisation=name_of(person),
        person=str(person.user),
        sections=sections,
        tabs=[entry for section in sections for entry in section.entries if entry.short],
        seats=seats_of(request, side),
        simulated=person.organisation.simulated,
        single_keys=person.user.single_keys,
        saved=partial(saved_of, person),
        zone=formatting.offset(timezone.localtime()),
    )


def waiting_of(request: PersonRequest) -> dict[str, int]:
    """Count what waits for somebody who may hand in files, by the address where it is seen to."""
    return {"/uploads/": uploads_that_wait().count(), "/requests/": count_to_send(request)}


def entry_of(place: tuple, path: str, waiting: dict[str, int]) -> Entry:
    label, url, icon, key, short = place
    return Entry(
        label=str(label),
        url=url,
        icon=icon,
        short=str(short),
        key=key,
        waiting=waiting.get(url, 0),
        urgent=True,
        here=is_here(path, url) or (url == "/overview/" and path == "/"),
    )


def seats_of(request: PersonRequest, side: str) -> list[Seat]:
    """Every organisation of this login; one's own from both sides, where it has both."""
    person, sides = request.person, sides_of_session(request)
    assert person is not None
    if len(sides) < 2:
        seats = [Seat(name_of(person), person.pk, "", current=True)]
    else:
        as_side = {CUSTOMER: gettext("%(name)s, as customer"), SUPPLIER: gettext("%(name)s, as supplier")}
        seats = [
            Seat(as_side[one] % {"name": name_of(person)}, person.pk, one, current=one == side)
            for one in sides
        ]
    others = (one for one in people_of_user(person.user) if one.pk != person.pk)
    return seats + [Seat(name_of(one), one.pk, "", current=False) for one in others]


def saved_of(person: Person) -> list[Choice]:
    """Return the views that a person keeps."""
    return [Choice(one.name, reverse("saved-view", args=[one.pk])) for one in views_of(person)]


def name_of(person: Person) -> str:
    """Return the name of a person's organisation in the reader's language."""
    return person.organisation.shown_name
