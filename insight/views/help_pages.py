"""Help: short texts for those who send data and those who read figures, in both languages.

A text is a template of its language in `templates/insight/help/`; both have the same headings (a test).
"""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from core import formatting


@dataclass(frozen=True, slots=True)
class Topic:
    """A help page: the end of its address, its title, and what it answers."""

    name: str
    title: str | Promise
    answers: str | Promise


TOPICS: dict[str | Promise, list[Topic]] = {
    _("Sending data"): [
        Topic("upload", _("Hand in data"), _("Which files, what happens to them, what to look at.")),
        Topic("mend", _("Mend what is wrong"), _("On the page or in Excel; the good rows go first.")),
        Topic("templates", _("Templates"), _("For those who have no sheet of their own.")),
        Topic("rules", _("What is checked"), _("Required columns, stages, lots that come again.")),
        Topic("undo", _("Undo an upload"), _("What it brings back, and what stays readable.")),
        Topic(
            "erp",
            _("From an ERP, by itself"),
            _("Which Kingdee or Yonyou report; a folder that sends itself."),
        ),
        Topic("sharing", _("Who sees my data"), _("My customer, not its other suppliers; my files, nobody.")),
    ],
    _("Reading figures"): [
        Topic(
            "figures", _("Figures and their readings"), _("Pass rate, PPM, turnover; when a change counts.")
        ),
        Topic(
            "passports", _("Passports, views and Excel"), _("From a number to its rows, and into a report.")
        ),
        Topic("worklist", _("What needs me today"), _("What comes first, on what evidence, my suppliers.")),
        Topic(
            "warnings",
            pgettext_lazy("help", "Warnings"),
            _("What is found, what to do with it, how often rules err."),
        ),
        Topic("tasks", pgettext_lazy("help", "Tasks"), _("8D and others, both sides on one page.")),
        Topic(
            "gauges", _("Gauge studies"), _("How a study is handed in, what it says, what is not covered.")
        ),
        Topic(
            "charts", _("Control charts and capability"), _("Which chart, run rules, decisions, Cpk and Ppk.")
        ),
        Topic(
            "sampling",
            _("Acceptance sampling"),
            _("How many to take, when to accept, why tightened or reduced."),
        ),
        Topic("mails", _("Mail reports"), _("Subscribe, what a mail holds, unsubscribe.")),
    ],
}


@require_GET
def help_list(request: HttpRequest) -> HttpResponse:
    return render(request, "insight/help.html", {"topics": TOPICS})


@require_GET
def help_page(request: HttpRequest, name: str) -> HttpResponse:
    """One text, with the way to the next."""
    topics = [topic for group in TOPICS.values() for topic in group]
    place = next((place for place, topic in enumerate(topics) if topic.name == name), None)
    if place is None:
        raise Http404
    context = {
        "topic": topics[place],
        "text": f"insight/help/{'zh' if formatting.is_chinese() else 'en'}/{name}.html",
        "next": topics[place + 1] if place + 1 < len(topics) else None,
    }
    return render(request, "insight/help_page.html", context)
