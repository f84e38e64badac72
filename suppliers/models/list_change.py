"""What a list upload made or changed, kept so that the upload can be taken back."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class ListChange(models.Model):
    """One row that a commit of a list made (`before` is null) or changed."""

    commit_id = models.BigIntegerField()  # of intake; a number, since imports point down
    table = models.CharField(max_length=40)  # a model's name in this app
    row_id = models.BigIntegerField()
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(encoder=DjangoJSONEncoder)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["commit_id"], name="suppliers_list_change_commit")]
