"""Files on their way in. A file is its sender's: the sending organisation alone sees what is here."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.scope import Scope, ScopedManager


def sent_by_me(scope: Scope) -> Q:
    return Q(sender=scope.organisation)


def _of_my_upload(scope: Scope) -> Q:
    return Q(upload__sender=scope.organisation)


class Kind(models.TextChoices):
    INSPECTIONS = "inspections", _("Inspections")
    MEASUREMENTS = "measurements", _("Measurements")
    STOCK = "stock", _("Stock")
    MOVEMENTS = "movements", _("Movements")
    DELIVERIES = "deliveries", _("Deliveries")
    RETURNS = "returns", _("Returns")
    SUPPLIERS = "suppliers", _("Suppliers")
    PARTS = "parts", _("Parts")
    CHARACTERISTICS = "characteristics", _("Characteristics")
    GAUGE_STUDIES = "gauge_studies", _("Gauge studies")


class UploadState(models.TextChoices):
    RECEIVED = "received", _("Received")
    UNDERSTOOD = "understood", _("Understood")
    WAITING = "waiting", _("Waiting")  # for a person: a mapping, a mend, a choice
    COMMITTING = "committing", _("Committing")
    COMMITTED = "committed", _("Committed")
    REFUSED = "refused", _("Refused")
    UNDONE = "undone", _("Undone")


class Phase(models.TextChoices):
    """What a worker does with a file now, in this order; what it needs not do is left out."""

    READING = "reading", _("Reading")  # bytes to typed rows
    CHECKING = "checking", _("Checking")  # whose rows they are, which parts they name
    COMPARING = "comparing", _("Comparing")  # with what is stored
    WRITING = "writing", _("Writing")


class Upload(models.Model):
    """One file: its bytes by hash, what was understood, how far it came."""

    sender = models.ForeignKey("suppliers.Organisation", models.PROTECT, related_name="+")
    sent_by = models.ForeignKey("suppliers.Person", models.PROTECT, related_name="+")
    # With a partnership every row must belong to it; without, rows are routed one by one.
    partnership = models.ForeignKey(
        "suppliers.Partnership", models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=16, choices=Kind, blank=True)  # blank: to be recognised
    stage = models.CharField(max_length=8, blank=True)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, db_collation="C")
    size = models.BigIntegerField()  # bytes
    # How it was asked for: encoding, create, partial, mapping by name.
    options = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=UploadState, default=UploadState.RECEIVED)
    open_rows = models.PositiveIntegerField(default=0)  # rows that still wait for a mend
    # What was understood: sheets, headers, columns with field and confidence, questions, samples.
    understanding = models.JSONField(default=dict, blank=True)
    # What the person answered: mapping, choices of conflicts, values mended, names resolved.
    answers = models.JSONField(default=dict, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    refusal = models.JSONField(null=True, blank=True)  # rule and params, put into words when read
    phase = models.CharField(max_length=10, choices=Phase, blank=True, default="")  # of the work going on
    progress_done = models.PositiveBigIntegerField(default=0)  # rows in this phase
    progress_total = models.PositiveBigIntegerField(default=0)
    # The checked rows in the storage, written anew at each understanding.
    frame = models.CharField(max_length=120, blank=True, db_collation="C")
    # The commit that was asked for: its number, who asked, whether in part. A worker finishes it.
    planned = models.JSONField(null=True, blank=True)
    repairs = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="repaired_by")
    identical_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    bytes_gone_at = models.DateTimeField(null=True, blank=True)  # thrown away: see intake.services.keeping
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    crashes = models.PositiveSmallIntegerField(default=0)  # attempts that did not come to an end

    objects = ScopedManager.over(models.QuerySet, visible=sent_by_me)

    class Meta:
        indexes = [
            models.Index(fields=["sender", "sha256"], name="intake_upload_same_bytes"),
            models.Index(
                fields=["lease_until"],
                condition=Q(state__in=["received", "committing"]),
                name="intake_upload_to_do",
            ),
        ]


class Commit(models.Model):
    """One transaction of an upload: its good rows, then each repair. Its id stands on every row it made."""

    upload = models.ForeignKey(Upload, models.PROTECT, related_name="commits")
    number = models.PositiveSmallIntegerField()
    committed_by = models.ForeignKey("suppliers.Person", models.PROTECT, related_name="+")
    committed_at = models.DateTimeField()
    counts = models.JSONField(default=dict)
    partnerships = models.JSONField(default=list)  # ids whose rows it wrote, in order
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.over(models.QuerySet, visible=_of_my_upload)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "number"], name="intake_commit_once"),
        ]


class Problem(models.Model):
    """A cell or row that breaks a rule: code and parameters, put into words when read.

    The first hundred of each rule and column of an upload, with what else is wrong in their rows; the rest are
    counted on `count` of the first. `rows` of the first problem of a row counts that row, and rows that are not
    listed and begin alike; of the others it is 0. So the rows with problems are the sum of `rows`.
    """

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="problems")
    sheet = models.CharField(max_length=120, blank=True)
    row = models.PositiveIntegerField(null=True, blank=True)  # 1-based, as the person sees it
    column = models.CharField(max_length=8, blank=True)  # its letter
    field = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=500, blank=True)
    rule = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    count = models.PositiveIntegerField(default=1)
    rows = models.PositiveIntegerField(default=1)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.over(models.QuerySet, visible=_of_my_upload)

    class Meta:
        indexes = [models.Index(fields=["upload", "rule"], name="intake_problem_group")]
