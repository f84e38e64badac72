"""``headline``: the KPI table of the sample."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from core.terminal import aligned
from sample.services.headline import headline_table, supplier_table
from suppliers.access import looking_as_house


class Command(BaseCommand):
    help = "Print the KPIs of the sample: by supplier, and before and after."

    def handle(self, **options: Any) -> None:
        with translation.override("en"), looking_as_house("print the figures of the sample"):
            for table in (supplier_table(), headline_table()):
                self.stdout.write("")
                for line in aligned(table):
                    self.stdout.write(line)
        self.stdout.write("\nSimulated data: made-up companies, made-up figures.")
