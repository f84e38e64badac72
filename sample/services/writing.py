"""The files of the simulated year on this machine: written once a seed."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from sample.generator.writing import write
from sample.generator.year import DEFAULT_SEED, draw


@dataclass(frozen=True, slots=True)
class SampleFile:
    """One file of the year and how it is handed in."""

    path: Path
    sender: str
    kind: str
    stage: str
    partnership: str  # CUSTOMER/SUPPLIER, or blank: its rows are routed one by one
    role: str
    sent_on: date
    rows: int

    @property
    def answers(self) -> list[dict[str, str]]:
        """What the generator wrote beside it, for what the file may be asked."""
        beside = self.path.with_name(self.path.name + ".answers.json")
        if not beside.exists():
            return []
        return json.loads(beside.read_text(encoding="utf-8"))["answers"]


def written_files(*, full: bool = False) -> list[SampleFile]:
    """Return the files of the year in the order of sending, written if they are not there yet."""
    folder = Path(settings.VAR_DIR) / "sample" / f"{DEFAULT_SEED}{'-full' if full else ''}"
    manifest = folder / "manifest.json"  # written last
    if not manifest.exists():
        write(draw(DEFAULT_SEED), folder, full=full)
    told = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    return [_file(folder, entry) for entry in told]


def _file(folder: Path, entry: dict[str, Any]) -> SampleFile:
    return SampleFile(
        path=folder / entry["path"],
        sender=entry["sender"],
        kind=entry["kind"],
        stage=entry["stage"] or "",
        partnership=entry["partnership"] or "",
        role=entry["role"],
        sent_on=date.fromisoformat(entry["sent_on"]),
        rows=entry["rows"],
    )
