"""Catalogues of translations without the gettext programs: what the source says, what `.po` files know."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation.template import templatize

LANGUAGE = "zh_Hans"  # source strings are English
# Position of (message, plural, context) among the arguments.
CALLS = {
    "gettext": (0, None, None),
    "gettext_lazy": (0, None, None),
    "gettext_noop": (0, None, None),
    "_": (0, None, None),
    "ngettext": (0, 1, None),
    "ngettext_lazy": (0, 1, None),
    "pgettext": (1, None, 0),
    "pgettext_lazy": (1, None, 0),
    "npgettext": (1, 2, 0),
    "npgettext_lazy": (1, 2, 0),
}


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """A string to translate; `plural` and `context` are empty for most."""

    text: str
    plural: str = ""
    context: str = ""


@dataclass
class Findings:
    """What is wrong with the catalogue of one app."""

    catalogue: Path
    missing: dict[Message, str] = field(default_factory=dict)  # with the place that says it
    stale: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.broken)


def own_apps() -> list[Path]:
    """Return the folders of the apps that live in this project."""
    folders = (settings.BASE_DIR / name for name in settings.INSTALLED_APPS if "." not in name)
    return sorted(folder for folder in folders if folder.is_dir())


def catalogue_of(app: Path) -> Path:
    return app / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def compile_all() -> int:
    """Write a `.mo` beside every `.po` and return how many there were."""
    catalogues = [catalogue_of(app) for app in own_apps() if catalogue_of(app).exists()]
    for path in catalogues:
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    return len(catalogues)


def said_in(app: Path) -> dict[Message, str]:
    """Return every message in the Python files and templates of an app, with its first place."""
    found: dict[Message, str] = {}
    for path in sorted([*app.rglob("*.py"), *app.rglob("templates/**/*.*")]):
        if path.suffix == ".py":
            messages: Iterable[tuple[Message, int]] = _in_python(ast.parse(path.read_text("utf-8")))
        else:
            messages = _in_template(path.read_text("utf-8"))
        for message, line in messages:
            found.setdefault(message, f"{path.relative_to(settings.BASE_DIR)}:{line}")
    return found


def look_through() -> list[Findings]:
    """Compare what the apps say with what their catalogues know.

    A message may be translated in any app's catalogue (Django merges them), but an entry that no
    app says is stale wherever it stands.
    """
    apps = own_apps()
    said = {app: said_in(app) for app in apps}
    all_said = {message for messages in said.values() for message in messages}
    catalogues = {app: _entries(catalogue_of(app)) for app in apps}
    known = {_message(entry) for entries in catalogues.values() for entry in entries if entry.translated()}
    findings = []
    for app in apps:
        finding = Findings(catalogue_of(app))
        finding.missing = {message: place for message, place in said[app].items() if message not in known}
        finding.stale = [entry.msgid for entry in catalogues[app] if _message(entry) not in all_said]
        finding.broken = [entry.msgid for entry in catalogues[app] if _placeholders_differ(entry)]
        findings.append(finding)
    return [finding for finding in findings if finding]


def add_missing() -> int:
    """Add an empty entry for every message without a translation; return how many were added."""
    added = 0
    for finding in look_through():
        if not finding.missing:
            continue
        entries = polib.POFile(wrapwidth=100)
        entries.metadata = {
            "Language": LANGUAGE,
            "Content-Type": "text/plain; charset=UTF-8",
            "Plural-Forms": "nplurals=1; plural=0;",
        }
        if finding.catalogue.exists():
            entries = polib.pofile(str(finding.catalogue), wrapwidth=100)
        there = {_message(entry) for entry in entries}
        for message in sorted(set(finding.missing) - there):
            entries.append(_empty_entry(message))
            added += 1
        finding.catalogue.parent.mkdir(parents=True, exist_ok=True)
        entries.save(str(finding.catalogue))
    return added


def _empty_entry(message: Message) -> polib.POEntry:
    plural = {"msgid_plural": message.plural, "msgstr_plural": {0: ""}} if message.plural else {}
    return polib.POEntry(msgid=message.text, msgctxt=message.context or None, **plural)


def _entries(catalogue: Path) -> list[polib.POEntry]:
    if not catalogue.exists():
        return []
    return [entry for entry in polib.pofile(str(catalogue)) if not entry.obsolete]


def _message(entry: polib.POEntry) -> Message:
    return Message(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sdf]|\{\w*\}")


def _placeholders_differ(entry: polib.POEntry) -> bool:
    """Whether a translation names a placeholder that the source does not, or forgets one."""
    source = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural or ""))
    written = [entry.msgstr, *entry.msgstr_plural.values()]
    return any(set(PLACEHOLDER.findall(text)) != source for text in written if text)


def _in_python(tree: ast.AST) -> Iterator[tuple[Message, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (message := _called_with(node)):
            yield message, node.lineno


def _called_with(call: ast.Call) -> Message | None:
    name = getattr(call.func, "id", getattr(call.func, "attr", None))
    if name not in CALLS:
        return None
    texts = [each.value if isinstance(each, ast.Constant) else None for each in call.args]

    def text_at(position: int | None) -> str:
        if position is None or position >= len(texts):
            return ""
        text = texts[position]
        return text if isinstance(text, str) else ""

    message = Message(*(text_at(position) for position in CALLS[name]))
    return message if message.text else None


# `templatize` makes of a template what xgettext reads: calls among rubbish of the same length.
TEMPLATE_CALL = re.compile(r"\b(_|n?p?gettext)\(")


def _in_template(source: str) -> Iterator[tuple[Message, int]]:
    pythonic = templatize(source)
    for match in TEMPLATE_CALL.finditer(pythonic):
        line = pythonic.count("\n", 0, match.start()) + 1
        if (call := _call_at(pythonic, match.start())) and (message := _called_with(call)):
            yield message, line


def _call_at(source: str, start: int) -> ast.Call | None:
    """Parse the shortest text from `start` that is a call."""
    end = source.find(")", start)
    while end != -1:
        try:
            expression = ast.parse(source[start : end + 1].replace("\n", "\\n"), mode="eval").body
        except SyntaxError:
            end = source.find(")", end + 1)
            continue
        return expression if isinstance(expression, ast.Call) else None
    return None
