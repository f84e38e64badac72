"""Idempotency-Key: the same request under one key of one credential is done once and answered alike."""

import importlib
import io
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client

from core import clock
from improvement.models import TaskComment
from improvement.services import open_task
from intake.models import Upload
from suppliers import services
from suppliers.access import looking_as, looking_as_house
from suppliers.models import DataAnswer, DataRequest, KeptAnswer
from suppliers.services import once
from tests.factories import LONG_AGO
from tests.intake.files import book

KEY = {"Idempotency-Key": "k-1"}
JSON: dict[str, Any] = {"content_type": "application/json"}
Ask = Callable[..., HttpResponse]


def by(person, key: str = "") -> Client:
    client = Client(headers={"Authorization": f"Api-Key {key}"} if key else {})
    if not key:
        client.force_login(person.user)
    return client


def file(content: bytes) -> io.BytesIO:
    made = io.BytesIO(content)
    made.name = "5月.csv"
    return made


def upload(chain) -> tuple[Ask, type[Upload]]:
    def ask(client: Client, lots: int = 1) -> HttpResponse:
        rows = book(*((f"J{number}", 0) for number in range(lots)))
        return client.post(
            "/api/v1/uploads/", {"file": file(rows), "partnership": chain.ours.pk}, headers=KEY
        )

    return ask, Upload


def comment(chain) -> tuple[Ask, type[TaskComment]]:
    with looking_as(chain.engineer):
        task = open_task(
            partnership_id=chain.ours.pk, kind="lean", kpi="pass_rate", title="T", problem="P", target="G",
            due_date=date(2026, 9, 30), by=chain.engineer, now=clock.now(),
        )  # fmt: skip

    def ask(client: Client, text: str = "请看", photo: bytes = b"\x89PNG\r\n\x1a\n") -> HttpResponse:
        picture = io.BytesIO(photo)
        picture.name = "a.png"
        body = {"text": text, "file": picture}
        return client.post(f"/api/v1/tasks/{task.pk}/comments/", body, headers=KEY)

    return ask, TaskComment


def nothing_to_send(chain) -> tuple[Ask, type[DataAnswer]]:
    with looking_as_house("set a test's scene"):
        request = DataRequest.objects.create(
            partnership=chain.ours, kind="outgoing", sender="supplier", rhythm="monthly", due_day=31,
            valid_from=date(2026, 1, 1), made_at=clock.now(),
        )  # fmt: skip

    def ask(client: Client, reason: str = "停产") -> HttpResponse:
        body = {"period_first": "2026-05-01", "reason": reason}
        return client.post(f"/api/v1/data-requests/{request.pk}/nothing/", body, headers=KEY, **JSON)

    return ask, DataAnswer


WAYS = [upload, comment, nothing_to_send]
OTHERWISE = [
    (upload, {"lots": 2}),
    (comment, {"text": "别的"}),
    (comment, {"photo": b"\x89PNG\r\n\x1a\n\0"}),
    (nothing_to_send, {"reason": "放假"}),
]


@pytest.mark.parametrize("way", WAYS)
def test_the_same_request_is_answered_byte_for_byte_and_done_once(chain, way):
    ask, rows = way(chain)
    first, again = (ask(by(chain.engineer)) for _ in range(2))
    assert first.status_code in (200, 201)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert ("Idempotent-Replayed" in first.headers, "Idempotent-Replayed" in again.headers) == (False, True)
    assert rows._base_manager.count() == 1


@pytest.mark.parametrize(("way", "otherwise"), OTHERWISE)
def test_another_body_under_the_key_is_refused_as_a_problem(chain, way, otherwise):
    ask, rows = way(chain)
    ask(by(chain.engineer))
    other = ask(by(chain.engineer), **otherwise)
    assert (other.status_code, other.headers["Content-Type"]) == (422, "application/problem+json")
    assert (other.json()["status"], other.json()["errors"][0]["code"]) == (422, "key_reused")
    assert rows._base_manager.count() == 1


