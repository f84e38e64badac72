"""What the browser loads is what was vendored, and needs nobody else's server."""

import json
import re

import pytest

from core.management.commands import vendor


def test_every_vendored_file_has_the_hash_of_the_manifest():
    assert list(vendor.differences()) == []


def test_a_changed_file_is_named(tmp_path, monkeypatch):
    (tmp_path / "htmx").mkdir()
    (tmp_path / "htmx" / "htmx.min.js").write_bytes(b"changed")
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"htmx.org": {"files": {"htmx/htmx.min.js": "sha384-other"}}}))
    monkeypatch.setattr(vendor, "VENDOR", tmp_path)
    monkeypatch.setattr(vendor, "MANIFEST", manifest)
    assert list(vendor.differences()) == ["htmx/htmx.min.js"]


@pytest.mark.parametrize("package", vendor.PACKAGES, ids=lambda package: package.name)
def test_every_package_brings_its_licence(package):
    assert (vendor.VENDOR / package.folder / "LICENSE").stat().st_size > 0


def test_no_vendored_file_names_a_source_map_that_is_not_served():
    texts = [path.read_bytes() for path in vendor.VENDOR.rglob("*.min.*")]
    assert len(texts) == 3
    assert not any(b"sourceMappingURL" in text for text in texts)


@pytest.mark.parametrize(
    "comment",
    [
        b"\n//# sourceMappingURL=a.js.map",
        b"\n/*# sourceMappingURL=a.css.map */\n",
        b"//@ sourceMappingURL=a.map\n",
    ],
)
def test_source_map_comments_are_stripped_in_every_spelling(comment):
    assert vendor.SOURCE_MAP.sub(b"\n", b"body" + comment) == b"body\n"


def test_the_integrity_of_a_known_text_is_the_published_one():
    # https://www.w3.org/TR/SRI/ section 3.1: the hash of "alert('Hello, world.');"
    known = "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"
    assert vendor.integrity("sha384", b"alert('Hello, world.');") == known
    assert re.fullmatch(r"sha384-[A-Za-z0-9+/]{64}", known)
