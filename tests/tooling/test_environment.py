"""The set-up notices what is missing or half done, and says what to do in one sentence."""

import functools
import hashlib
import http.server
import importlib.util
import threading
from pathlib import Path

import pytest

from tooling import environment, registry
from tooling.terminal import Step, Trouble


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of the checkout, that requires nothing."""
    for name, path in {
        "ROOT": tmp_path,
        "VENV": tmp_path / ".venv",
        "PYTHON": tmp_path / ".venv/bin/python",
        "STAMP": tmp_path / ".venv/tongpin.json",
        "RUNTIME": tmp_path / "requirements.txt",
        "DEVELOPMENT": tmp_path / "requirements-dev.txt",
        "LOG": tmp_path / ".tongpin/log/pip.log",
        "LOCK": tmp_path / ".tongpin/environment.lock",
    }.items():
        monkeypatch.setattr(environment, name, path)
    environment.RUNTIME.write_text("# nothing\n")
    environment.DEVELOPMENT.write_text("# nothing for developers\n")
    return tmp_path


def test_a_set_up_that_stopped_half_way_is_redone(place):
    environment.ensure(environment.RUNTIME)
    leftover = environment.VENV / "leftover"
    leftover.touch()
    environment.STAMP.unlink()  # as a run that was killed while it installed leaves it
    environment.ensure(environment.RUNTIME)
    assert environment.STAMP.exists()
    assert not leftover.exists()


def test_a_complete_set_up_is_left_alone(place, monkeypatch):
    environment.ensure(environment.DEVELOPMENT)
    monkeypatch.setattr(environment, "_make", lambda *_: pytest.fail("made again"))
    environment.ensure(environment.RUNTIME)  # the development set holds the runtime set


def test_changed_requirements_are_installed_into_what_is_there(place):
    environment.ensure(environment.RUNTIME)
    kept = environment.VENV / "kept"
    kept.touch()
    environment.RUNTIME.write_text("# something else\n")
    environment.ensure(environment.RUNTIME)
    assert kept.exists()
    assert environment._is_complete(environment.RUNTIME)


def test_a_python_that_was_taken_away_is_replaced(place):
    environment.ensure(environment.RUNTIME)
    environment.PYTHON.unlink()
    environment.ensure(environment.RUNTIME)
    assert environment._works()


def test_without_network_one_sentence_says_so(place, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    environment.RUNTIME.write_text(f"celery==5.7.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(Trouble, match="registry cannot be reached"):
        environment.ensure(environment.RUNTIME)
    assert not environment.STAMP.exists()


def test_a_python_without_pip_takes_that_of_ensurepip_or_a_fetched_one(place, monkeypatch, local_registry):
    environment.ensure(environment.RUNTIME)
    answers = {"ensurepip": True, "pip": False}
    monkeypatch.setattr(environment, "_succeeds", lambda command: answers[command[2]])
    assert environment._pip(Step("test")) == [str(environment.PYTHON), "-m", "pip"]
    answers["ensurepip"] = False
    monkeypatch.setattr(registry, "PIP_SHA256", hashlib.sha256(local_registry).hexdigest())
    assert environment._pip(Step("test")) == [
        str(environment.PYTHON),
        str(environment.VENV / registry.PIP_FILE / "pip"),
    ]


def test_a_python_without_venv_is_told_what_to_install(place, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Trouble, match="python3-venv"):
        environment.ensure(environment.RUNTIME)


class Registry(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def local_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A package index with one file in the place of pip; its content."""
    body = b"in the place of pip"
    folder = tmp_path / "index" / "simple" / "pip"
    folder.mkdir(parents=True)
    (folder / registry.PIP_FILE).write_bytes(body)
    (folder / "index.html").write_text(f'<a href="{registry.PIP_FILE}#sha256=0">pip</a>')
    handler = functools.partial(Registry, directory=str(tmp_path / "index"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
        yield body
        server.shutdown()


def test_pip_is_fetched_from_the_index_and_its_hash_is_checked(local_registry, tmp_path, monkeypatch):
    with pytest.raises(Trouble, match="not the pinned file"):
        registry.pip_wheel(tmp_path)
    monkeypatch.setattr(registry, "PIP_SHA256", hashlib.sha256(local_registry).hexdigest())
    assert registry.pip_wheel(tmp_path).read_bytes() == local_registry


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "not the one that was pinned"),
        ("SSLError(... CERTIFICATE_VERIFY_FAILED ...)", "PIP_CERT"),
        ("ERROR: No matching distribution found for scipy==1.17.1", "this Python or machine"),
        ("ERROR: a new kind of trouble", "a new kind of trouble"),
    ],
)
def test_what_pip_says_becomes_one_sentence(said, told):
    assert told in environment._reason(said)
