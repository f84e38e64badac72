"""Letters know how many parts they were written with, and how often they had been tried when set going again.

Of older letters it is known where parts are still there (all or none are deleted), and where nothing was
deleted yet because they wait. The others keep none: whether they had any is not known. Can run again.
"""

from django.db import migrations, models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce


def count_parts(apps, schema_editor):
    letters, parts = (apps.get_model("outbox", name) for name in ("Letter", "LetterPart"))
    there = parts.objects.filter(letter=OuterRef("pk")).order_by().values("letter")
    known = Q(state="waiting") | Q(pk__in=parts.objects.values("letter"))
    count = Coalesce(Subquery(there.annotate(n=Count("pk")).values("n")), 0)
    letters.objects.filter(known, parts_written=None).update(parts_written=count)


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0003_parts_and_fates"),
    ]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="attempts_before",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="letter",
            name="parts_written",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.RunPython(count_parts, migrations.RunPython.noop),
    ]
