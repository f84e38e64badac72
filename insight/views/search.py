"""Search: exact numbers first, then everything that mentions them, by kind."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core import formatting
from core.lead import Lead, joined
from core.text import folded
from insight.queries.search import Hits, search
from insight.views.work import name_of
from suppliers.access import PersonRequest
from suppliers.queries.seats import CUSTOMER, side_of_session


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: its kind, its name, what is known about it, where it opens."""

    kind: str
    name: str
    text: str
    url: str


@require_GET
@login_required
def search_page(request: PersonRequest) -> HttpResponse:
    """Find a lot, a part, a supplier or a task; a number that is exactly one lot's opens it."""
    assert request.person is not None
    words, own = request.GET.get("q", "").strip(), request.person.organisation.code
    as_customer = side_of_session(request) == CUSTOMER
    customer, suppliers = (own, None) if as_customer else (None, [own])
    found = search(words, customer=customer, suppliers=suppliers)
    exact = [lot for lot in found.lots if folded(words) in {lot.number_key, lot.customer_number_key}]
    if len(exact) == 1 and found.count == 1:
        return HttpResponseRedirect(reverse("lot", args=[exact[0].pk]))
    page = {
        "q": words,
        "lead": Lead(joined(lead(words, found))),
        "hits": hits(found, as_customer=as_customer),
    }
    return render(request, "insight/search.html", {"page": page})


def lead(words: str, found: Hits) -> str:
    if not words:
        return _(
            "Type a lot number, a part number or name, a supplier, a task. Names are found by their pinyin too."
        )
    if not found.count:
        return _("Nothing is called “%(words)s”, or it is not shared with you.") % {"words": words}
    told = ngettext("%(n)s place mentions “%(words)s”.", "%(n)s places mention “%(words)s”.", found.count)
    return told % {"n": formatting.decimal(found.count), "words": words}


def hits(found: Hits, *, as_customer: bool) -> list[Hit]:
    lots = [
        Hit(_("Lot"), lot.number, about_lot(lot, as_customer=as_customer), reverse("lot", args=[lot.pk]))
        for lot in found.lots
    ]
    parts = [
        Hit(
            _("Part"),
            part.number,
            formatting.in_language(part.name, part.name_en),
            reverse("part", args=[part.pk]),
        )
        for part in found.parts
    ]
    suppliers = [
        Hit(_("Supplier"), name_of(one), one.supplier_code, reverse("supplier", args=[one.supplier_code]))
        for one in found.suppliers
    ]
    tasks = [
        Hit(_("Task"), f"{one.shown_number} {one.title}", about_task(one), reverse("task", args=[one.pk]))
        for one in found.tasks
    ]
    return lots + parts + suppliers + tasks


def about_task(task) -> str:
    """Return a task's state and until when it is due."""
    return f"{task.get_state_display()} · {formatting.day(task.due_date)}"


def about_lot(lot, *, as_customer: bool) -> str:
    """Return a lot's part and the other end of its partnership."""
    end = lot.partnership.supplier if as_customer else lot.partnership.customer
    part = f"{lot.part.number} {formatting.in_language(lot.part.name, lot.part.name_en)}".strip()
    return f"{part} · {formatting.in_language(end.name, end.name_en)}"
