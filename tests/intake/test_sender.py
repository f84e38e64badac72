"""The sender beside a machine, run as it is: killed, cut off, started again, each file goes once."""

import ast
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command

from core import clock
from intake.models import ChunkedFile, Upload
from quality.models import Inspection
from suppliers import services
from suppliers.access import looking_as
from tests.intake.files import INSPECTIONS, book, sheet

PROGRAM = Path(__file__).resolve().parents[2] / "sender" / "tongpin_sender.py"
QUICK = ["--settle", "0.2", "--every", "0.1", "--pause", "0.1"]
GOOD = book(*((f"J{number}", number % 2) for number in range(1500)))
BROKEN = sheet(
    INSPECTIONS, "2026-05-44,0201002,K1,3200,125,0,合格,", "2026-05-04,0201002,K2,3200,125,0,合格,"
)


class CutLine:
    """A line to a server that breaks, for good, once `after` bytes went through it."""

    def __init__(self, url: str, after: int) -> None:
        place = urlsplit(url)
        self.goal, self.left, self.cut = (place.hostname, place.port), after, threading.Event()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while not self.cut.is_set():
            here, _from = self.door.accept()
            there = socket.create_connection(self.goal)
            for pair in ((here, there), (there, here)):
                threading.Thread(target=self._carry, args=(*pair, pair[0] is here), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, counted: bool) -> None:
        try:
            while data := source.recv(4096):
                if counted:
                    self.left -= len(data)
                    if self.left < 0:
                        break
                sink.sendall(data)
        except OSError:
            pass
        if self.left < 0:
            self.cut.set()
        for end in (source, sink):  # an end, and no reset, which would take along what is still to be read
            with suppress(OSError):
                end.shutdown(socket.SHUT_WR)


@pytest.fixture
def sender(chain, live_server, transactional_db, tmp_path):
    """Return how to start the sender over a folder, and the folder."""
    folder = tmp_path / "出货 检验"
    folder.mkdir()
    with looking_as(chain.clerk):
        _row, key = services.make_key(person=chain.clerk, name="PC", may_write=True, now=clock.now())
    (tmp_path / "key.txt").write_text(f"Api-Key {key}\r\n", encoding="utf-8-sig")

    def start(*more: str, server: str = live_server.url) -> subprocess.Popen[bytes]:
        told = [str(folder), "--server", server, "--key-file", str(tmp_path / "key.txt"), *QUICK, *more]
        env = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        return subprocess.Popen([sys.executable, "-I", str(PROGRAM), *told], env=env, stderr=subprocess.PIPE)

    return start, folder


def until(happened) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    said = process.communicate(timeout=60)[1].decode()
    return process.returncode, said


def test_each_file_goes_once_through_a_cut_a_kill_and_a_new_start(chain, sender, live_server):
    start, folder = sender
    (folder / "a.csv").write_bytes(GOOD)
    line = CutLine(live_server.url, after=40_000)
    process = start(server=line.url)
    until(lambda: line.cut.is_set() and ChunkedFile._base_manager.filter(received__gt=0).exists())
    process.send_signal(signal.SIGKILL)
    ended(process)
    there = ChunkedFile._base_manager.get()
    assert 0 < there.received < there.size

    code, said = ended(start("--once", "--partnership", "LEAD/S01"))
    assert code == 0, said
    assert ChunkedFile._base_manager.get().pk == there.pk  # the one that was begun
    with looking_as(chain.clerk):
        upload = Upload.objects.get()
        assert (upload.state, upload.partnership_id, upload.file_name) == (
            "committed",
            chain.ours.pk,
            "a.csv",
        )
        assert Inspection.objects.count() == 1500
    result = (folder / "tongpin" / "results" / "a.csv.txt").read_text("utf-8-sig")
    assert "已提交" in result
    assert "新增 1500" in result

    (folder / "copy of a.csv").write_bytes(GOOD)
    code, said = ended(start("--once"))
    assert (code, "不再发送" in said) == (0, True)
    assert Upload._base_manager.count() == 1
    assert sorted(path.name for path in folder.glob("*.csv")) == ["a.csv", "copy of a.csv"]  # none was moved


