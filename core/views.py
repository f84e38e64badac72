"""The pages for when something is not there, not allowed or broken."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from core import clock

logger = logging.getLogger(__name__)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours, with a code by which it is found in the log.

    The page is rendered without the shell: whatever failed may be what the shell needs.
    """
    code = f"{secrets.token_hex(2).upper()}-{clock.now():%m%d}"
    logger.exception("Code %s at %s", code, request.path)
    again = request.path if request.method == "GET" else "/"
    return HttpResponse(render_to_string("500.html", {"code": code, "path": again}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form was open too long; `reason` is for the log, not the reader."""
    logger.warning("CSRF: %s at %s", reason, request.path)
    return render(request, "403_csrf.html", status=403)
