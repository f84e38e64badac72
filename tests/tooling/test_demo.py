"""The demo finds a port, or says why not."""

import socket

import pytest

from tooling import demo
from tooling.terminal import Trouble


@pytest.fixture
def taken():
    with socket.socket() as other:
        other.bind((demo.HOST, 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_busy_port_is_passed_over_and_said(taken, monkeypatch, capsys):
    monkeypatch.setattr(demo, "DEFAULT_PORT", taken)
    with demo._listen(None) as listener:
        assert listener.getsockname()[1] > taken
    assert f"Port {taken} is in use" in capsys.readouterr().out


@pytest.mark.parametrize("port", ["taken", 70000])
def test_a_port_that_was_asked_for_is_had_or_refused(taken, port):
    with pytest.raises(Trouble, match="cannot be used"):
        demo._listen(taken if port == "taken" else port)
