"""What must not stand in the project: leftovers, paths of a machine, catalogues that were compiled."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

ROOT = Path(settings.BASE_DIR)
# Put together here, so that this file does not find itself.
LEFTOVERS = re.compile(
    r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b|raise NotImpl" r"emented|mark\.(sk" r"ip|x" r"fail)"
)
MACHINE = re.compile(r"(?<![\w.])/(work|opt/tp|home/\w+)/")


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


SOURCES = tracked("*.py", "*.html", "*.js", "*.css", "*.sql", "*.toml", "*.md", "*.po", ".ci/run")


@pytest.mark.parametrize("pattern", [LEFTOVERS, MACHINE], ids=["leftovers", "machine paths"])
def test_no_source_holds(pattern):
    own = [path for path in SOURCES if "vendor" not in path.parts]
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in own
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_nothing_made_is_kept():
    assert tracked("*.mo", "*.pyc", ".tongpin", ".venv", "staticfiles") == []


def test_files_stay_readable_in_one_sitting():
    long = {
        str(path.relative_to(ROOT)): length
        for path in tracked("*.py")
        if (length := len(path.read_text("utf-8").splitlines())) > 600 and "migrations" not in path.parts
    }
    assert long == {}


def test_every_static_file_that_a_template_names_is_there():
    named = {
        (found[1], str(path.relative_to(ROOT)))
        for path in ROOT.glob("*/templates/**/*.html")
        for found in re.finditer(r"""{% static ['"]([^'"]+)['"]""", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 10
    assert [one for one in sorted(named) if finders.find(one[0]) is None] == []


def test_dev_py_needs_the_standard_library_alone():
    imported = {
        name.split(".")[0]
        for path in [ROOT / "dev.py", *(ROOT / "tooling").glob("*.py")]
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in _names(node)
    }
    assert imported - sys.stdlib_module_names == {"tooling"}


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []
