"""Load the trade's list of nonconformities; can run again."""

import csv
from pathlib import Path

from django.db import migrations

LIST = Path(__file__).resolve().parent.parent / "data" / "defects.csv"


def load(apps, schema_editor):
    codes = apps.get_model("quality", "DefectCode")
    with LIST.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            codes.objects.update_or_create(
                code=row["defect_code"],
                defaults={
                    "name": row["name_zh"],
                    "name_en": row["name_en"],
                    "family": row["process_family"],
                    "typical_class": row["typical_class"],
                    "synonyms": [word for word in row["synonyms_zh"].split(";") if word],
                },
            )


class Migration(migrations.Migration):
    dependencies = [("quality", "0002_corrections_undone_and_customers_lot_numbers")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
