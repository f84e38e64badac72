"""Fetch one pinned pip, for a Python that comes with neither pip nor `ensurepip`."""

import configparser
import hashlib
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from tooling.terminal import Trouble

PIP_FILE = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
DEFAULT_INDEX = "https://pypi.org/simple"
WAIT_SECONDS = 30


def pip_wheel(folder: Path) -> Path:
    """Download the pinned pip into `folder`, check its hash, and return its path.

    Raises
    ------
    Trouble
        If the registry cannot be reached or answers with another file.
    """
    kept = folder / PIP_FILE
    if not (kept.exists() and _sha256(kept.read_bytes()) == PIP_SHA256):
        page = f"{_index().rstrip('/')}/pip/"
        link = re.search(rf'href="([^"]*{re.escape(PIP_FILE)}[^"]*)"', _get(page).decode())
        if link is None:
            raise Trouble(
                f"{page} does not offer {PIP_FILE}. Install python3-venv, or set another PIP_INDEX_URL."
            )
        body = _get(urllib.parse.urljoin(page, link[1]))
        if _sha256(body) != PIP_SHA256:
            raise Trouble(f"{PIP_FILE} from {page} is not the pinned file. Install python3-venv instead.")
        kept.write_bytes(body)
    return kept


def _index() -> str:
    """Return the package index that pip itself would ask."""
    if "PIP_INDEX_URL" in os.environ:
        return os.environ["PIP_INDEX_URL"]
    home = Path.home()
    for path in (home / ".config/pip/pip.conf", home / ".pip/pip.conf", Path("/etc/pip.conf")):
        config = configparser.ConfigParser(interpolation=None)
        config.read(path)
        if found := config.get("global", "index-url", fallback=None):
            return found
    return DEFAULT_INDEX


def _get(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=WAIT_SECONDS) as answer:
            return answer.read()
    except (urllib.error.URLError, OSError) as error:
        raise Trouble(
            f"The package registry at {url} cannot be reached ({error}). Connect to the network, then run"
            " the command again; `apt-get install python3-venv` saves this download."
        ) from error


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
