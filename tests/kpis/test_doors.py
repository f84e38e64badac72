"""The command and the API: one answer through both."""

import csv
import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from kpis.definitions import names
from suppliers.models import Person, User
from tests.kpis.books import NOW

HALF = {"from": "2026-01-01", "to": "2026-06-30"}
PROMISED = [
    "by", "value", "low", "high", "n", "reason", "definition", "version", "stage", "data_until",
]  # fmt: skip


def run(*args, **options):
    out = io.StringIO()
    call_command("kpi", *args, stdout=out, **options)
    return out.getvalue()


def person(year, organisation, email=""):
    email = email or f"{organisation.lower()}@example.org"
    user = User.objects.create_user(email, "x" * 12, language="en")
    return Person.objects.create(
        user=user, organisation=year.organisation(organisation), role="viewer", joined_at=NOW
    )


def ask(client, someone, path, **query):
    client.force_login(someone.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.get(f"/api/v1/{path}", query)


def test_the_command_prints_what_was_promised(year):
    entries = json.loads(
        run(
            "pass_rate",
            "--organisation=LEAD",
            "--from=2026-01-01",
            "--to=2026-06-30",
            "--by=supplier",
            "--json",
        )
    )
    assert [(one["by"], one["stage"]) for one in entries] == [
        ({"supplier": supplier}, stage)
        for stage in ("outgoing", "incoming", "corrected")
        for supplier in ("S01", "S02")
    ]
    for entry in entries:
        assert list(entry)[: len(PROMISED)] == PROMISED
        assert (entry["definition"], entry["version"]) == ("pass_rate", 1)


@pytest.mark.parametrize("name", names())
def test_every_kpi_answers_with_a_number_or_a_reason(year, client, name):
    entries = json.loads(run(name, "--organisation=LEAD", "--json"))
    assert entries
    for entry in entries:
        assert (entry["value"] is None) == bool(entry["reason"])
    answer = ask(client, person(year, "LEAD"), f"kpis/{name}/")
    assert answer.status_code == 200
    for entry in (*entries, *answer.json()):
        entry.pop("reason_text")  # each in its reader's language
    assert answer.json()
    assert [entry | {"reason_text": 0} for entry in entries] == [
        entry | {"reason_text": 0} for entry in answer.json()
    ]


def test_without_days_the_last_six_months_with_data_are_read(year):
    (entry,) = json.loads(run("pass_rate", "--organisation=LEAD", "--stage=outgoing", "--json"))
    assert (entry["from"], entry["to"]) == ("2026-01-01", "2026-06-30")


def test_one_of_several_customers_must_be_named(year):
    with pytest.raises(CommandError, match=r"CUST2 \| LEAD"):
        run("pass_rate")
    with pytest.raises(CommandError, match="S01 is not a customer"):
        run("pass_rate", "--organisation=S01")
    with pytest.raises(CommandError, match="Nobody here"):
        run("pass_rate", "--organisation=LEAD", "--as=nobody@example.org")


def test_a_person_reads_only_what_it_may_see(year):
    someone = person(year, "S02")
    text = run("pass_rate", "--as", someone.user.email, "--by=supplier", "--json", "--stage=outgoing")
    assert [entry["by"] for entry in json.loads(text)] == [{"supplier": "S02"}]
    with pytest.raises(CommandError, match="CUST2 is not a customer here: --organisation LEAD"):
        run("pass_rate", "--as", someone.user.email, "--organisation=CUST2")


def test_a_table_for_people_and_csv_for_spreadsheets(year):
    table = run("pass_rate", "--organisation=LEAD", "--by=supplier", "--stage=outgoing").splitlines()
    assert "pass_rate v1" in table[0]
    assert [line.split()[0] for line in table[2:]] == ["S01", "S02"]
    rows = list(csv.DictReader(io.StringIO(run("ppm", "--organisation=LEAD", "--by=month", "--csv"))))
    assert rows[0]["by_month"] == "2026-01"
    assert float(rows[0]["value"]) >= 0


@pytest.mark.parametrize(
    "wrong",
    [["--stage=corrected"], ["--average=daily"], ["--from=2026-06-30", "--to=2026-01-01"]],
)
def test_a_question_that_makes_no_sense_ends_in_one_sentence(year, wrong):
    with pytest.raises(CommandError):
        run("ppm", "--organisation=LEAD", *wrong)


def test_the_api_groups_filters_and_compares(year, client):
    answer = ask(
        client, person(year, "LEAD"), "kpis/pass_rate/", **HALF, base="2025-07..2025-12", by="supplier",
        stage="outgoing", supplier="S01,S02", part="0201003",
    )  # fmt: skip
    first, second = answer.json()
    assert first["value"] is None
    assert first["reason"] == "nothing_inspected"
    assert second["change"]["from"] == "2025-07-01"
    assert second["change"]["value"] is not None
    assert second["rows_url"].startswith("/lots/?from=2026-01-01&to=2026-06-30&stage=outgoing&supplier=S02")


def test_a_supplier_asks_about_itself_without_naming_its_customers(year, client):
    answer = ask(client, person(year, "S01"), "kpis/pass_rate/", **HALF, by="customer", stage="outgoing")
    assert {entry["by"]["customer"] for entry in answer.json()} == {"LEAD", "CUST2"}


def test_what_is_not_open_answers_as_what_does_not_exist(year, client):
    stranger = person(year, "S02")
    foreign, made_up = (
        ask(client, stranger, "kpis/pass_rate/", **HALF, **{kind: code}).content
        for kind, code in (("supplier", "S01"), ("supplier", "S77"))
    )
    assert foreign.replace(b"S01", b"S77") == made_up
    foreign, made_up = (
        ask(client, stranger, "passport/", kpi="pass_rate", **HALF, customer=code).content
        for code in ("CUST2", "CUST9")
    )
    assert foreign.replace(b"CUST2", b"CUST9") == made_up


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("kpis/weather/", {}, 404),
        ("kpis/ppm/", {"stage": "corrected"}, 400),
        ("kpis/ppm/", {"by": "weather"}, 400),
        ("kpis/ppm/", {"from": "soon"}, 400),
        ("kpis/ppm/", {"from": "2026-02-01", "to": "2026-01-01"}, 400),
        ("kpis/ppm/", {"from": "2027-01-01"}, 200),
        ("kpis/ppm/", {"to": "2020-01-01"}, 200),
        ("kpis/ppm/", {"base": "2026-13"}, 400),
        ("kpis/turnover/", {"from": "0001-01-01", "by": "month"}, 400),
        ("kpis/turnover/", {"to": "9999-12-31"}, 400),
        ("kpis/turnover/", {"base": "9999-12"}, 400),
        ("kpis/turnover/", {"part": "\0"}, 400),
        ("passport/", {}, 400),
        ("passport/", {"kpi": "ppm", "by": "supplier"}, 200),
    ],
)
def test_strange_questions_have_plain_answers(year, client, path, query, status):
    assert ask(client, person(year, "LEAD"), path, **query).status_code == status


