"""Addresses of tasks and programmes."""

from django.urls import path

from improvement.views import programme, programme_edit

urlpatterns = [
    path("programmes/", programme.programme_list, name="programmes"),
    path("programmes/new/", programme_edit.programme_new, name="programme-new"),
    path("programmes/<slug:slug>/", programme.programme_page, name="programme"),
    path("programmes/<slug:slug>/edit/", programme_edit.programme_edit, name="programme-edit"),
    path("programmes/<slug:slug>/pledge/", programme_edit.pledge_set, name="programme-pledge"),
    path("programmes/<slug:slug>/members/add/", programme_edit.member_add, name="programme-member-add"),
    path("programmes/<slug:slug>/members/leave/", programme_edit.member_leave, name="programme-member-leave"),
    path("programmes/<slug:slug>/tasks/add/", programme_edit.key_task_add, name="programme-task-add"),
    path(
        "programmes/<slug:slug>/tasks/remove/", programme_edit.key_task_remove, name="programme-task-remove"
    ),
    path("programmes/<slug:slug>/tasks/move/", programme_edit.key_task_move, name="programme-task-move"),
]
