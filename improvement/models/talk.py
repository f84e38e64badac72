"""What people say, attach and change on a task. A row marked "only my organisation" is nobody else's."""

from django.db import models
from django.utils.translation import pgettext_lazy

from core.scope import ScopedManager
from improvement.models.task import Task, in_view


class EventKind(models.TextChoices):
    OPENED = "opened", pgettext_lazy("history of a task", "opened the task")
    EDITED = "edited", pgettext_lazy("history of a task", "changed")
    STEP = "step", pgettext_lazy("history of a task", "wrote step")
    STEP_DONE = "step_done", pgettext_lazy("history of a task", "finished step")
    STEP_REOPENED = "step_reopened", pgettext_lazy("history of a task", "reopened step")
    STATE = "state", pgettext_lazy("history of a task", "set the state")
    COMMENTED = "commented", pgettext_lazy("history of a task", "commented")
    ATTACHED = "attached", pgettext_lazy("history of a task", "attached")


class TaskComment(models.Model):
    """Something said on a task, to both sides unless it is kept to one's own organisation."""

    partnership = models.ForeignKey("suppliers.Partnership", models.PROTECT, related_name="+", db_index=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="comments")
    organisation = models.ForeignKey("suppliers.Organisation", models.PROTECT, related_name="+")
    written_by = models.ForeignKey("suppliers.Person", models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    text = models.TextField()
    own_only = models.BooleanField(default=False)

    objects = ScopedManager.over(models.QuerySet, visible=in_view)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "id"], name="improvement_task_comment_parent"),
        ]


class TaskAttachment(models.Model):
    """A file on a task; its bytes lie in the storage under their SHA-256 and are only ever downloaded."""

    partnership = models.ForeignKey("suppliers.Partnership", models.PROTECT, related_name="+", db_index=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="attachments")
    comment = models.ForeignKey(
        TaskComment, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    organisation = models.ForeignKey("suppliers.Organisation", models.PROTECT, related_name="+")
    added_by = models.ForeignKey("suppliers.Person", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    own_only = models.BooleanField(default=False)
    file_name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64, db_collation="C")
    size = models.PositiveBigIntegerField()

    objects = ScopedManager.over(models.QuerySet, visible=in_view)


class TaskEvent(models.Model):
    """Who did what to a task, when, from what to what."""

    partnership = models.ForeignKey("suppliers.Partnership", models.PROTECT, related_name="+", db_index=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=14, choices=EventKind)
    at = models.DateTimeField()
    by = models.ForeignKey("suppliers.Person", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("suppliers.Organisation", models.PROTECT, related_name="+")
    own_only = models.BooleanField(default=False)
    field = models.CharField(max_length=40, blank=True)  # a field of the task, or the code of a step
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    objects = ScopedManager.over(models.QuerySet, visible=in_view)

    class Meta:
        indexes = [models.Index(fields=["task", "at"], name="improvement_task_event_when")]
