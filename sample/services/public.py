"""Public data through the intake road: files as they were published, read by saved mappings.

`sample/public/readings.json` holds the mappings. A mapping may skip lines, name columns by position, join
columns into a lot number and set a constant; the files themselves are handed in byte for byte. What they
name and nobody knows yet, suppliers, parts and characteristics, is made by the commit.
"""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from intake.services import answer, commit, long_ago, mappings, receive
from sample.services.loading import NotTaken
from suppliers import access
from suppliers.access import Person
from suppliers.services import make_organisation, make_partnership, make_person

FOLDER = Path(__file__).resolve().parent.parent / "public"


@dataclass(frozen=True, slots=True)
class Publisher:
    """Whom a set of public files makes a customer of.

    Attributes
    ----------
    code : str
    name, name_en : str
        What the files are about.
    supplier : tuple of str
        Code, name and English name of the one supplier, where the files name none; else empty.
    """

    code: str
    name: str
    name_en: str
    supplier: tuple[str, str, str] | tuple[()] = ()


@dataclass(frozen=True, slots=True)
class PublicFile:
    """One file under one reading, and how it is handed in."""

    mapping: str  # name in readings.json
    customer: str
    stage: str = ""


PUBLISHERS = (
    Publisher("PUB-AW", "公开数据：AdventureWorks", "Public data: AdventureWorks"),
    Publisher(
        "PUB-SECOM",
        "公开数据：SECOM 半导体",
        "Public data: SECOM semiconductors",
        ("PUB-SECOM-LINE", "公开数据：SECOM 产线", "Public data: SECOM line"),
    ),
    Publisher(
        "PUB-NIST",
        "公开数据：NIST 数据集",
        "Public data: NIST datasets",
        ("PUB-NIST-SHOP", "公开数据：NIST 车间", "Public data: NIST shop"),
    ),
    Publisher("PUB-SCMS", "公开数据：SCMS 药品交付", "Public data: SCMS deliveries of medicine"),
    Publisher(
        "PUB-RETAIL",
        "公开数据：Online Retail 商店",
        "Public data: Online Retail shop",
        ("PUB-RETAIL-SRC", "公开数据：Online Retail 货源", "Public data: Online Retail sources"),
    ),
)
# Goods before what was found on them, as on any day.
FILES = (
    PublicFile("receipts as deliveries", "PUB-AW"),
    PublicFile("receipts as inspections", "PUB-AW", "incoming"),
    PublicFile("SECOM units", "PUB-SECOM", "outgoing"),
    PublicFile("NIST gear diameters", "PUB-NIST", "outgoing"),
    PublicFile("NIST wafers", "PUB-NIST", "outgoing"),
    PublicFile("SCMS deliveries", "PUB-SCMS"),
    PublicFile("Online Retail issues", "PUB-RETAIL"),
)


def load_public(*, now: Callable[[], datetime], done: Callable[[str], None]) -> int:
    """Hand in every public file as its customer's engineer, and return how many rows are new.

    Organisations, people and mappings that are missing are made. Again changes nothing.

    Raises NotTaken at the first file that is not committed whole.
    """
    readings = json.loads((FOLDER / "readings.json").read_text(encoding="utf-8"))
    senders = {one.code: _sender(one, now()) for one in PUBLISHERS}
    new = 0
    for file in FILES:
        engineer, partnership_id = senders[file.customer]
        with access.looking_as(engineer):
            new += _take(file, readings[file.mapping], engineer, partnership_id, now)
        done(file.mapping)
    return new


def _sender(publisher: Publisher, now: datetime) -> tuple[Person, int | None]:
    """Return the engineer who hands in, and the partnership if it is the only one."""
    customer, _ = make_organisation(
        code=publisher.code, name=publisher.name, name_en=publisher.name_en, now=now
    )
    engineer, _ = make_person(
        email=f"engineer@{publisher.code.lower()}.example",
        organisation=customer,
        role="quality_engineer",
        now=now,
    )
    if not publisher.supplier:
        return engineer, None
    code, name, name_en = publisher.supplier
    supplier, _ = make_organisation(code=code, name=name, name_en=name_en, now=now)
    partnership, _ = make_partnership(customer=customer, supplier=supplier, now=now)
    return engineer, partnership.pk


def _take(
    file: PublicFile,
    told: dict[str, Any],
    engineer: Person,
    partnership_id: int | None,
    now: Callable[[], datetime],
) -> int:
    mappings.save_mapping(
        sender_id=engineer.organisation_id,
        name=file.mapping,
        kind=told["kind"],
        reading=told["reading"],
        now=now(),
    )
    upload = receive.receive_file(
        person=engineer,
        content=io.BytesIO((FOLDER / told["file"]).read_bytes()),
        file_name=told["file"],
        asked=receive.Asked(
            kind=told["kind"],
            stage=file.stage,
            partnership_id=partnership_id,
            mapping=file.mapping,
            create=True,
        ),
        now=now(),
        seconds=None,
    )
    if long_ago.QUESTION in [question["id"] for question in upload.understanding.get("questions", [])]:
        rest: dict[str, Any] = {"upload_id": upload.pk, "person": engineer, "seconds": None}
        answer.answer(answers={long_ago.QUESTION: long_ago.YES}, now=now(), **rest)  # published years ago
        upload = commit.commit(now=now(), **rest)
    if upload.state != "committed" or upload.open_rows:
        asked = [question["id"] for question in upload.understanding.get("questions", [])]
        rules = sorted(set(upload.problems.values_list("rule", flat=True)))
        raise NotTaken(
            f"{told['file']} as {file.mapping}: {upload.state}, {upload.open_rows} rows open, "
            f"asks {asked[:5]}, breaks {rules}, {upload.refusal}"
        )
    return upload.counts.get("new", 0) if not upload.identical_to_id else 0
