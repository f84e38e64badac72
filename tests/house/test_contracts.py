"""The import contracts bite: a planted offence breaks the contract that forbids it."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONTRACTS = PYPROJECT["tool"]["importlinter"]["contracts"]
OWN_APPS = [name for name in settings.INSTALLED_APPS if (ROOT / name).is_dir()]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The Python files of the project, to plant offences in."""
    for package in PYPROJECT["tool"]["importlinter"]["root_packages"]:
        shutil.copytree(
            ROOT / package,
            tmp_path / package,
            ignore=shutil.ignore_patterns("__pycache__", "static", "*.csv"),
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def broken_contracts(project: Path) -> set[str]:
    """Return the names of the contracts that import-linter finds broken."""
    linter = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", linter, "--no-cache"], cwd=project, capture_output=True, text=True, check=False
    )
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    return set(re.findall(r"^(.+?) BROKEN", done.stdout, re.MULTILINE))


def plant(project: Path, module: str, source: str) -> None:
    """Write `source` into a module of its own, in a package where there was none."""
    path = project / (module.replace(".", "/") + ".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / "__init__.py").touch()
    path.write_text(source, "utf-8")


def test_the_house_keeps_its_contracts(copy):
    assert broken_contracts(copy) == set()


@pytest.mark.parametrize(
    ("module", "source", "contract"),
    [
        ("core.offence", "import suppliers.access", "Apps import downwards"),
        ("quality.formulas.offence", "import inventory.models", "Apps import downwards"),
        ("intake.models.offence", "import intake.services.offence", "Rooms of an app import downwards"),
        ("quality.cellar.offence", "", "Rooms of an app import downwards"),
        ("quality.formulas.offence", "import pandas", "Formulas are arithmetic"),
        ("quality.formulas.offence", "import django.db", "Formulas are arithmetic"),
        ("quality.formulas.offence", "import core.clock", "Formulas are arithmetic"),
        ("quality.formulas.offence", "import quality.models", "Formulas are arithmetic"),
        ("kpis.queries.offence", "import quality.models", "The models of quality are its own"),
        ("intake.services.offence", "import suppliers.models", "The models of suppliers are its own"),
    ],
)
def test_an_offence_breaks_its_contract(copy, module, source, contract):
    plant(copy, "intake.services.offence", "")
    plant(copy, module, source)
    assert any(name.startswith(contract) for name in broken_contracts(copy))


def test_every_app_stands_in_the_contracts():
    by_id = {contract["id"]: contract for contract in CONTRACTS}
    layers = {name.strip(" ()") for layer in by_id["apps"]["layers"] for name in layer.split("|")}
    assert set(OWN_APPS) <= layers
    assert set(by_id["rooms"]["containers"]) == set(OWN_APPS) - {"core"}  # core has tools, no rooms
    with_models = {
        app for app in OWN_APPS if (ROOT / app / "models").exists() or (ROOT / app / "models.py").exists()
    }
    assert {f"models-of-{app}" for app in with_models} <= set(by_id)