def test_the_key_is_its_credentials_own(chain):
    ask, rows = comment(chain)
    with looking_as(chain.engineer):
        _row, key = services.make_key(person=chain.engineer, name="PC", may_write=True, now=clock.now())
    answers = [ask(client) for client in (by(chain.engineer), by(chain.engineer, key), by(chain.buyer))]
    assert [one.status_code for one in answers] == [201] * 3
    assert rows._base_manager.count() == 3
    assert ask(by(chain.engineer, key)).content == answers[1].content


def test_a_refusal_is_kept_a_passing_state_is_not_and_a_strange_key_is_named(chain):
    ask, _rows = upload(chain)
    client, body = by(chain.engineer), {"kind": "inspections", "rows": []}
    refused = [client.post("/api/v1/uploads/", body, headers=KEY, **JSON) for _ in range(2)]
    assert [one.status_code for one in refused] == [400, 400]
    assert refused[0].content == refused[1].content
    assert ask(client).status_code == 422
    strange = client.post("/api/v1/uploads/", body, headers={"Idempotency-Key": "k" * 256}, **JSON)
    assert (strange.status_code, strange.json()["errors"][0]["attr"]) == (400, "Idempotency-Key")


def test_what_is_still_running_is_said_and_old_answers_are_swept(chain):
    ask, rows = comment(chain)
    first = ask(by(chain.engineer))
    KeptAnswer.objects.update(status=None, lease_until=clock.now() + timedelta(days=9000), body="")
    running = ask(by(chain.engineer))
    assert (running.status_code, running.json()["errors"][0]["code"]) == (409, "still_running")
    assert "Retry-After" in running.headers
    assert once.throw_away() == 0
    KeptAnswer.objects.update(created_at=LONG_AGO)
    assert once.throw_away() == 1
    assert ask(by(chain.engineer)).json()["id"] != first.json()["id"]
    assert rows._base_manager.count() == 2


@pytest.mark.parametrize("way", [upload, comment])
def test_two_at_once_do_it_once(chain, transactional_db, way):
    ask, rows = way(chain)
    gate = threading.Barrier(2)

    def run(client: Client) -> int:
        gate.wait()
        try:
            return ask(client).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        codes = sorted(pool.map(run, [by(chain.engineer), by(chain.engineer)]))
    assert codes in ([201, 201], [201, 409])
    assert rows._base_manager.count() == 1


# Whose call is the last that a process makes, in the order in which they happen.
DEATHS = [
    (upload, "suppliers.services.once", "claim"),
    (upload, "suppliers.services.once.Attempt", "note_made"),
    (upload, "intake.services.receive", "_make"),
    (upload, "intake.api.uploads.UploadViewSet", "_received"),
    (upload, "suppliers.services.once.Attempt", "keep"),
    (comment, "suppliers.services.once", "claim"),
    (comment, "improvement.services", "add_comment"),
    (comment, "suppliers.services.once.Attempt", "keep"),
    (comment, "suppliers.api.once", "_first"),
    (nothing_to_send, "suppliers.services", "answer_nothing"),
]

AT_ONCE = [one for one in DEATHS if one[2] in ("_make", "_first")]


def ask_and_die(ask: Ask, client: Client, path: str, name: str) -> None:
    """Ask in a process of its own, which is killed once it has made that call."""
    module, _, owner = path.rpartition(".")
    holder: Any = importlib.import_module(module if owner[:1].isupper() else path)
    holder = getattr(holder, owner) if owner[:1].isupper() else holder
    call = getattr(holder, name)

    def last(*args: Any, **kwargs: Any) -> None:
        call(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        connections["default"].connection = None  # its own; the parent's is left alone
        setattr(holder, name, last)
        ask(client)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@pytest.mark.parametrize(
    ("way", "path", "name"),
    [pytest.param(*one, marks=[] if one in AT_ONCE else pytest.mark.soak) for one in DEATHS],
)
def test_an_answer_that_was_lost_in_a_crash_is_given_again(chain, durable, way, path, name):
    ask, rows = way(chain)
    client = by(chain.engineer)
    ask_and_die(ask, client, path, name)
    KeptAnswer.objects.update(lease_until=LONG_AGO)  # the lease of the dead
    first, again = ask(client), ask(client)
    assert first.status_code in (200, 201)
    assert again.content == first.content
    assert rows._base_manager.count() == 1
