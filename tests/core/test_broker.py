"""The filesystem broker: a message is there whole, for one worker alone, or not at all."""

import json
import threading
from pathlib import Path
from uuid import uuid4

import pytest
from kombu import Connection, Exchange, Queue

from config.broker import Channel
from config.celery import app


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "messages").mkdir()
    return tmp_path


def connected(folder: Path) -> Connection:
    options = {"data_folder_in": folder / "messages", "data_folder_out": folder / "messages"}
    return Connection(
        "filesystem://", transport_options=options | {"control_folder": str(folder / "control")}
    )


@pytest.fixture
def name() -> str:
    """A queue of its own: kombu remembers, for the process, which ones were bound."""
    return f"small-{uuid4().hex}"


def taken(connection: Connection, name: str) -> list:
    queue, found = connection.SimpleQueue(name), []
    while True:
        try:
            message = queue.get(block=False)
        except queue.Empty:
            return found
        message.ack()
        found.append(message.payload)


def test_the_workers_use_it(folder):
    assert app.main == "tongpin"
    with connected(folder) as connection:
        assert isinstance(connection.default_channel, Channel)


@pytest.mark.parametrize("cut", [b"", b'{"body": "W1td', b"\xff\xfe"])
def test_a_message_that_was_cut_off_is_left_aside_and_the_next_is_taken(folder, name, cut):
    (folder / "messages" / f"1_cut.{name}.msg").write_bytes(cut)
    with connected(folder) as connection:
        connection.SimpleQueue(name).put({"upload_id": 7})
        assert taken(connection, name) == [{"upload_id": 7}]
    assert list((folder / "messages").iterdir()) == []


def test_while_some_send_none_that_takes_meets_a_part_of_a_message(folder, name):
    seen: list[str] = []
    looking, broken = threading.Event(), []

    def look() -> None:
        while not looking.is_set():
            for place in (folder / "messages").glob(f"*.{name}.msg"):
                try:
                    json.loads(place.read_bytes())
                except ValueError:
                    broken.append(place.name)
                seen.append(place.name)

    watcher = threading.Thread(target=look)
    watcher.start()
    with connected(folder) as connection:
        queue = connection.SimpleQueue(name)
        for number in range(300):
            queue.put({"upload_id": number, "filler": "x" * 2_000})
        looking.set()
        watcher.join()
        assert seen
        assert broken == []
        assert len(taken(connection, name)) == 300


def test_two_who_take_at_once_take_each_message_once(folder, name):
    with connected(folder) as connection:
        queue = connection.SimpleQueue(name)
        for number in range(200):
            queue.put(number)
    found: list[int] = []

    def take() -> None:
        with connected(folder) as mine:
            found.extend(taken(mine, name))

    takers = [threading.Thread(target=take) for _ in range(2)]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()
    assert sorted(found) == list(range(200))


def test_the_table_of_an_exchange_is_never_empty(folder, name):
    with connected(folder) as connection:
        Queue(name, Exchange(name), routing_key=name).bind(connection.default_channel).declare()
        (table,) = (folder / "control").glob("*.exchange")
        assert json.loads(table.read_text())
