"""Mail servers as they should not be: silent, slow, without TLS, without our login."""

import smtplib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from outbox import services
from outbox.models import Letter, LetterState
from outbox.services.server import MailServer

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)
TIMEOUT = 0.5  # seconds that a step may take in these tests
Script = Callable[[socket.socket, "BadServer"], None]


class BadServer:
    """A server that follows a script; `bodies` are the letters of which it saw the last line."""

    def __init__(self) -> None:
        self.script: Script = greet
        self.bodies: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lines: list[socket.socket] = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            self.lines.append(line)
            threading.Thread(target=self.talk, args=(line,), daemon=True).start()

    def talk(self, line: socket.socket) -> None:
        try:
            self.script(line, self)
        except OSError:
            line.close()

    def close(self) -> None:
        self.listener.close()
        for line in self.lines:
            line.close()


def silent(_line: socket.socket, _server: BadServer) -> None:
    """Take the call and say nothing."""


def greet(line: socket.socket, _server: BadServer) -> None:
    """Say who it is, and nothing after that."""
    line.sendall(b"220 bad.example\r\n")


def until_data(line: socket.socket) -> None:
    line.sendall(b"220 bad.example\r\n")
    command = b""
    while not command.upper().startswith(b"DATA"):
        command = line.recv(4096)
        line.sendall(b"354 go on\r\n" if command.upper().startswith(b"DATA") else b"250 OK\r\n")


def stop_reading(line: socket.socket, _server: BadServer) -> None:
    """Let the letter begin, and read none of it."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    until_data(line)


def read_all(line: socket.socket, server: BadServer) -> None:
    """Take the whole letter and never say so."""
    until_data(line)
    body = b""
    while not body.endswith(b"\r\n.\r\n"):
        body += line.recv(65536)
    server.bodies.append(body)


def read_all_and_hang_up(line: socket.socket, server: BadServer) -> None:
    read_all(line, server)
    line.close()


@pytest.fixture
def bad_server(settings) -> Iterator[BadServer]:
    server = BadServer()
    settings.EMAIL_BACKEND = "outbox.services.server.MailServer"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = TIMEOUT
    yield server
    server.close()


def sent(at=NOW, size=0) -> Letter:
    letter_id = services.write_letter(
        subject_key="digest:1:2026-06-29",
        to="somebody@example.org",
        language="zh-hans",
        subject="合格率",
        text="合格率",
        parts=[services.Part("rows.bin", "application/octet-stream", b"x" * size)] if size else [],
        now=NOW,
    )
    services.send_letter(letter_id=letter_id, now=at)
    return Letter.objects.get(pk=letter_id)


@pytest.mark.parametrize("script", [silent, greet, stop_reading])
def test_a_server_that_hangs_costs_one_timeout_and_is_tried_again(bad_server, script):
    bad_server.script, began = script, time.monotonic()
    letter = sent(size=12_000_000 if script is stop_reading else 0)
    assert letter.state == LetterState.WAITING
    assert letter.due_at == NOW + timedelta(minutes=1)
    assert letter.lease_until is None
    assert letter.last_answer
    assert time.monotonic() - began < 20  # most of it to write the letter down


def test_what_a_server_took_and_never_confirmed_is_not_sent_again(bad_server):
    """Nobody knows whether it arrived. Sent again it might arrive twice, so a person is told instead."""
    bad_server.script = read_all
    letter = sent()
    assert letter.state == LetterState.UNCONFIRMED
    assert letter.last_answer == "no answer within 0.5 s after the whole letter"
    assert services.ring_for_waiting_letters(now=NOW + timedelta(hours=2)) == 0
    assert len(bad_server.bodies) == 1


def test_a_server_that_hangs_up_after_the_letter_has_not_taken_it(bad_server):
    bad_server.script = read_all_and_hang_up
    letter = sent()
    assert letter.state == LetterState.WAITING
    sent(at=NOW + timedelta(minutes=1))
    first, second = (body.split(b"Message-ID: ")[1].split(b"\r\n")[0] for body in bad_server.bodies)
    assert first == second == letter.message_id.encode()


def test_a_server_without_tls_is_not_told_the_letter_in_the_clear(mail_server, settings):
    settings.EMAIL_USE_TLS = True
    letter = sent()
    assert letter.state == LetterState.WAITING
    assert "STARTTLS" in letter.last_answer
    assert mail_server.letters == []


def test_a_port_that_speaks_tls_at_once_is_spoken_to_so_and_with_its_code(secure_server):
    assert sent().state == LetterState.SENT
    assert len(secure_server.letters) == 1
    assert secure_server.logins == [("quality@firm.example", "authorisation-code")]


def test_a_wrong_code_is_a_fault_of_the_set_up_and_loses_no_letter(secure_server, settings):
    settings.EMAIL_HOST_PASSWORD = "the-password-of-the-web-page"
    letter = sent()
    assert letter.state == LetterState.WAITING
    assert letter.last_answer.startswith("SMTPAuthenticationError")
    settings.EMAIL_HOST_PASSWORD = "authorisation-code"
    assert sent(at=NOW + timedelta(minutes=1)).state == LetterState.SENT


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(secure_server, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    letter = sent()
    assert letter.state == LetterState.WAITING
    assert "CERTIFICATE_VERIFY_FAILED" in letter.last_answer
    assert secure_server.letters == []


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        ("452 4.3.1 Out of room", LetterState.WAITING),
        ("554 5.7.1 This looks like spam", LetterState.REFUSED),
        ("550 5.1.1 No such user, after all", LetterState.BOUNCED),
    ],
)
def test_a_verdict_on_the_whole_letter_tells_mailbox_from_content(mail_server, verdict, state):
    mail_server.verdict = verdict
    letter = sent()
    assert (letter.state, letter.last_answer) == (state, verdict)


def test_a_server_that_does_not_trust_us_says_nothing_about_the_mailbox(mail_server):
    mail_server.answers["somebody@example.org"] = "550 5.7.1 Relaying denied"
    assert sent().state == LetterState.REFUSED


def test_each_step_is_shorter_than_a_lease():
    from config import settings

    assert settings.EMAIL_TIMEOUT < 30
    assert issubclass(MailServer(use_ssl=True).connection_class, smtplib.SMTP_SSL)
