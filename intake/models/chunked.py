"""Large files that come in chunks."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from core.scope import ScopedManager
from intake.models.upload import Upload, sent_by_me


class ChunkedFile(models.Model):
    """A file of which so many bytes are on the disk: a connection that is cut does not undo them.

    Its times are the database's own, as those of a lease.
    """

    sender = models.ForeignKey("suppliers.Organisation", models.PROTECT, related_name="+")
    sent_by = models.ForeignKey("suppliers.Person", models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    size = models.BigIntegerField()  # bytes it will have
    received = models.BigIntegerField(default=0)  # bytes on the disk
    sha256 = models.CharField(max_length=64, blank=True, db_collation="C")  # announced, or blank
    # Whose turn it is to write: a chunk that hangs in a dead connection writes no more once another has begun.
    turn = models.PositiveIntegerField(default=0)
    upload = models.OneToOneField(Upload, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    touched_at = models.DateTimeField(db_default=Now())

    objects = ScopedManager.over(models.QuerySet, visible=sent_by_me)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(received__gte=0, received__lte=F("size")), name="intake_chunked_within_size"
            ),
            models.CheckConstraint(
                condition=Q(upload=None) | Q(received=F("size")), name="intake_chunked_whole_before_upload"
            ),
        ]
