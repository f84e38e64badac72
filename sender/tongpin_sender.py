"""Send the files of a folder to Tongpin, each once, and write beside them what became of each.

One file, Python 3.8 or later, nothing to install; Windows, Linux and macOS. It runs beside a measuring machine
or an ERP system with an API key of Tongpin ("My account", "look and hand in files"):

    python tongpin_sender.py D:/export --server https://tongpin.example --key-file key.txt

A file is sent once it stands still. What was sent is noted by SHA-256 in FOLDER/tongpin/state.json: killed or
cut off, the sender goes on behind the bytes that have arrived. Answers stand in FOLDER/tongpin/results/, one a
file, and in FOLDER/tongpin/sender.log. Files stay where they are unless --move-to says otherwise.
"""

from __future__ import annotations

import argparse
import contextlib
import fnmatch
import hashlib
import http.client
import json
import logging
import logging.handlers
import os
import shutil
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

SERVER = "http://127.0.0.1:8000"  # filled in where this file is downloaded
CHUNK = 4 * 1024 * 1024  # bytes a request
TIMEOUT = 120  # seconds without a word from the server
LONGEST_PAUSE = 300  # seconds between two tries
WAITING_PAUSE = 300  # seconds between two looks at a file that waits for a person
WAITING_DAYS = 30  # after which nobody looks any more
PROBLEMS_SHOWN = 50
OPTIONS = ("kind", "stage", "partnership", "mapping", "encoding", "create", "partial", "dry_run")
PATTERNS = "*.csv;*.txt;*.xlsx;*.xlsm;*.xls;*.et;*.ods;*.dfq;*.dfd;*.dfx;*.zip"
NOT_YET = ("~$*", ".*", "*.tmp", "*.part", "*.crdownload")  # other programs' files in the making
WORKING = {"received", "committing"}
OPEN = WORKING | {"waiting", "understood"}

WORDS = {
    "en": {
        "file": "File", "outcome": "Outcome", "when": "Time", "address": "Look at it", "rows": "Rows",
        "problems": "To be mended", "more": "and {n} more: see the address above", "sending": "sending",
        "off": "put off, {pause:.0f} s: {why}", "refused": "refused: {why}", "cut": "no connection ({why})",
        "key": "the API key is not valid, or may only look", "status": "the server answers {code}: {why}",
        "changed": "changed while it was sent; sent again once it stands still",
        "twin": "has the same content as {name}, which was sent before: not sent again",
        "moved": "moved to {place}", "watching": "watching {folder}", "busy": "Another sender watches this folder.",
        "no_partnership": "There is no partnership {code} for this key.",
        "no_key": "Give a key: --key-file FILE, or TONGPIN_KEY.", "no_folder": "There is no folder {folder}.",
        "received": "received, being read", "understood": "checked, not committed", "waiting": "waits for a person",
        "committing": "being committed", "committed": "committed", "undone": "taken back",
        "same_file": "nothing new: the same file was committed before", "new": "new", "same": "same",
        "changed_rows": "changed", "conflicting": "contradicting", "wrong": "to be mended",
        "elsewhere": "for others", "left_out": "left out (totals and the like)", "read": "read",
    },
    "zh": {
        "file": "文件", "outcome": "结果", "when": "时间", "address": "查看", "rows": "行数",
        "problems": "需要修改", "more": "另有 {n} 处，请打开上面的地址查看", "sending": "正在发送",
        "off": "暂缓 {pause:.0f} 秒：{why}", "refused": "被拒收：{why}", "cut": "连不上服务器（{why}）",
        "key": "API 密钥无效，或只能查看", "status": "服务器返回 {code}：{why}",
        "changed": "发送途中文件又变了；等文件不再变化后重新发送", "twin": "内容与已发送过的 {name} 相同，不再发送",
        "moved": "已移到 {place}", "watching": "正在监视 {folder}", "busy": "已有另一个发送程序在监视这个文件夹。",
        "no_partnership": "这个密钥没有供货关系 {code}。",
        "no_key": "请给出密钥：--key-file 文件，或环境变量 TONGPIN_KEY。", "no_folder": "没有文件夹 {folder}。",
        "received": "已收到，正在读取", "understood": "已检查，未提交", "waiting": "等人处理",
        "committing": "正在提交", "committed": "已提交", "undone": "已撤回",
        "same_file": "没有新内容：同一个文件以前提交过", "new": "新增", "same": "相同", "changed_rows": "有改动",
        "conflicting": "有冲突", "wrong": "要修改", "elsewhere": "属于别家", "left_out": "未计入（合计等）",
        "read": "读取",
    },
}  # fmt: skip
COUNTS = ("read", "new", "same", "changed", "conflicting", "wrong", "elsewhere", "left_out")


