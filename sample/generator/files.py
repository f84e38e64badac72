"""What a written file is: where it lies, who sends it when, and the answers it may be asked for."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

Kind = Literal[
    "inspections",
    "measurements",
    "stock",
    "movements",
    "deliveries",
    "returns",
    "suppliers",
    "parts",
    "characteristics",
]
Stage = Literal["outgoing", "incoming"]
Role = Literal["uploader", "quality_engineer"]
State = Literal["on_time", "late", "empty"]


@dataclass(frozen=True)
class Answer:
    """One answer to what the intake may ask about a file.

    `field` says what is asked (`part_no`, `supplier`, `customer`, `defect`, `lot_no`, `ownership`,
    `sheet`), `value` is what stands in the file, `answer` is what it means. `part_no` and `supplier`
    narrow the question where one value means two things.
    """

    field: str
    value: str
    answer: str
    part_no: str = ""
    supplier: str = ""


@dataclass(frozen=True)
class File:
    """One file as somebody sends it.

    Attributes
    ----------
    path : Path
        Where it was written; its name is the name that the sender gave it.
    sender : str
        Code of the organisation that uploads it. For `by_customer` files that is the customer.
    partnership : str or None
        `CUSTOMER/SUPPLIER`, or None where the rows are routed one by one within the sender's partnerships.
    role : str
        Role of the person who uploads it, one of design.md section 5.
    by_customer : bool
        Loaded by the customer for its supplier (代传).
    sent_on : date
        Day of sending; never after the sample's clock.
    period : str
        What it is about: a month, a quarter, a week's or a lot's day.
    rows : int
        Rows of data in it: lots, movements, values; titles, totals and repeated headers left out.
    """

    path: Path
    sender: str
    kind: Kind
    layout: str
    period: str
    sent_on: dt.date
    rows: int
    stage: Stage | None = None
    partnership: str | None = None
    role: Role = "uploader"
    by_customer: bool = False
    state: State = "on_time"
    answers: tuple[Answer, ...] = field(default=())

    @property
    def answers_path(self) -> Path:
        """Where the answers lie beside the file; written only where there are any."""
        return self.path.with_name(self.path.name + ".answers.json")


def unique_answers(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Return the answers without repetition, in the order in which they come."""
    return tuple(dict.fromkeys(answers))


def write_answers(files: Iterable[File]) -> None:
    """Write the answers of each file beside it, as JSON."""
    for file in files:
        if file.answers:
            told = [{k: v for k, v in asdict(answer).items() if v or k == "value"} for answer in file.answers]
            _write_json(file.answers_path, {"file": file.path.name, "answers": told})


def write_manifest(folder: Path, files: Iterable[File]) -> None:
    """Write `manifest.json`: every file with who sends it, in the order of sending."""
    entries = []
    for file in files:
        entry = asdict(file) | {"path": file.path.relative_to(folder).as_posix()}
        entry["sent_on"] = file.sent_on.isoformat()
        del entry["answers"]
        entries.append(entry)
    _write_json(folder / "manifest.json", {"simulated": True, "files": entries})


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