def test_a_passport_says_where_a_figure_comes_from(year, client):
    year.deliver("LEAD/S01", "0201001", date(2026, 2, 4), 900, lot="nobody-inspected-this")
    year.deliver("LEAD/S01", "0201001", date(2026, 2, 4), 900, lot="LEAD/S01-0201001-14")
    answer = ask(
        client, person(year, "LEAD"), "passport/", kpi="pass_rate", **HALF, base="2025-07..2025-12"
    ).json()
    assert answer["reading"]["stage"] == "outgoing"
    assert [one["stage"] for one in answer["others"]] == ["incoming", "corrected"]
    assert (answer["suppliers"], answer["suppliers_with_data"], answer["parts_with_data"]) == (2, 2, 3)
    assert answer["lots_without_inspection"] == 1
    assert answer["corrections"] == {"count": 0, "effect": None}
    facts = {fact["name"]: fact["text"] for fact in answer["facts"]}
    assert "lots inspected by both" in facts["Other readings"]
    assert facts["Period"] == "1 Jan – 30 Jun 2026 (181 days)"
    for word in (
        "Pass rate, pieces · Reported",
        answer["written"],
        "95% interval",
        "pass_rate v1",
        "/passport/",
    ):
        assert word in answer["copy_line"]


def test_a_passport_counts_corrections_and_what_they_did(year, client):
    old = year.inspect("LEAD/S01", "0201001", "corrected", date(2026, 3, 3), (100, 10))
    old.withdrawn_at = NOW
    old.save()
    year.inspect("LEAD/S01", "0201001", "corrected", date(2026, 3, 3), (100, 1), corrects=old)
    answer = ask(client, person(year, "LEAD"), "passport/", kpi="pass_rate", stage="outgoing", **HALF).json()
    n, conforming = answer["reading"]["denominator"], answer["reading"]["numerator"]
    assert answer["corrections"]["count"] == 1
    assert answer["corrections"]["effect"] == pytest.approx(conforming / n - (conforming - 9) / n)


def test_strangers_to_the_house_get_nothing(year, client):
    assert client.get("/api/v1/kpis/pass_rate/").status_code == 401
    assert client.get("/api/v1/passport/?kpi=ppm").status_code == 401


def test_definitions_are_listed_in_the_readers_language(year, client):
    answer = ask(client, person(year, "LEAD"), "kpis/")
    assert [one["name"] for one in answer.json()] == names()
    assert answer.json()[0]["title"] == "Pass rate, pieces"
