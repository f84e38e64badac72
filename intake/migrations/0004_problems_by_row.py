from django.db import migrations, models

# Of problems that were listed a cell each, the first of a row counts it.
FIRST_COUNTS = """
UPDATE intake_problem SET rows = 0
WHERE row IS NOT NULL
  AND id NOT IN (SELECT DISTINCT ON (upload_id, sheet, row) id FROM intake_problem ORDER BY upload_id, sheet, row, id)
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_phase_of_the_work")]

    operations = [
        migrations.AddField("problem", "rows", models.PositiveIntegerField(default=1)),
        migrations.RunSQL(FIRST_COUNTS, migrations.RunSQL.noop),
    ]
