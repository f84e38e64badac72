from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_checked_rows_and_planned_commit")]

    operations = [
        migrations.AddField(
            "upload",
            "phase",
            models.CharField(
                max_length=10,
                blank=True,
                default="",
                choices=[
                    ("reading", "Reading"),
                    ("checking", "Checking"),
                    ("comparing", "Comparing"),
                    ("writing", "Writing"),
                ],
            ),
        ),
    ]