class Later(Exception):
    """It cannot be sent now; try again after a pause."""


class Refused(Exception):
    """It will never be taken as it is."""


class Changed(Exception):
    """The file is another one than when sending began."""


# -- the folder: what is in it, what was done with it ------------------------------------------------
class State:
    """What was sent, by SHA-256 of the content; on the disk before anything else happens."""

    def __init__(self, path):
        self.path = path
        self.jobs = {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.jobs = json.load(file)

    def save(self):
        beside = self.path + ".new"
        with open(beside, "w", encoding="utf-8") as file:
            json.dump(self.jobs, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, self.path)


class Watcher:
    """Looks at a folder again and again, and has `deliver` send what stands still.

    `deliver.send(path, job, save)` returns what the file became, a dictionary with `id` and `state`, and as far
    as they are known `counts`, `problems` (sentences), `more` (how many are not among them) and `address`;
    `deliver.ask(job)` returns the same of a file that was sent. Both raise Later, Refused or Changed.
    """

    def __init__(self, folder, deliver, options, log):
        self.folder, self.deliver, self.log = os.path.abspath(folder), deliver, log
        self.home = os.path.abspath(options.home or os.path.join(folder, "tongpin"))
        self.results = os.path.join(self.home, "results")
        self.settle, self.pause = options.settle, options.pause
        self.patterns = [one.strip().lower() for one in options.pattern.split(";") if one.strip()]
        self.recursive, self.move_to = options.recursive, options.move_to
        self.words = WORDS[options.language]
        self.state = State(os.path.join(self.home, "state.json"))
        for sha256 in [key for key, job in self.state.jobs.items() if job.get("refused")]:
            del self.state.jobs[sha256]  # whoever starts again has mended what it was refused for
        self.seen = {}  # path: size and time of change, since when they are so
        self.known = {}  # path: size and time of change, SHA-256
        os.makedirs(self.results, exist_ok=True)

    def look(self):
        """Look once; return whether a file still moves, or is to be sent or asked about again."""
        more = False
        for path in self.files():
            name = os.path.relpath(path, self.folder)
            try:
                sha256 = self.hash_of(path) if self.stands_still(path) else None
            except OSError:  # gone meanwhile, or locked by the program that writes it
                sha256 = None
            if sha256 is None:
                more = True
                continue
            job = self.state.jobs.setdefault(sha256, {"name": name, "sha256": sha256, "tries": 0})
            if job.get("state") or job.get("refused"):
                self.tell_twin(name, job)
            elif time.time() >= job.get("next_try", 0):
                more |= not self.send(path, job)
            else:
                more = True
        return self.ask_about_open() or more

    def files(self):
        """Return the paths of files to send, in the order of their names."""
        found = []
        for folder, inside, names in os.walk(self.folder):
            inside[:] = [one for one in inside if self.recursive and self.is_ours(os.path.join(folder, one))]
            found += [os.path.join(folder, name) for name in names if self.is_meant(name)]
        return sorted(found)

    def is_ours(self, folder):
        away = [self.home] + ([os.path.abspath(self.move_to)] if self.move_to else [])
        return not os.path.basename(folder).startswith(".") and os.path.abspath(folder) not in away

    def is_meant(self, name):
        low = name.lower()
        if any(fnmatch.fnmatch(low, pattern) for pattern in NOT_YET):
            return False
        return any(fnmatch.fnmatch(low, pattern) for pattern in self.patterns)

    def stands_still(self, path):
        """Say whether a file has been the same for `settle` seconds, by our own clock."""
        mark, now = mark_of(path), time.monotonic()
        before, since = self.seen.get(path, (None, now))
        if mark != before:
            since = now
        self.seen[path] = (mark, since)
        return mark[0] > 0 and now - since >= self.settle

    def hash_of(self, path):
        mark = mark_of(path)
        known, sha256 = self.known.get(path, (None, ""))
        if known != mark:
            digest = hashlib.sha256()
            with open(path, "rb") as file:
                for block in iter(lambda: file.read(1024 * 1024), b""):
                    digest.update(block)
            sha256 = digest.hexdigest()
            if mark_of(path) != mark:
                return None
            self.known[path] = (mark, sha256)
        return sha256

    def send(self, path, job):
        """Send a file; return whether its fate is known."""
        name = os.path.relpath(path, self.folder)
        job["name"], job["path"], job["mark"] = name, path, mark_of(path)
        self.state.save()
        self.log.info("%s: %s", name, self.words["sending"])
        try:
            self.became(job, self.deliver.send(path, job, self.state.save))
        except Refused as why:
            job["refused"] = str(why)
            self.tell(job, self.words["refused"].format(why=why), [])
        except Changed:
            del self.state.jobs[job["sha256"]]
            self.known.pop(path, None)
            self.state.save()
            self.log.info("%s: %s", name, self.words["changed"])
            return False
        except Later as why:
            self.put_off(job, why)
            return False
        return job.get("state") not in WORKING

    def put_off(self, job, why):
        job["tries"] += 1
        wait = min(self.pause * 2 ** (job["tries"] - 1), LONGEST_PAUSE)
        job["next_try"] = time.time() + wait
        self.state.save()
        self.log.warning("%s: %s", job["name"], self.words["off"].format(pause=wait, why=why))

    def ask_about_open(self):
        """Ask what became of files that were worked on or wait for a person; return whether some are worked on."""
        for job in list(self.state.jobs.values()):
            if job.get("state") not in OPEN or time.time() < job.get("next_try", 0):
                continue
            try:
                self.became(job, self.deliver.ask(job))
            except Refused as why:  # it cannot be seen any more
                job["state"] = "undone"
                self.tell(job, str(why), [])
            except Later as why:
                self.put_off(job, why)
        return any(job.get("state") in WORKING for job in self.state.jobs.values())

    def became(self, job, told):
        """Note what a file became, and say so if that is new."""
        new = told["state"] != job.get("state")
        job.update(state=told["state"], upload=told["id"], tries=0, next_try=0)
        job.setdefault("sent_at", time.time())
        if told["state"] in OPEN - WORKING:
            job["next_try"] = time.time() + WAITING_PAUSE
            if time.time() - job["sent_at"] > WAITING_DAYS * 86400:
                job["next_try"] = float("1e12")
        if new:
            outcome = self.words.get(told["state"], told["state"])
            if told.get("refusal"):
                outcome = self.words["refused"].format(why=told["refusal"])
            self.tell(job, outcome, self.lines_of(told))
            if told["state"] == "committed":
                self.move(job)
        self.state.save()

    def lines_of(self, told):
        lines = []
        counts = told.get("counts") or {}
        names = {"changed": "changed_rows"}  # a file changes too
        told_of = [name for name in COUNTS if counts.get(name)]
        rows = ["{} {}".format(self.words[names.get(name, name)], counts[name]) for name in told_of]
        if rows:
            lines.append("{}: {}".format(self.words["rows"], ", ".join(rows)))
        if told.get("address"):
            lines.append("{}: {}".format(self.words["address"], told["address"]))
        if told.get("identical"):
            lines.append(self.words["same_file"])
        if told.get("problems"):
            lines.append("{}:".format(self.words["problems"]))
            lines += ["  " + one for one in told["problems"]]
        if told.get("more"):
            lines.append("  " + self.words["more"].format(n=told["more"]))
        return lines

    def tell(self, job, outcome, lines):
        """Say in the log and in a file what became of one."""
        self.state.save()
        self.log.info("%s: %s%s", job["name"], outcome, " | " + lines[0] if lines else "")
        head = [
            "{}: {}".format(self.words["file"], job["name"]),
            "{}: {}".format(self.words["outcome"], outcome),
            "{}: {}".format(self.words["when"], time.strftime("%Y-%m-%d %H:%M:%S")),
        ]
        path = os.path.join(self.results, job["name"].replace(os.sep, "_") + ".txt")
        with open(path, "w", encoding="utf-8-sig", newline="\r\n") as file:  # Notepad reads it as it is
            file.write("\n".join(head + lines) + "\n")

    def tell_twin(self, name, job):
        if name != job["name"] and name not in job.setdefault("twins", []):
            job["twins"].append(name)
            self.state.save()
            self.log.info("%s: %s", name, self.words["twin"].format(name=job["name"]))

    def move(self, job):
        if (
            not self.move_to
            or not os.path.exists(job.get("path", ""))
            or mark_of(job["path"]) != tuple(job["mark"])
        ):
            return
        os.makedirs(self.move_to, exist_ok=True)
        place = os.path.join(self.move_to, os.path.basename(job["path"]))
        stem, ending = os.path.splitext(place)
        number = 1
        while os.path.exists(place):
            number += 1
            place = "{} ({}){}".format(stem, number, ending)
        shutil.move(job["path"], place)
        self.log.info("%s: %s", job["name"], self.words["moved"].format(place=place))


def mark_of(path):
    """Return size and time of change of a file."""
    found = os.stat(path)
    return found.st_size, found.st_mtime_ns


@contextlib.contextmanager
def alone(home, words):
    """Hold the folder: a second sender ends. The hold goes with the process, however it ends."""
    os.makedirs(home, exist_ok=True)
    with open(os.path.join(home, "lock"), "a+b") as file:
        try:
            if sys.platform == "win32":
                import msvcrt

                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit(words["busy"])
        yield


# -- the server --------------------------------------------------------------------------------------
class Server:
    """Tongpin's API, with a key."""

    def __init__(self, address, key, options):
        self.address = address.rstrip("/")
        self.words = WORDS[options.language]
        self.asked = {name: getattr(options, name) for name in OPTIONS if getattr(options, name)}
        key = key if key.lower().startswith("api-key ") else "Api-Key " + key
        language = "zh-hans" if options.language == "zh" else "en"
        self.headers = {"Authorization": key, "Accept": "application/json", "Accept-Language": language}

    def send(self, path, job, save):
        """Send what is missing of a file, hand it in, and return its upload; one that is there is not sent."""
        known = self._known(job)
        if known:
            return self._outcome(known)
        file = self._begun(job) or self._announced(path, job, save)
        while file["upload"] is None and file["received"] < file["size"]:
            file = self._next_chunk(path, job, file)
        asked = self._asked()
        written = json.dumps([job["sha256"], job["chunked"], asked], sort_keys=True).encode()
        key = hashlib.sha256(written).hexdigest()
        address = "uploads/chunked/{}/finish/".format(job["chunked"])
        status, told = self._call("POST", address, asked, {"Idempotency-Key": key})
        if status == 409 and code_of(told) == "other_bytes":
            job.pop("chunked")
            raise Changed
        if status == 404:
            job.pop("chunked")
        return self._outcome(self._good(status, told, job))

    def ask(self, job):
        status, told = self._call("GET", "uploads/{}/".format(job["upload"]))
        return self._outcome(self._good(status, told))

    def _known(self, job):
        """Return the upload of the same bytes for the same purpose, by whomever it was handed in here, or None."""
        asked = self._asked()
        page = self._good(*self._call("GET", "uploads/?sha256=" + job["sha256"]))
        for upload in page["results"]:
            alike = all(asked.get(name) in (None, upload[name]) for name in ("kind", "stage"))
            if alike and upload["partnership"] == asked.get("partnership") and upload["repairs"] is None:
                return self._good(*self._call("GET", "uploads/{}/".format(upload["id"])))
        return None

    def _begun(self, job):
        """Return what the server has of a file that was begun, or None."""
        if not job.get("chunked"):
            return None
        status, told = self._call("GET", "uploads/chunked/{}/".format(job["chunked"]))
        return None if status == 404 else self._good(status, told)

    def _announced(self, path, job, save):
        name, size = os.path.basename(path), os.path.getsize(path)
        body = {"file_name": name, "size": size, "sha256": job["sha256"]}
        file = self._good(*self._call("POST", "uploads/chunked/", body))
        job["chunked"] = file["id"]
        save()
        return file

    def _next_chunk(self, path, job, file):
        if mark_of(path) != tuple(job["mark"]):
            self._call("DELETE", "uploads/chunked/{}/".format(job.pop("chunked")))
            raise Changed
        with open(path, "rb") as content:
            content.seek(file["received"])
            chunk = content.read(CHUNK)
        headers = {"Upload-Offset": str(file["received"]), "Content-Type": "application/octet-stream"}
        address = "uploads/chunked/{}/".format(job["chunked"])
        status, told = self._call("PATCH", address, chunk, headers)
        if status == 409 and code_of(told) == "wrong_offset":
            status, told = self._call("GET", address)
        return self._good(status, told)

    def _asked(self):
        """Return the options of every file, the partnership by its id."""
        code = str(self.asked.get("partnership", ""))
        if "/" in code:
            customer, supplier = code.split("/", 1)
            query = urllib.parse.urlencode({"customer": customer, "supplier": supplier})
            found = self._good(*self._call("GET", "partnerships/?" + query))["results"]
            if len(found) != 1:
                raise Refused(self.words["no_partnership"].format(code=code))
            self.asked["partnership"] = found[0]["id"]
        return self.asked

    def _outcome(self, upload):
        problems, more = [], 0
        if upload["state"] not in WORKING:
            problems = ["? " + one["text"] for one in upload.get("questions") or []]
            open_ones = [one for one in upload.get("conflicts") or [] if not one["choice"]]
            problems += [place_of(one) + one["text"] for one in open_ones]
            if upload.get("open_rows"):
                status, page = self._call("GET", "uploads/{}/problems/".format(upload["id"]))
                found = self._good(status, page)["results"]
                each = [dict(row, **one) for row in found for one in [row] + row["also"]]
                problems += [place_of(one) + one["rule"] + " " + one["remedy"] for one in each]
            more = max(len(problems) - PROBLEMS_SHOWN, 0)
        refusal = upload.get("refusal")
        return {
            "id": upload["id"],
            "state": upload["state"],
            "counts": upload["counts"],
            "refusal": "{} {}".format(refusal["rule"], refusal["remedy"]) if refusal else "",
            "problems": problems[:PROBLEMS_SHOWN],
            "more": more,
            "identical": upload.get("identical_to") is not None,
            "address": "{}/uploads/{}/".format(self.address, upload["id"]),
        }

    def _good(self, status, told, job=None):
        """Return an answer that is one; else say whether asking again may help."""
        if status in (200, 201):
            return told
        errors = told.get("errors") or [{}]
        why = " ".join(str(one.get("detail", "")) for one in errors)
        if status in (401, 403):
            raise Later(self.words["key"])
        if status == 409 or (status == 404 and job is not None):
            raise Later(self.words["status"].format(code=status, why=why))
        raise Refused(self.words["status"].format(code=status, why=why))

    def _call(self, method, place, body=None, headers=None):
        """Ask the server; return status and JSON. Raises Later where there was no answer, or none that counts."""
        headers = dict(self.headers, **(headers or {}))
        if isinstance(body, dict):
            body = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        address = "{}/api/v1/{}".format(self.address, place)
        request = urllib.request.Request(address, data=body, headers=headers, method=method)
        try:
            status, content = self._answer(request)
        except (OSError, http.client.HTTPException, ValueError) as cut:
            raise Later(self.words["cut"].format(why=cut)) from cut
        if status >= 500 or status in (408, 413, 429):
            raise Later(self.words["status"].format(code=status, why=http.client.responses.get(status, "")))
        try:
            return status, json.loads(content or b"{}")
        except ValueError as strange:  # a proxy that speaks for the server
            raise Later(self.words["status"].format(code=status, why="?")) from strange

    @staticmethod
    def _answer(request):
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read()


def code_of(told):
    return (told.get("errors") or [{}])[0].get("code")


def place_of(problem):
    if not problem.get("row"):
        return ""
    return "{}!{}{}: ".format(problem.get("sheet", ""), problem.get("column", ""), problem["row"])


# -- the command -------------------------------------------------------------------------------------
def add_watching(parser):
    """Add what is said of the folder, the same here and on the server."""
    add = parser.add_argument
    add("--pattern", default=PATTERNS, help="names that are meant, separated by ; (%(default)s)")
    add("--recursive", action="store_true", help="folders inside the folder too")
    add("--settle", type=float, default=10, metavar="SECONDS", help=SETTLE)
    add("--every", type=float, default=10, metavar="SECONDS", help="between two looks (%(default)s)")
    add("--pause", type=float, default=2, metavar="SECONDS", help="after a failure, doubled (%(default)s)")
    add("--move-to", default="", metavar="FOLDER", help="for what was committed; else nothing is moved")
    add("--home", default="", metavar="FOLDER", help="for state, log and results (FOLDER/tongpin)")
    add("--once", action="store_true", help="end when all is known; 0 if all was committed")


SETTLE = "a file is sent once it has not changed for so long (%(default)s)"
KINDS = "inspections, measurements, gauge_studies, stock, movements, deliveries, returns; else recognised"


def parsed(arguments):
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=shape)
    add = parser.add_argument
    add("folder", help="the folder to watch")
    add("--server", default=os.environ.get("TONGPIN_SERVER", SERVER), help="Tongpin's address (%(default)s)")
    add("--key-file", default="", metavar="FILE", help="a text file that holds the key; or set TONGPIN_KEY")
    add("--kind", default="", help=KINDS)
    add("--stage", default="", choices=["", "outgoing", "incoming"])
    add("--partnership", default="", metavar="CUSTOMER/SUPPLIER", help="every row belongs to it")
    add("--mapping", default="", metavar="NAME", help="a saved reading of the layout")
    add("--encoding", default="", metavar="NAME", help="of text files, such as gb18030")
    add("--create", action="store_true", help="make what a file names and nobody knows")
    add("--partial", action="store_true", help="commit the faultless rows, keep the rest")
    add("--dry-run", action="store_true", help="check alone: a person commits on the page")
    add("--language", default="zh", choices=["zh", "en"], help="of log and results (%(default)s)")
    add_watching(parser)
    return parser.parse_args(arguments)


