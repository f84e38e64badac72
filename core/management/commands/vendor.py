"""Fetch the browser libraries that Tongpin serves itself.

Run by a developer who raises a version, never at run time: what it writes is committed.
"""

import base64
import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
MANIFEST = VENDOR / "manifest.json"

# A source map that is named but not served stops manifest storage ("file could not be found").
SOURCE_MAP = re.compile(rb"\n?(?://[#@] ?sourceMappingURL=\S+|/\*[#@] ?sourceMappingURL=[^*]+\*/)\n?")


@dataclass(frozen=True)
class Package:
    """One npm package at one version, and the few files of it that a page loads."""

    name: str
    version: str
    integrity: str  # sha512 of the tarball, as the npm registry states it
    folder: str
    licence: str
    files: tuple[str, ...]


PACKAGES = (
    Package(
        name="htmx.org",
        version="2.0.11",
        integrity="sha512-Thx/WtpeOQqSrqBCw/A1cwGJGg4UrVa3+sW0GmrM3p4gJgO89ecH4qtbnyzDDWFvBTqjnIMCgELTNt636dtamA==",
        folder="htmx",
        licence="0BSD",
        files=("LICENSE", "dist/htmx.min.js"),
    ),
    Package(
        name="bootstrap",
        version="5.3.9",
        integrity="sha512-20cU0rcfw8WdxtVbmfU+xT2EjvVTw9Ror/h1Qvd7DXCujRg8OO9mdBCsmTHdJFf3BuadmBNJtgIuUXsBqSkk/w==",
        folder="bootstrap",
        licence="MIT",
        files=("LICENSE", "dist/css/bootstrap-reboot.min.css"),
    ),
    Package(
        name="echarts",
        version="6.1.0",
        integrity="sha512-q0yaFPggC9FUdsWH4blavRWFmxdrIodbkoKNAjJudAI6CA9gNPxHtV2RcZNEepZVlk4yvBYkOkbk6HIVpIyHZA==",
        folder="echarts",
        licence="Apache-2.0 AND BSD-3-Clause",
        files=("LICENSE", "NOTICE", "licenses/LICENSE-d3", "dist/echarts.common.min.js"),
    ),
)


class Command(BaseCommand):
    """Write ``core/static/vendor/``: libraries, licences and a manifest of their hashes."""

    help = "Fetch htmx, Bootstrap and ECharts from the npm registry into core/static/vendor/."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="compare the files with the manifest; fetch nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            write_manifest({package.name: fetch(package) for package in PACKAGES})
        wrong = list(differences())
        if wrong:
            raise CommandError("not as in manifest.json: " + ", ".join(wrong))
        self.stdout.write(f"{len(PACKAGES)} packages as in {MANIFEST.name}")


def fetch(package: Package) -> dict[str, str]:
    """Download one package, write its files, and return their sha384 by path below ``vendor/``.

    Raises
    ------
    CommandError
        If the registry's tarball is not the one whose hash stands in `PACKAGES`.
    """
    hashes = {}
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(
            ["npm", "pack", f"{package.name}@{package.version}", "--pack-destination", scratch],
            check=True,
            capture_output=True,
        )
        tarball = next(Path(scratch).glob("*.tgz"))
        if integrity("sha512", tarball.read_bytes()) != package.integrity:
            raise CommandError(f"{package.name} {package.version}: the tarball is not the expected one")
        with tarfile.open(tarball) as archive:
            for name in package.files:
                member = archive.extractfile(f"package/{name}")
                if member is None:
                    raise CommandError(f"{package.name} {package.version} has no file {name}")
                path = f"{package.folder}/{Path(name).name}"
                content = SOURCE_MAP.sub(b"\n", member.read())
                (VENDOR / package.folder).mkdir(parents=True, exist_ok=True)
                (VENDOR / path).write_bytes(content)
                hashes[path] = integrity("sha384", content)
    return hashes


def write_manifest(hashes: dict[str, dict[str, str]]) -> None:
    """Write what was fetched, under which licence, and the hash of each file."""
    listed = {
        package.name: {
            "version": package.version,
            "licence": package.licence,
            "tarball": package.integrity,
            "files": hashes[package.name],
        }
        for package in PACKAGES
    }
    MANIFEST.write_text(json.dumps(listed, indent=2) + "\n", encoding="utf-8")


def differences() -> Iterator[str]:
    """Yield every path whose file is missing, unlisted, or not the listed one."""
    listed = {}
    for entry in json.loads(MANIFEST.read_text(encoding="utf-8")).values():
        listed.update(entry["files"])
    found = {
        path.relative_to(VENDOR).as_posix(): integrity("sha384", path.read_bytes())
        for path in VENDOR.rglob("*")
        if path.is_file() and path != MANIFEST
    }
    for path in sorted(listed.keys() | found.keys()):
        if listed.get(path) != found.get(path):
            yield path


def integrity(algorithm: str, content: bytes) -> str:
    """Return a hash in the form of Subresource Integrity: ``sha384-`` and base64."""
    digest = hashlib.new(algorithm, content).digest()
    return f"{algorithm}-{base64.b64encode(digest).decode()}"
