"""Idempotency-Key: a POST that is sent again is answered as it was the first time, and done once."""

import hashlib
import json
from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.lease import LeaseLost, kept
from core.openapi import PROBLEM
from suppliers.access import PersonRequest
from suppliers.services import once as keys
from suppliers.services.once import Answer, Attempt

HEADER = "Idempotency-Key"
Handler = Callable[..., HttpResponseBase]


def once(*, in_steps: bool = False) -> Callable[[Handler], Handler]:
    """Have a view's POST take an Idempotency-Key; the innermost decorator.

    What it does is one transaction with its answer. With `in_steps` it has transactions of its own: the view
    finds its `Attempt` by `attempt_of`, and goes on where an earlier one died.

    Every answer below 500 is kept but 409, which tells of a state that passes.
    """

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def answered(view: APIView, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            key = request.headers.get(HEADER, "").strip()
            if request.method != "POST" or not key:
                return handler(view, request, *args, **kwargs)
            try:
                known = _begin(request, key)
                if isinstance(known, Answer):
                    return _in_http(known, again=True)
                request._request.attempt = known  # type: ignore[attr-defined]  # read by `attempt_of`
                with kept(known.lease):
                    return _first(
                        view, request, known, lambda: handler(view, request, *args, **kwargs), in_steps
                    )
            except (keys.StillRunning, LeaseLost):
                told = _("The first request with this Idempotency-Key is still being worked on.")
                return _problem(status.HTTP_409_CONFLICT, "still_running", told)
            except keys.KeyReused:
                told = _("This Idempotency-Key came with another request.")
                return _problem(status.HTTP_422_UNPROCESSABLE_ENTITY, "key_reused", told)

        answered.takes_idempotency_key = True  # type: ignore[attr-defined]  # `core.openapi` tells of it
        return answered

    return decorate


def attempt_of(request: Request) -> Attempt | None:
    """Return the attempt that a request is; None where it came without a key."""
    return getattr(request._request, "attempt", None)


def _begin(request: Request, key: str) -> Answer | Attempt:
    asking = cast("PersonRequest", request._request)
    assert asking.person is not None  # `IsPerson` saw to it
    try:
        return keys.begin(person=asking.person, api_key=asking.api_key, key=key, asked=_hash_of(request))
    except keys.KeyUnfit as unfit:
        told = _("A key is at most %(n)s visible ASCII characters long.") % {"n": keys.LONGEST_KEY}
        raise ValidationError({HEADER: told}) from unfit


def _first(
    view: APIView, request: Request, attempt: Attempt, work: Callable[[], Any], in_steps: bool
) -> HttpResponseBase:
    """Do the work and keep what it is answered; what a view refuses did nothing."""
    try:
        with nullcontext() if in_steps else transaction.atomic():
            return _kept(view, request, attempt, work())
    except (APIException, Http404, PermissionDenied) as refused:
        return _kept(view, request, attempt, view.handle_exception(refused))
    except LeaseLost:
        raise
    except Exception:
        attempt.let_go()
        raise


def _kept(view: APIView, request: Request, attempt: Attempt, response: Response) -> HttpResponseBase:
    if response.status_code == status.HTTP_409_CONFLICT or response.status_code >= 500:
        attempt.let_go()
        return response
    renderer = cast("Any", request).accepted_renderer
    body = b"" if response.data is None else renderer.render(response.data, None, view.get_renderer_context())
    answer = Answer(response.status_code, body.decode())
    attempt.keep(answer)
    return _in_http(answer)


def _in_http(answer: Answer, *, again: bool = False) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status, content_type="application/json")
    if again:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _problem(code: int, name: str, told: str) -> HttpResponse:
    """Answer as RFC 9457 says, with the members that every error of this API has."""
    errors = [{"code": name, "detail": told, "attr": HEADER}]
    body = {"type": "client_error", "title": told, "status": code, "detail": told, "errors": errors}
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=code, content_type=PROBLEM)
    if code == status.HTTP_409_CONFLICT:
        response.headers["Retry-After"] = "1"
    return response


def _hash_of(request: Request) -> str:
    """Return the SHA-256 of a request: its address, its fields, and each file by name and SHA-256."""
    data: Any = request.data
    if isinstance(data, QueryDict):
        data = {name: [_told(value) for value in values] for name, values in data.lists()}
    written = json.dumps([request.method, request.get_full_path(), data], sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()


def _told(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return [value.name, digest.hexdigest()]
