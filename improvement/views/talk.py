"""Comments and attachments on the page of a task."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.downloads import as_download
from core.text import number_or_none
from improvement import access, services
from improvement.forms.task import CommentForm
from improvement.queries.tasks import attachment_or_none
from improvement.services import files
from improvement.services.talking import Sent
from improvement.views.doors import door, ends_of, task_or_404
from improvement.views.pages import draw_page
from improvement.views.writing import to_task
from suppliers.access import MemberRequest

AROUND = 1024 * 1024  # bytes of a form beside its file
TOO_LARGE = 413


def refused_unread(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse a body that is too large by what its header says, before a byte of it is read.

    The token stands in the body, so it is asked for behind this: the refusal changes nothing.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def measured(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if body_size(request) > settings.ATTACHMENT_MAX_BYTES + AROUND:
            return door(too_large)(request, *args, **kwargs)
        return protected(request, *args, **kwargs)

    return measured


def body_size(request: Any) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return number_or_none(length) or 0


def too_large(request: MemberRequest, task_id: int) -> HttpResponse:
    try:
        files.refuse_too_large(body_size(request))
    except services.NotAttachable as told:
        form = CommentForm()
        return draw_page(
            request, task_or_404(task_id), status=TOO_LARGE, comment_form=form, comment_problem=str(told)
        )
    raise Http404


@require_POST
@refused_unread
@door
def task_comment(request: MemberRequest, task_id: int) -> HttpResponse:
    """Say something, with a file or without."""
    task = task_or_404(task_id)
    if not access.may_comment(request.person, ends_of(task)):
        raise services.MayNotWrite(task_id)
    form = CommentForm(request.POST, request.FILES)
    if not form.is_valid():
        return draw_page(request, task, comment_form=form)
    told = dict(form.cleaned_data)
    file = told.pop("file")
    sent = Sent(file.name, file, file.size) if file else None
    who: dict[str, Any] = {"task_id": task_id, "by": request.person, "now": clock.now()}
    try:
        if sent and not told["text"]:
            services.add_attachment(file=sent, own_only=told["own_only"], **who)
        else:
            services.add_comment(file=sent, **told, **who)
    except services.NotAttachable as unfit:
        form.add_error("file", str(unfit))
        return draw_page(request, task, comment_form=form)
    messages.success(request, _("Sent."))
    return to_task(task_id, "#talk")


@require_GET
@door
def task_attachment(request: MemberRequest, task_id: int, attachment_id: int) -> FileResponse:
    """Hand a file out to be saved: no browser is ever to show it as a page of ours."""
    attachment = attachment_or_none(task_id, attachment_id)
    if attachment is None:
        raise Http404
    return as_download(
        files.opened(attachment.sha256), name=attachment.file_name, content_type=attachment.content_type
    )
