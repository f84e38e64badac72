"""What every page of tasks does at its door: who may, and what a refusal is in HTTP."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase

from improvement import access, queries, services
from improvement.models import Task
from suppliers.access import MemberRequest, Person


def door(view: Callable[..., HttpResponseBase]) -> Callable[..., Any]:
    """Let somebody in who is logged in; what the services refuse becomes what HTTP says."""

    @login_required
    @wraps(view)
    def checked(request: MemberRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (services.TaskNotYours, services.WarningNotYours) as stranger:
            raise Http404 from stranger
        except services.MayNotWrite as forbidden:
            raise PermissionDenied from forbidden

    return checked


def task_or_404(task_id: int) -> Task:
    task = queries.task_or_none(task_id)
    if task is None:
        raise Http404
    return task


def task_to_write(
    task_id: int,
    request: MemberRequest,
    *,
    may: Callable[[Person, access.Ends], bool] = access.may_edit,
) -> Task:
    """Return a task that this person may change, or whatever `may` asks."""
    task = task_or_404(task_id)
    if not may(request.person, ends_of(task)):
        raise PermissionDenied
    return task


def ends_of(task: Task) -> access.Ends:
    return access.Ends(task.partnership.customer_id, task.partnership.supplier_id)