def logger(home):
    """Return the log: a file beside the results, and what a person sees who looks on."""
    log = logging.getLogger("tongpin_sender")
    log.setLevel(logging.INFO)
    kept = logging.handlers.RotatingFileHandler(
        os.path.join(home, "sender.log"), maxBytes=1000000, backupCount=3, encoding="utf-8"
    )
    handlers: list[logging.Handler] = [kept]
    if sys.stderr is not None:  # pythonw has none
        handlers.append(logging.StreamHandler(sys.stderr))
    for handler in handlers:
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.handlers = handlers
    return log


def watch(watcher, options):
    """Look for ever, or with --once until all is known; return whether all that is there was taken as asked."""
    watcher.log.info(watcher.words["watching"].format(folder=watcher.folder))
    while True:
        try:
            more = watcher.look()
        except (
            OSError
        ) as passing:  # a disk that is full, a state that another program has open: noted next time
            watcher.log.warning("%s", passing)
            more = True
        if options.once and not more:
            break
        if options.once and any(job["tries"] > 4 for job in watcher.state.jobs.values()):
            break
        time.sleep(min(options.every, options.settle or options.every) if options.once else options.every)
    wanted = {"committed", "understood"} if getattr(options, "dry_run", False) else {"committed"}
    here = {watcher.known[path][1] for path in watcher.files() if path in watcher.known}
    return all(watcher.state.jobs.get(sha256, {}).get("state") in wanted for sha256 in here)


def main(arguments=None):
    options = parsed(arguments)
    words = WORDS[options.language]
    if hasattr(sys.stderr, "reconfigure"):
        sys.stderr.reconfigure(errors="replace")  # a console that lacks Chinese ends nothing
    if not os.path.isdir(options.folder):
        sys.exit(words["no_folder"].format(folder=options.folder))
    key = os.environ.get("TONGPIN_KEY", "")
    if options.key_file:
        with open(options.key_file, encoding="utf-8-sig") as file:
            key = file.read()
    if not key.strip():
        sys.exit(words["no_key"])
    home = options.home or os.path.join(options.folder, "tongpin")
    with alone(home, words):
        server = Server(options.server, key.strip(), options)
        watcher = Watcher(options.folder, server, options, logger(home))
        try:
            return 0 if watch(watcher, options) else 1
        except KeyboardInterrupt:
            return 130


if __name__ == "__main__":
    sys.exit(main())
