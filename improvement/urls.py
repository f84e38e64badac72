"""Addresses of improvement tasks."""

from django.urls import path

from improvement.views import lists, opening, pages, talk, writing

urlpatterns = [
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
]
