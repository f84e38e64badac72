"""The pages for when something is not there, not allowed or broken."""

import logging
import secrets
import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.views.defaults import page_not_found

from core import clock

logger = logging.getLogger(__name__)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that nothing is here; what is foreign is answered by the same words as what never was."""
    if request.path.startswith("/api/"):
        nothing = {"code": "not_found", "detail": gettext("Not found."), "attr": None}
        return JsonResponse({"type": "client_error", "errors": [nothing]}, status=404)
    return page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours, with a code by which it is found in the log.

    The page is rendered without the shell: whatever failed may be what the shell needs.
    """
    code = f"{secrets.token_hex(2).upper()}-{clock.now():%m%d}"
    # Django calls this while the exception is being handled.
    logger.error("Code %s at %s", code, request.path, exc_info=sys.exc_info())
    again = request.path if request.method == "GET" else "/"
    return HttpResponse(render_to_string("500.html", {"code": code, "path": again}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form was open too long; `reason` is for the log, not the reader."""
    logger.warning("CSRF: %s at %s", reason, request.path)
    return render(request, "403_csrf.html", status=403)
