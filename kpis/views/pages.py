"""Pages of figures: the passport of a number, and what each KPI means."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kpis import definitions
from kpis.filters import View, read_view
from kpis.queries import wording
from kpis.queries.evaluate import CHOICES, QuestionMakesNoSense
from kpis.queries.passport import Passport, passport
from kpis.views.figures import rows_label
from suppliers.access import PersonRequest


@require_GET
@login_required
def passport_page(request: PersonRequest, name: str) -> HttpResponse:
    """The passport of a figure: a fragment for the popover, a whole page without script."""
    view = read_view(request)
    asked = view.what | {"stage": request.GET.get("stage")}
    try:
        # The filters of a page go with every figure of it: one that a KPI does not have says nothing of it.
        options = set(CHOICES) & set(definitions.definition(name).options)
        asked |= {option: request.GET[option] for option in options if request.GET.get(option)}
        found = passport(name, **asked)
    except (definitions.UnknownKpi, QuestionMakesNoSense) as stranger:
        raise Http404 from stranger
    part_only = "HX-Request" in request.headers
    template = "kpis/_passport.html" if part_only else "kpis/passport.html"
    context = {"passport": in_words(found, view, name), "fragment": part_only}
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def in_words(found: Passport, view: View, name: str) -> dict[str, object]:
    """Put a passport into what its template shows."""
    one = found.reading
    quotient = wording.written_quotient(one)
    link = settings.SITE_URL + view.of_figure(reverse("passport", args=[name]), stage=one.stage)
    return {
        "title": wording.title(one),
        "version": one.version,
        "preliminary": one.preliminary,
        "written": wording.written(one) if one.value is not None else "",
        "sum": f" = {quotient}" if quotient else "",
        "reason": one.reason_text,
        "facts": list(wording.facts(found)),
        "rows_url": one.rows_path if one.value is not None else "",
        "rows_label": rows_label(one.n_lots),
        "task_url": view.of_figure(reverse("task-new"), base=None, kpi=name, stage=one.stage),
        "copy": wording.copy_line(found, link=link),
        "subscribe_url": view.address(reverse("subscription-new"), what="kpi", kpi=name, stage=one.stage),
        "definition_url": reverse("definition", args=[name, one.version]),
    }


@require_GET
@login_required
def definition_list(request: PersonRequest) -> HttpResponse:
    """All KPIs by their newest definition."""
    newest = [definitions.definition(name) for name in definitions.names()]
    return render(request, "kpis/definitions.html", {"definitions": newest})


@require_GET
@login_required
def definition_page(request: PersonRequest, name: str, version: int) -> HttpResponse:
    """One version of one definition, with the way to the others."""
    try:
        shown = definitions.definition(name, version)
    except definitions.UnknownKpi as stranger:
        raise Http404 from stranger
    context = {
        "definition": shown,
        "least": least_in_words(shown),
        "older": [other for other in definitions.versions(name) if other.version < version],
    }
    return render(request, "kpis/definition.html", context)


def least_in_words(definition: definitions.Definition) -> str:
    """Say from how many on a figure is no longer preliminary."""
    if not definition.least_n:
        return ""
    words = {
        "lots": _("below %(n)s lots"),
        "events": _("below %(n)s events"),
        "lines": _("below %(n)s lines"),
        "pairs": _("below %(n)s lots that both inspected"),
    }
    return words[definition.least_of] % {"n": definition.least_n}
