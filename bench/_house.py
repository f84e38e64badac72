"""What benches share: a database of their own, a small chain of companies, a table on the terminal."""

import argparse
import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("TONGPIN_TRIAL", "1")
os.environ["TONGPIN_CLOCK_DATE"] = "2026-06-30"  # the rows end here
os.environ["REDIS_URL"] = ""

PLAIN_STATIC = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nothing is collected


@dataclass(frozen=True)
class House:
    """Who is there: a customer's quality engineer, and suppliers with their partnerships and parts."""

    buyer: Any
    clerks: list[Any]
    partnerships: list[int]
    parts: list[tuple[int, str]]  # id and number; every supplier makes all of them


@contextmanager
def own_house(name: str, *, suppliers: int, parts: int) -> Iterator[House]:
    """Make a database beside the configured one, with that many suppliers and parts; drop it in the end."""
    with tempfile.TemporaryDirectory(prefix="tongpin-bench-") as folder:
        os.environ["TONGPIN_VAR_DIR"] = os.environ["TONGPIN_STATIC_ROOT"] = folder
        import django

        django.setup()
        from django.conf import settings
        from django.db import connection
        from django.test.utils import override_settings

        configured = connection.settings_dict["NAME"]
        connection.settings_dict["TEST"]["NAME"] = f"{configured}_bench_{name}"
        with redirect_stdout(sys.stderr):  # it tells of the cache table, and stdout is for the figures
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            with override_settings(STORAGES=settings.STORAGES | {"staticfiles": PLAIN_STATIC}):
                yield _cast(suppliers, parts)
        finally:
            connection.creation.destroy_test_db(configured, verbosity=0)


def _cast(suppliers: int, parts: int) -> House:
    from core import clock
    from core.text import folded
    from suppliers.access import looking_as_house
    from suppliers.models import Part
    from suppliers.services import make_organisation, make_partnership, make_person, make_supplies

    now = clock.now()
    customer, _ = make_organisation(code="LEAD", name="示例·总装", name_en="Sample Lead", now=now)
    buyer, _ = make_person(
        email="buyer@lead.example", organisation=customer, role="quality_engineer", now=now, language="en"
    )
    numbers = [f"{201001 + place:07}" for place in range(parts)]
    clerks, partnerships = [], []
    with looking_as_house("make the companies of a bench"):
        made = Part.objects.bulk_create(
            Part(customer=customer, number=number, number_key=folded(number), name=number, created_at=now)
            for number in numbers
        )
        for place in range(suppliers):
            code = f"S{place + 1:02}"
            supplier, _ = make_organisation(code=code, name=f"示例·{code}", now=now)
            partnership, _ = make_partnership(customer=customer, supplier=supplier, now=now)
            make_supplies(partnership_id=partnership.pk, part_ids=[part.pk for part in made], now=now)
            clerk, _ = make_person(
                email=f"clerk@{code.lower()}.example", organisation=supplier, role="uploader", now=now
            )
            clerks.append(clerk)
            partnerships.append(partnership.pk)
    return House(buyer, clerks, partnerships, [(part.pk, part.number) for part in made])


def intake_seconds(house: House, content: bytes, *, file_name: str, kind: str, rows: int) -> float:
    """Return how long a file takes until it is committed; raises RuntimeError unless every row is new."""
    from core import clock
    from intake.services.receive import Asked, receive_file
    from suppliers.access import looking_as

    clerk = house.clerks[0]
    with looking_as(clerk):
        began = time.monotonic()
        upload = receive_file(
            person=clerk,
            content=io.BytesIO(content),
            file_name=file_name,
            asked=Asked(kind=kind, stage="outgoing", partnership_id=house.partnerships[0]),
            now=clock.now(),
            seconds=None,
        )
        seconds = time.monotonic() - began
    if upload.state != "committed" or upload.counts["new"] != rows:
        raise RuntimeError(f"{upload.state}, {upload.counts}, {upload.refusal}")
    return seconds


def run(
    measure: Callable[..., tuple[list[list[str]], dict[str, Any]]],
    description: str,
    add_options: Callable[[argparse.ArgumentParser], None] | None = None,
) -> None:
    """Measure, and print the table, or with ``--json`` the figures.

    With `add_options` the bench has options of its own, and `measure` is given them.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print one JSON document for machines")
    if add_options is not None:
        add_options(parser)
    options = parser.parse_args()
    table, figures = measure(options) if add_options is not None else measure()
    if options.json:
        print(json.dumps(figures))
        return
    from core.terminal import aligned

    print(description)
    for line in aligned(table):
        print(line)


def quantile(seconds: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of the values does not exceed."""
    ordered = sorted(seconds)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]
