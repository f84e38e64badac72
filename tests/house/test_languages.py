"""Whoever reads Chinese finds no English but names and codes, and the other way round, on every page."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from core.translations import look_through
from tests.house.routes import Route, every_route
from tests.house.world import World, make_world

WITHOUT_WORDS = {"script", "style", "svg", "code", "kbd", "datalist"}
READ_OUT = {"placeholder", "aria-label", "title", "alt", "aria-description"}
VOID = {"input", "img", "br", "hr", "link", "meta", "wbr", "source", "col", "area", "base", "embed", "track"}
# Swagger UI speaks English alone; a mail is in the language of its subscription.
OF_OTHERS = {"api-docs", "api-schema", "subscription-mail"}

# What data say and both languages write alike: codes, addresses, files, units, keys, names of programs.
CODES = re.compile(
    r"""ZQ-[\w-]+(\ part)?|zq-[\w.-]+|\S*@\S+|\b\w*\d\w*\b|https?://\S+|/[\w/.-]+/"""
    r"""|\b(xlsx|xls|et|ods|dfq|dfd|dfx|Q-DAS|csv|txt|docx|png|jpg|pdf|Excel|PDF|CSV|PNG|JPEG)\b"""
    r"""|\b(LEAD|OTHER|NOBODY|owner|clerk|uploader|viewer|\w+_\w+)\b"""
    r"""|\b(ppm|PPM|CNY|UTC|UTF|Ctrl|Esc|Enter|Tab|API|OpenAPI|JSON|SHA|ISO|GB|Cpk|Ppk|Cpm|Ppm|Xbar|AQL|AIAG|MSA|GRR|ndc|SPC|ERP|QR|ID|MB|kB|mm)\b"""
    r"""|\b(Asia|Europe|America)/\w+""",
    re.VERBOSE,
)
ENGLISH_WORD = re.compile(r"[A-Za-z]{3,}")
CHINESE_WORD = re.compile(r"[\u4e00-\u9fff]{2,}")
# Scientists, methods and the languages' own names.
NAMES = {
    "zh-hans": {
        "English",
        "Wilson",
        "Cochran",
        "Student",
        "Jeffreys",
        "Clopper",
        "Pearson",
        "Dirichlet",
        "Poisson",
        "Nelson",
        "Western",
        "Electric",
        "Anderson",
        "Darling",
        "Fleiss",
        "McNemar",
        "Bland",
        "Altman",
        "Laney",
        "Johnson",
        "Box",
        "Cox",
        "EWMA",
        "CUSUM",
        "AOQL",
    },
    "en": {
        *("中文", "简体中文", "毛刺", "接线端子板"),
        *(
            "日期",
            "料号",
            "生产批号",
            "批量",
            "抽检数",
            "不良数",
            "判定",
            "备注",
            "合格",
        ),  # what a sheet says
        "总装",  # a question keeps the name by which it was asked
    },
}


class Words(HTMLParser):
    """The texts of a page that are said in its own language, attributes that are read out among them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        foreign = "lang" in told and tag != "html"
        hidden = tag in WITHOUT_WORDS or foreign or (bool(self.open) and self.open[-1][1])
        if not hidden:
            self.found += [value for name, value in attrs if name in READ_OUT and value]
        if tag not in VOID:
            self.open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not (self.open and self.open[-1][1]):
            self.found.append(data.strip())


def words_of(html: str) -> list[str]:
    parser = Words()
    parser.feed(html)
    return parser.found


def foreign_in(html: str, language: str) -> list[str]:
    """Return the texts of a page that are not in its language."""
    word = ENGLISH_WORD if language == "zh-hans" else CHINESE_WORD
    left = []
    for text in words_of(html):
        bare = CODES.sub(" ", text) if language == "zh-hans" else text.replace("示例·", " ")
        if set(word.findall(bare)) - NAMES[language]:
            left.append(text)
    return left


@pytest.fixture
def world(chain) -> World:
    return make_world(chain)


def arguments(world: World, route: Route, organisation: str) -> dict[str, object] | None:
    found: dict[str, object] = {}
    for name in route.arguments:
        kind = route.kind_of(name)
        seen = None if not isinstance(kind, str) else world.seen(kind, organisation)
        if isinstance(kind, str) and seen is None:
            return None
        found[name] = seen.value if seen else kind.text
    return found


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("organisation", ["LEAD", "S01", None])
def test_every_page_is_in_the_language_of_its_reader(world, organisation, language):
    client = Client(headers={"accept-language": language})
    if organisation:
        owner = world.owners[organisation]
        owner.user.language = language
        owner.user.save()
        client.force_login(owner.user)
    looked_at, mixed = 0, []
    for route in every_route():
        asked = (
            None if route.is_api or route.name in OF_OTHERS else arguments(world, route, organisation or "")
        )
        if asked is None or route.name == "account_logout":
            continue
        response = client.get(route.url(**asked))
        if response.headers.get("Content-Type", "").startswith("text/html") and response.status_code != 302:
            looked_at += 1
            mixed += [f"{route.name}: {text}" for text in foreign_in(response.content.decode(), language)]
    assert looked_at > (25 if organisation else 5)
    assert not mixed, "\n".join(mixed)


def test_a_text_in_the_other_language_would_be_found():
    assert foreign_in('<p>合格率</p><p title="Pass rate">99.21%</p>', "zh-hans") == ["Pass rate"]
    assert (
        foreign_in("<p>批号 J0504，3,200 件，xlsx</p><button lang=en>English words</button>", "zh-hans") == []
    )
    assert foreign_in("<p>Lots</p><td>没有数据</td>", "en") == ["没有数据"]


def test_every_string_is_translated_and_no_translation_is_stale():
    found = look_through()
    assert found == [], "\n".join(f"{one.catalogue}: {one.missing} {one.stale} {one.broken}" for one in found)
