"""Every rule has words, in both languages, with what to do."""

import re

import pytest
from django.utils import translation

from intake.queries import words
from intake.queries.words import HELD, ROWS, SAYINGS, say
from intake.readers import refusals
from intake.tables import problems

PARAMS = {
    "size": 650_000_000,
    "limit": 536_870_912,
    "part": "BM-2230",
    "near": "BM-2203",
    "ask": "周工",
    "customer": "天工",
    "suggestion": "2026-11-30",
    "options": ["own", "consigned"],
    "fields": ["inspected", "sample_size"],
    "value": "11.31",
    "guess": "inspected",
    "field": "lot_no",
}
# What the code can say: of files, of cells, and what the tables ask.
RULES = [
    *refusals.RULES,
    *problems.RULES,
    "kind",
    "column",
    "missing_column",
    "date_order",
    "decimal",
    "hidden_rows",
    "hidden_sheets",
    "year",
    *ROWS,
    *HELD,
]


class _Anything(dict):
    def __missing__(self, key: str) -> str:
        return "12"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("rule", sorted(set(RULES)))
def test_a_rule_says_what_is_wrong_and_what_to_do(rule, language, monkeypatch):
    in_words = words._in_words
    monkeypatch.setattr(words, "_in_words", lambda params: _Anything(in_words(params)))
    with translation.override(language):
        said = say(rule, PARAMS)
    assert said.rule
    assert said.remedy
    assert "%(" not in str(said)
    assert "!" not in str(said)
    assert "！" not in str(said)
    has_chinese = bool(re.search(r"[\u4e00-\u9fff]", said.rule))
    assert has_chinese if language == "zh-hans" else "。" not in str(said)


def test_no_sentence_blames():
    for what, pieces in SAYINGS.values():
        text = " ".join([str(what), *(str(getattr(piece, "text", piece)) for piece in pieces)]).lower()
        assert not re.search(r"\b(error|invalid|illegal|failed|bad)\b", text)


@pytest.mark.parametrize(
    ("rule", "params", "zh", "en"),
    [
        (
            "date_impossible",
            {"value": "11.31", "suggestion": "2026-11-30"},
            "“11.31”不是日期：11 月只有 30 天。写成 2026-11-30 这样。",
            "“11.31” is not a date: November has 30 days. Write it like 2026-11-30.",
        ),
        (
            "nonconforming_above_inspected",
            {"nonconforming": 215, "inspected": 125, "suggestion": "2"},
            "不合格 215 大于检验数 125。是否为 2？",
            "215 nonconforming of 125 inspected. Did you mean 2?",
        ),
        (
            "not_a_number",
            {"value": "12，5", "suggestion": "12.5"},
            "“12，5”不是数。写成 12.5。",
            "“12，5” is not a number. Write 12.5.",
        ),
        (
            "too_large",
            {"size": 650_000_000, "limit": 536_870_912},
            "文件 620 MB，最多 512 MB。按月拆开再传。",
            "The file has 620 MB; the limit is 512. Split it by month and send again.",
        ),
        (
            "locked",
            {},
            "有密码，打不开。去掉密码另存后再传。",
            "Locked with a password. Save it without one and send again.",
        ),
        (
            "picture",
            {},
            "这是图片，不是表格。传 Excel 或 csv。",
            "This is a picture, not a sheet. Send Excel or csv.",
        ),
        (
            "part_unknown",
            {"part": "BM-2230", "near": "BM-2203", "ask": "周工", "customer": "天工"},
            "不认识零件 BM-2230。是否为 BM-2203？没有就请客户 天工 的 周工 添加。",
            "Part BM-2230 is unknown. Did you mean BM-2203? If not, ask 周工 of 天工 to add it.",
        ),
    ],
)
def test_the_words_are_those_that_were_agreed(rule, params, zh, en):
    with translation.override("zh-hans"):
        assert str(say(rule, params)) == zh
    with translation.override("en"):
        assert str(say(rule, params)) == en
