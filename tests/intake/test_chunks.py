"""Large files in chunks: what came before a cut stays, the sender goes on behind it, one file is one upload."""

import hashlib
import socket
import time
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from core import clock
from intake.models import ChunkedFile, Upload
from intake.services import chunks
from quality.models import Inspection
from suppliers import services
from suppliers.access import looking_as
from tests.factories import LONG_AGO
from tests.intake.files import book

ADDRESS = "/api/v1/uploads/chunked/"
JSON: dict[str, Any] = {"content_type": "application/json"}
FILE = book(*((f"J{number}", number % 3) for number in range(200)))


@pytest.fixture(autouse=True)
def disk(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def clerk(chain) -> Client:
    client = Client()
    client.force_login(chain.clerk.user)
    return client


def announce(client: Client, **more: Any) -> dict[str, Any]:
    answered = client.post(ADDRESS, {"file_name": "5月.csv", "size": len(FILE), **more}, **JSON)
    assert answered.status_code == 201, answered.content
    return answered.json()


def send(client: Client, pk: int, first: int, last: int, content: bytes = FILE):
    return client.patch(
        f"{ADDRESS}{pk}/",
        content[first:last],
        "application/octet-stream",
        headers={"Upload-Offset": str(first)},
    )


def lying() -> list[str]:
    folder = default_storage.path(chunks.FOLDER)
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []


def test_a_connection_cut_in_the_middle_loses_nothing_that_came(chain, live_server, transactional_db):
    with looking_as(chain.clerk):
        _row, key = services.make_key(person=chain.clerk, name="PC", may_write=True, now=clock.now())
    client = Client(headers={"Authorization": f"Api-Key {key}"})
    file = announce(client, sha256=hashlib.sha256(FILE).hexdigest())
    place = urlsplit(live_server.url)
    head = (
        f"PATCH {ADDRESS}{file['id']}/ HTTP/1.1\r\nHost: {place.netloc}\r\nAuthorization: Api-Key {key}\r\n"
        f"Upload-Offset: 0\r\nContent-Type: application/octet-stream\r\nContent-Length: {len(FILE)}\r\n\r\n"
    )
    with socket.create_connection((place.hostname, place.port)) as line:
        line.sendall(head.encode() + FILE[:3000])
    deadline = time.monotonic() + 10
    while (there := client.get(f"{ADDRESS}{file['id']}/").json()["received"]) < 3000:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert there == 3000
    early = client.post(f"{ADDRESS}{file['id']}/finish/", {}, **JSON)
    assert (early.status_code, early.json()["errors"][0]["code"]) == (409, "incomplete")
    assert send(client, file["id"], there, len(FILE)).json()["received"] == len(FILE)
    options = {"partnership": chain.ours.pk, "kind": "inspections"}
    uploads = [client.post(f"{ADDRESS}{file['id']}/finish/", options, **JSON) for _ in range(2)]
    assert [one.status_code for one in uploads] == [201, 201]
    assert uploads[0].json()["id"] == uploads[1].json()["id"]
    assert (uploads[0].json()["state"], uploads[0].json()["file_name"]) == ("committed", "5月.csv")
    assert lying() == []
    with looking_as(chain.clerk):
        assert (Upload.objects.count(), Inspection.objects.count()) == (1, 200)


def test_chunks_that_do_not_fit_and_files_that_have_no_room_are_refused(clerk, settings):
    file = announce(clerk)
    assert send(clerk, file["id"], 10, 20).json()["errors"][0]["code"] == "wrong_offset"
    assert send(clerk, file["id"], 0, len(FILE) + 1, FILE + b"!").status_code == 400
    assert send(clerk, file["id"], 0, 20).status_code == 200
    assert clerk.patch(f"{ADDRESS}{file['id']}/", b"x").status_code == 400
    settings.CHUNKED_MAX_BYTES = 2 * len(FILE) - 1
    full = clerk.post(ADDRESS, {"file_name": "6月.csv", "size": len(FILE)}, **JSON)
    assert (full.status_code, full.json()["errors"][0]["code"]) == (409, "no_room")
    assert clerk.delete(f"{ADDRESS}{file['id']}/").status_code == 204
    assert announce(clerk)["received"] == 0
    large = clerk.post(ADDRESS, {"file_name": "x", "size": settings.UPLOAD_MAX_BYTES + 1}, **JSON)
    assert large.status_code == 400


def test_a_chunk_that_was_overtaken_writes_no_more(chain, clerk):
    file = ChunkedFile._base_manager.get(pk=announce(clerk)["id"])

    class Hanging:
        """A connection that hangs until its sender has come by another."""

        def read(self, _n: int) -> bytes:
            chunks.append(file=file, offset=0, content=Whole(), length=len(FILE))
            return b"?" * 100

    class Whole:
        def read(self, n: int) -> bytes:
            return FILE[:n]

    with looking_as(chain.clerk):
        with pytest.raises(chunks.WrongOffset):
            chunks.append(file=file, offset=0, content=Hanging(), length=100)
        file.refresh_from_db()
    assert file.received == len(FILE)
    assert chunks._path_of(file.pk).read_bytes() == FILE


def test_a_file_that_was_handed_in_or_cancelled_takes_no_chunk(chain, clerk):
    file = announce(clerk)
    assert send(clerk, file["id"], 0, len(FILE)).status_code == 200
    assert clerk.post(f"{ADDRESS}{file['id']}/finish/", {}, **JSON).status_code == 201
    assert send(clerk, file["id"], len(FILE), len(FILE)).status_code == 409
    other = announce(clerk, file_name="6月.csv")
    row = ChunkedFile._base_manager.get(pk=other["id"])
    assert clerk.delete(f"{ADDRESS}{other['id']}/").status_code == 204
    with looking_as(chain.clerk), pytest.raises(ChunkedFile.DoesNotExist):
        chunks.append(file=row, offset=0, content=BytesIO(FILE), length=len(FILE))


def test_other_bytes_than_announced_are_sent_again_and_make_no_upload(chain, clerk):
    file = announce(clerk, sha256="0" * 64)
    send(clerk, file["id"], 0, len(FILE))
    other = clerk.post(f"{ADDRESS}{file['id']}/finish/", {}, **JSON)
    assert (other.status_code, other.json()["errors"][0]["code"]) == (409, "other_bytes")
    assert clerk.get(f"{ADDRESS}{file['id']}/").json()["received"] == 0
    with looking_as(chain.clerk):
        assert not Upload.objects.exists()


def test_what_nobody_goes_on_with_is_swept_with_its_bytes(clerk, django_capture_on_commit_callbacks):
    file = announce(clerk)
    send(clerk, file["id"], 0, 100)
    assert chunks.throw_away() == 0
    assert lying() == [str(file["id"])]
    ChunkedFile._base_manager.update(touched_at=LONG_AGO)
    with django_capture_on_commit_callbacks(execute=True):
        assert chunks.throw_away() == 1
    assert lying() == []
    assert clerk.get(f"{ADDRESS}{file['id']}/").status_code == 404
