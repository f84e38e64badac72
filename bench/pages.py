"""What pages cost an old PC: bytes, requests and times in a browser slowed down six times, beside their budget."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stdout
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from bench._house import House, own_house, quantile, run
from bench.overview import LOTS, PARTS, SUPPLIERS, add_lots

THROTTLE = 6  # times slower than this machine
SCREEN = {"width": 1366, "height": 768}
VISITS = 3
QUIET = 500  # ms without a change of the page: it is drawn
KILO = 1000


@dataclass(frozen=True)
class Budget:
    """Of one page; kB over the wire, and ms until text is seen and until all is drawn."""

    first_kb: int
    repeat_kb: int
    requests: int
    text_ms: int
    drawn_ms: int


PLAIN = Budget(120, 30, 7, 700, 800)
CHARTS = Budget(370, 40, 9, 700, 1400)
SHIFT = 0.0  # of the layout, on every page
PAGES = {
    "/overview/": CHARTS,
    "/suppliers/": PLAIN,
    "/parts/": PLAIN,
    "/lots/": PLAIN,
    "/inventory/": PLAIN,
    "/uploads/new/": PLAIN,
    "/uploads/": PLAIN,
    "/search/?q=L100": PLAIN,
}
WATCH = """
window.__seen = {shift: 0, changed: 0};
new PerformanceObserver(list => list.getEntries().forEach(one => {
  if (!one.hadRecentInput) window.__seen.shift += one.value;
})).observe({type: "layout-shift", buffered: true});
new MutationObserver(() => { window.__seen.changed = performance.now(); })
  .observe(document, {childList: true, subtree: true});
"""
TELL = """() => ({
  text: (performance.getEntriesByName("first-contentful-paint")[0] || {startTime: NaN}).startTime,
  drawn: Math.max(window.__seen.changed, performance.timing.loadEventEnd - performance.timing.navigationStart),
  shift: window.__seen.shift,
})"""
STILL = f"() => document.readyState === 'complete' && performance.now() - window.__seen.changed > {QUIET}"


def main() -> tuple[list[list[str]], dict[str, Any]]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("This needs a chromium on the path.")
    with own_house("pages", suppliers=SUPPLIERS, parts=PARTS) as house:
        add_lots(house, 0, LOTS)
        with _served() as address:
            found = _visit(program, address, _cookie(house))
    head = ["", "first, kB", "again, kB", "requests", "text, ms", "drawn, ms", "shift", ""]
    return [head, *(_line(path, found[path]) for path in PAGES)], {"throttle": THROTTLE, "pages": found}


def _line(path: str, seen: dict[str, float]) -> list[str]:
    budget = PAGES[path]
    limits = {
        "first_kb": budget.first_kb, "repeat_kb": budget.repeat_kb, "requests": budget.requests,
        "text_ms": budget.text_ms, "drawn_ms": budget.drawn_ms, "shift": SHIFT,
    }  # fmt: skip
    over = [name for name, limit in limits.items() if round(seen[name], 3) > limit]
    cells = [f"{seen[name]:.{3 if name == 'shift' else 0}f} / {limit}" for name, limit in limits.items()]
    return [path, *cells, f"over: {', '.join(over)}" if over else "within"]


@contextmanager
def _served() -> Iterator[str]:
    """Serve the bench's database as in production: collected and compressed files, two processes."""
    from django.core.management import call_command

    with redirect_stdout(sys.stderr):
        call_command("translations", "compile")
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {"DATABASE_URL": _database_url()}
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"], env=env, check=True
    )
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "config.wsgi", "--preload", "--workers", "2", "--threads", "4",
         "--bind", f"127.0.0.1:{port}", "--log-level", "warning"],
        env=env, stdout=sys.stderr,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/account/login/")
        yield address
    finally:
        server.terminate()
        server.wait()


def _wait_for(address: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _database_url() -> str:
    """The configured address, with the bench's own database in it."""
    from django.db import connection

    configured = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    return configured._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


def _cookie(house: House) -> str:
    from django.conf import settings
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(house.buyer.user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _visit(program: str, address: str, session: str) -> dict[str, dict[str, float]]:
    """Visit each page for the first time and again, several times, and return the medians."""
    from django.conf import settings
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        visits: dict[str, list[dict[str, float]]] = {path: [] for path in PAGES}
        for path in PAGES:
            for _ in range(VISITS):
                context = chromium.new_context(viewport=SCREEN, locale="zh-CN")
                context.add_cookies([cookie])
                first, again = _load(context, address + path), _load(context, address + path)
                visits[path].append(first | {"repeat_kb": again["first_kb"]})
                context.close()
        chromium.close()
    return {
        path: {name: quantile([one[name] for one in seen], 0.5) for name in seen[0]}
        for path, seen in visits.items()
    }


def _load(context: Any, address: str) -> dict[str, float]:
    page = context.new_page()
    page.add_init_script(WATCH)
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
    loaded: dict[str, float] = {}
    wire.on(
        "Network.loadingFinished",
        lambda event: loaded.update({event["requestId"]: event["encodedDataLength"]}),
    )
    answer = page.goto(address, wait_until="load")
    if answer is None or answer.status != HTTPStatus.OK:
        raise SystemExit(f"{address} answered {answer and answer.status}: there is no page to measure.")
    page.wait_for_function(STILL)
    told = page.evaluate(TELL)
    page.close()
    return {
        "first_kb": sum(loaded.values()) / KILO,
        "requests": float(len(loaded)),
        "text_ms": told["text"],
        "drawn_ms": told["drawn"],
        "shift": told["shift"],
    }


if __name__ == "__main__":
    run(main, f"Pages in a browser {THROTTLE} times slower, {SCREEN['width']} wide: measured / budget")