def test_a_kill_after_the_server_had_it_hands_in_nothing_twice(chain, sender):
    start, folder = sender
    (folder / "a.csv").write_bytes(book(("J1", 1)))
    assert ended(start("--once"))[0] == 0
    state = folder / "tongpin" / "state.json"
    jobs = json.loads(state.read_text("utf-8"))
    (job,) = jobs.values()
    for forgotten in (
        {"state", "upload"},
        {"state", "upload", "chunked"},
    ):  # what was not noted before the kill
        left = {name: value for name, value in job.items() if name not in forgotten}
        state.write_text(json.dumps({job["sha256"]: left}), encoding="utf-8")
        assert ended(start("--once"))[0] == 0
    with looking_as(chain.clerk):
        assert (Upload.objects.count(), Inspection.objects.count()) == (1, 1)


def test_a_file_is_sent_when_it_is_whole_and_what_is_wrong_is_said_by_cell(chain, sender, tmp_path):
    start, folder = sender
    (folder / "broken.csv").write_bytes(BROKEN)
    (folder / "~$a.xlsx").write_bytes(b"in the making")
    growing = (folder / "growing.csv").open("wb")
    process = start("--once", "--settle", "1", "--language", "en", "--move-to", str(tmp_path / "done"))
    for piece in (GOOD[:200], GOOD[200:4000], book(("L1", 0))[:0]):
        growing.write(piece)
        growing.flush()
        time.sleep(0.1)
    growing.truncate(0)
    growing.seek(0)
    growing.write(book(("L1", 0)))
    growing.close()
    code, said = ended(process)
    assert code == 1, said
    broken = (folder / "tongpin" / "results" / "broken.csv.txt").read_text("utf-8-sig")
    assert "waits for a person" in broken
    assert "A2: " in broken
    with looking_as(chain.clerk):
        assert sorted(Upload.objects.values_list("file_name", "state")) == [
            ("broken.csv", "waiting"),
            ("growing.csv", "committed"),
        ]
        assert list(Inspection.objects.values_list("lot__number", flat=True)) == ["L1"]
    assert (tmp_path / "done" / "growing.csv").exists()
    assert (folder / "broken.csv").exists()


def test_a_second_sender_of_a_folder_ends_and_a_wrong_key_is_put_off(sender, tmp_path):
    start, folder = sender
    (folder / "a.csv").write_bytes(book(("J1", 1)))
    (tmp_path / "key.txt").write_text("Api-Key nobody.s")
    first = start()
    log = folder / "tongpin" / "sender.log"
    until(lambda: log.exists() and log.read_text("utf-8").count("API 密钥无效") > 1)
    code, said = ended(start())
    assert (code, "已有另一个发送程序" in said) == (1, True)
    first.kill()
    ended(first)
    assert not Upload._base_manager.exists()


def test_the_server_watches_a_folder_alike(chain, transactional_db, tmp_path):
    (tmp_path / "a.csv").write_bytes(book(("J1", 1)))
    told = [str(tmp_path), "--partnership", "LEAD/S01", "--once", *QUICK]
    call_command("watch", *told)
    call_command("watch", *told)
    (tmp_path / "tongpin" / "state.json").unlink()  # as if killed before it was noted
    call_command("watch", *told)
    assert "已提交" in (tmp_path / "tongpin" / "results" / "a.csv.txt").read_text("utf-8-sig")
    (tmp_path / "b.csv").write_bytes(BROKEN)
    with pytest.raises(CommandError):
        call_command("watch", *told)
    assert "A2: " in (tmp_path / "tongpin" / "results" / "b.csv.txt").read_text("utf-8-sig")
    with looking_as(chain.clerk):
        assert sorted(Upload.objects.values_list("file_name", "state")) == [
            ("a.csv", "committed"),
            ("b.csv", "waiting"),
        ]


def test_the_program_is_downloaded_with_the_servers_address_in_it(chain, client, settings):
    settings.SITE_URL = "https://tongpin.example"
    client.force_login(chain.clerk.user)
    answered = client.get("/uploads/sender/")
    assert answered.headers["Content-Disposition"] == 'attachment; filename="tongpin_sender.py"'
    own = 'SERVER = "http://127.0.0.1:8000"'
    assert answered.text == PROGRAM.read_text("utf-8").replace(own, 'SERVER = "https://tongpin.example"')
    assert 'SERVER = "https://tongpin.example"' in answered.text
    assert 'href="/uploads/sender/"' in client.get("/account/").text
    client.force_login(chain.viewer.user)
    assert client.get("/uploads/sender/").status_code == 403


def test_the_sender_is_read_by_python_3_8_and_needs_its_standard_library_alone():
    tree = ast.parse(PROGRAM.read_text("utf-8"), feature_version=(3, 8))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
        )
    }
    assert imported <= sys.stdlib_module_names
