"""Addresses of warnings, improvement tasks and programmes."""

from django.urls import path

from improvement.views import (
    lists,
    opening,
    pages,
    programme,
    programme_edit,
    programme_lists,
    talk,
    warning_rules,
    warnings,
    writing,
)

urlpatterns = [
    path("warnings/", warnings.warning_list, name="warnings"),
    path("warnings/rules/", warning_rules.rules_page, name="warning-rules"),
    path("warnings/<int:warning_id>/", warnings.warning_page, name="warning"),
    path("warnings/<int:warning_id>/seen/", warnings.warning_see, name="warning-see"),
    path("warnings/<int:warning_id>/explain/", warnings.warning_explain, name="warning-explain"),
    path("warnings/<int:warning_id>/reopen/", warnings.warning_reopen, name="warning-reopen"),
    path("tasks/", lists.task_list, name="tasks"),
    path("tasks/new/", opening.task_new, name="task-new"),
    path("tasks/<int:task_id>/", pages.task_page, name="task"),
    path("tasks/<int:task_id>/edit/", writing.task_edit, name="task-edit"),
    path("tasks/<int:task_id>/steps/<str:code>/", writing.task_step, name="task-step"),
    path("tasks/<int:task_id>/start/", writing.task_start, name="task-start"),
    path("tasks/<int:task_id>/done/", writing.task_done, name="task-done"),
    path("tasks/<int:task_id>/close/", writing.task_close, name="task-close"),
    path("tasks/<int:task_id>/reopen/", writing.task_reopen, name="task-reopen"),
    path("tasks/<int:task_id>/comments/", talk.task_comment, name="task-comment"),
    path(
        "tasks/<int:task_id>/attachments/<int:attachment_id>/", talk.task_attachment, name="task-attachment"
    ),
    path("programmes/", programme.programme_list, name="programmes"),
    path("programmes/new/", programme_edit.programme_new, name="programme-new"),
    path("programmes/<slug:slug>/", programme.programme_page, name="programme"),
    path("programmes/<slug:slug>/edit/", programme_edit.programme_edit, name="programme-edit"),
    path("programmes/<slug:slug>/facts/", programme_edit.facts_edit, name="programme-facts"),
    path("programmes/<slug:slug>/pledge/", programme_edit.pledge_set, name="programme-pledge"),
    path(
        "programmes/<slug:slug>/pledge/withdraw/",
        programme_edit.pledge_withdraw,
        name="programme-pledge-withdraw",
    ),
    path("programmes/<slug:slug>/members/add/", programme_lists.member_add, name="programme-member-add"),
    path(
        "programmes/<slug:slug>/members/leave/", programme_lists.member_leave, name="programme-member-leave"
    ),
    path("programmes/<slug:slug>/tasks/add/", programme_lists.key_task_add, name="programme-task-add"),
    path(
        "programmes/<slug:slug>/tasks/remove/", programme_lists.key_task_remove, name="programme-task-remove"
    ),
    path("programmes/<slug:slug>/tasks/move/", programme_lists.key_task_move, name="programme-task-move"),
]
