"""The colours keep their promises: one dark list, and contrast that can be read (WCAG 2.2)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "core" / "static" / "core"


def block(css: str, opening: str) -> dict[str, str]:
    """Return the custom properties of the first rule that begins with `opening`."""
    body = css.split(opening, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))


@pytest.fixture(scope="module")
def house():
    return (CSS / "house.css").read_text(encoding="utf-8")


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_wcag_does():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_the_two_dark_lists_are_one(house):
    assert block(house, ':root[data-theme="dark"] {') == block(house, ':root:not([data-theme="light"]) {')


@pytest.fixture(params=[":root {", ':root[data-theme="dark"] {'], ids=["light", "dark"])
def tokens(request, house):
    return block(house, ":root {") | block(house, request.param)


@pytest.mark.parametrize("ink", ["ink", "ink2", "ink3", "primary", "good", "watch", "bad", "none"])
def test_text_can_be_read_on_every_ground(tokens, ink):
    for ground in ("surface", "page", "sunk"):
        assert contrast(tokens[ink], tokens[ground]) >= 4.5, ground


@pytest.mark.parametrize(
    ("ink", "ground"),
    [("primary", "primary-tint"), ("on-primary", "primary"), ("ink2", "none-tint"), ("ink", "watch-tint")]
    + [(state, f"{state}-tint") for state in ("good", "watch", "bad")],
)
def test_words_can_be_read_on_their_tint(tokens, ink, ground):
    assert contrast(tokens[ink], tokens[ground]) >= 4.5


@pytest.mark.parametrize(
    "mark", ["control", "data1", "data2", "data3", "data4", "data5", "good", "watch", "bad"]
)
def test_marks_and_control_borders_can_be_seen(tokens, mark):
    assert contrast(tokens[mark], tokens["surface"]) >= 3


@pytest.mark.parametrize("name", ["house.css", "parts.css"])
@pytest.mark.parametrize(
    "newer",
    [
        ":has(",
        "color-mix(",
        "oklch(",
        "light-dark(",
        "@layer",
        "@container",
        "text-wrap",
        "dvh",
        "accent-color",
        "subgrid",
    ],
)
def test_nothing_is_used_that_chromium_86_does_not_know(name, newer):
    assert newer not in (CSS / name).read_text(encoding="utf-8")


def test_no_colour_is_written_outside_the_tokens():
    parts = (CSS / "parts.css").read_text(encoding="utf-8")
    assert re.findall(r"#[0-9A-Fa-f]{6}\b", parts) == []
