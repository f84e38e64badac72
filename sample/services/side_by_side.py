"""Loading with two processes: what does not wait for each other goes side by side."""

import multiprocessing
from collections.abc import Callable, Iterator
from datetime import datetime
from multiprocessing.queues import SimpleQueue

from django.db import connections

from sample.generator.plan import LEAD
from sample.services.loading import NotTaken, in_order, load
from sample.services.writing import SampleFile

LISTS = ("suppliers", "parts", "characteristics")
OF_GOODS = ("deliveries", "movements", "stock")


def load_side_by_side(
    files: list[SampleFile], *, now: Callable[[], datetime], done: Callable[[str], None]
) -> int:
    """Load all files and return how many rows are new.

    First the customers' lists; then what suppliers send, half of them in either process; then what the lead
    knows of the same lots: goods in one process, inspections and returns in the other.

    Raises NotTaken at the first file that is not taken; files that were taken stay so.
    """
    lists = [file for file in files if file.kind in LISTS]
    new = load(in_order(lists), now=now, done=lambda file: done(file.path.name))
    for chains in _phases([file for file in files if file.kind not in LISTS]):
        new += _run(chains, now=now, done=done)
    return new


def _phases(files: list[SampleFile]) -> Iterator[tuple[list[SampleFile], list[SampleFile]]]:
    suppliers = sorted({file.sender for file in files if file.sender != LEAD})
    first = suppliers[: len(suppliers) // 2]
    theirs = [file for file in files if file.sender != LEAD]
    yield (
        [file for file in theirs if file.sender in first],
        [file for file in theirs if file.sender not in first],
    )
    ours = [file for file in files if file.sender == LEAD]
    yield (
        [file for file in ours if file.kind in OF_GOODS],
        [file for file in ours if file.kind not in OF_GOODS],
    )


def _run(
    chains: tuple[list[SampleFile], ...], *, now: Callable[[], datetime], done: Callable[[str], None]
) -> int:
    context = multiprocessing.get_context("fork")
    news: SimpleQueue = context.SimpleQueue()
    connections.close_all()  # a connection cannot be shared with a child
    children = [context.Process(target=_work, args=(in_order(chain), now, news)) for chain in chains if chain]
    for child in children:
        child.start()
    new, running, failure = 0, len(children), ""
    while running:
        kind, told = news.get()
        if kind == "file":
            done(told)
            continue
        running -= 1
        if kind == "rows":
            new += told
        else:
            failure = told
    for child in children:
        child.join()
    if failure:
        raise NotTaken(failure)
    return new


def _work(files: list[SampleFile], now: Callable[[], datetime], news: SimpleQueue) -> None:
    try:
        news.put(("rows", load(files, now=now, done=lambda file: news.put(("file", file.path.name)))))
    except Exception as broken:  # noqa: BLE001 - told to the parent, which ends with it
        news.put(("failure", str(broken) or repr(broken)))
    finally:
        connections.close_all()
