"""Joint programmes: the pages and the API that change them."""

import re
from datetime import date, timedelta

import pytest

from improvement.api import programmes
from improvement.models import Pledge, Programme, ProgrammeMember
from kpis.queries.headlines import OF_QUALITY, OF_STOCK
from tests.improvement.programmes import ADDRESS, TODAY, client_of, joint

__all__ = ["joint"]  # a fixture
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_last_day_of_the_report_period(settings):
    settings.CLOCK_DATE = TODAY.isoformat()


def test_a_customer_makes_a_programme_and_its_list_on_pages(joint):
    client = client_of(joint.owner)
    days = {
        "baseline_from": "2025-01-01", "baseline_to": "2025-06-30",
        "report_from": "2026-01-01", "report_to": "2026-06-30",
    }  # fmt: skip
    made = client.post("/programmes/new/", days | {"name": "新计划", "slug": "Fresh"})
    assert made.headers["Location"] == "/programmes/fresh/edit/"
    client.post("/programmes/fresh/members/add/", {"supplier": "S01", "joined_on": "2026-01-01"})
    client.post("/programmes/fresh/pledge/", {"kpi": "pass_rate", "stage": "incoming", "target": "99.5"})
    tasks = [joint.task("LEAD/S01", title) for title in ("burrs", "kanban")]
    for task in tasks:
        client.post("/programmes/fresh/tasks/add/", {"task": task.shown_number})
    client.post("/programmes/fresh/tasks/move/", {"task": tasks[1].shown_number, "up": "on"})
    html = client.get("/programmes/fresh/").content.decode()
    assert html.index("kanban") < html.index("burrs")
    assert "Pass rate, pieces ≥ 99.5%" in html
    client.post("/programmes/fresh/tasks/remove/", {"task": tasks[0].shown_number})
    client.post("/programmes/fresh/members/leave/", {"supplier": "S01", "left_on": "2026-02-01"})
    html = client.get("/programmes/fresh/").content.decode()
    assert "burrs" not in html
    assert "left 1 Feb 2026" in html


@pytest.mark.parametrize(
    ("address", "told", "said"),
    [
        (
            "members/add/",
            {"supplier": "S99", "joined_on": "2026-01-01"},
            "None of your suppliers has this code.",
        ),
        ("tasks/add/", {"task": "T-0999"}, "There is no task of this number."),
        ("tasks/add/", {"task": "burrs"}, "Write a task&#x27;s number, like T-0138."),
        ("pledge/", {"kpi": "turnover", "target": "19"}, "Say which reading the pledge means."),
        ("pledge/", {"kpi": "pass_rate", "stage": "outgoing", "target": "120"}, "cannot reach such a target"),
    ],
)
def test_a_page_says_what_does_not_fit(joint, address, told, said):
    answer = client_of(joint.owner).post(ADDRESS + address, told)
    assert answer.status_code == 200
    assert said in answer.content.decode()


def test_a_task_of_no_member_is_refused_with_the_way_out(joint):
    task = joint.task("LEAD/S03", "elsewhere")
    answer = client_of(joint.owner).post(ADDRESS + "tasks/add/", {"task": task.shown_number})
    assert "is no member. Let it in first." in answer.content.decode()


@pytest.mark.parametrize(("who", "status"), [("viewer", 403), ("member", 404), ("outside", 404)])
def test_others_change_nothing(joint, who, status):
    client = client_of(getattr(joint, who))
    for address in ("members/leave/", "tasks/add/", "pledge/", "members/add/"):
        assert (
            client.post(ADDRESS + address, {"supplier": "S01", "left_on": "2026-01-01"}).status_code == status
        )
    assert client.get(ADDRESS + "edit/").status_code == status
    assert client.get("/programmes/new/").status_code == 403


def test_the_api_gives_the_programme_with_every_reading(joint):
    joint.list_key_task(joint.task("LEAD/S01", "our task"))
    told = client_of(joint.owner).get(f"/api/v1/programmes/{joint.programme.pk}/").json()
    assert (told["customer"], told["slug"], told["whole"]) == ("LEAD", "joint", True)
    assert len(told["readings"]) == len(OF_QUALITY) + len(OF_STOCK)
    pledged = [one for one in told["readings"] if one["pledged"]]
    assert [(one["kpi"], one["stage"], one["average"]) for one in pledged] == [
        ("pass_rate", "outgoing", None),
        ("turnover", None, "snapshots"),
    ]
    assert pledged[0]["before"]["value"] < pledged[0]["after"]["value"]
    assert [one["word"] for one in told["standings"]] == ["undecided", "met"]
    assert [one["supplier"] for one in told["members"]] == ["S01", "S02"]
    assert [one["title"] for one in told["key_tasks"]] == ["our task"]
    mine = client_of(joint.member).get(f"/api/v1/programmes/{joint.programme.pk}/").json()
    assert (mine["whole"], mine["standings"], mine["members"]) == (False, [], [])


def test_the_api_changes_the_list_for_its_customer_alone(joint):
    path = f"/api/v1/programmes/{joint.programme.pk}/"
    tasks = [joint.task("LEAD/S01", title).pk for title in ("first", "second")]
    elsewhere = joint.task("LEAD/S03", "elsewhere").pk
    client = client_of(joint.owner)

    def post(address: str, **body):
        return client.post(path + address, body, content_type="application/json")

    for task in tasks:
        assert post("key-tasks/", task=task).status_code == 200
    ordered = post("key-tasks/order/", tasks=[tasks[1]]).json()["key_tasks"]
    assert [one["title"] for one in ordered] == ["second", "first"]
    assert post("key-tasks/", task=elsewhere).status_code == 400
    assert post("key-tasks/", task=987654321).status_code == 400
    assert len(post("key-tasks/remove/", task=tasks[0]).json()["key_tasks"]) == 1
    assert (
        post("members/", partnership=joint.partnership("CUST2/S01"), joined_on="2026-01-01").status_code
        == 400
    )
    assert (
        post("members/leave/", partnership=joint.partnership("LEAD/S02"), left_on="2026-02-01").status_code
        == 200
    )
    assert post("pledges/", kpi="pass_rate", stage="incoming", target="0.99").status_code == 200
    assert post("pledges/", kpi="turnover", target="10").status_code == 400
    client = client_of(joint.member)
    assert post("key-tasks/", task=tasks[0]).status_code == 403


def test_the_api_makes_a_programme_once(joint):
    body = {
        "slug": "fresh", "name": "新计划", "baseline_from": "2025-01-01", "baseline_to": "2025-06-30",
        "report_from": "2026-01-01", "report_to": "2026-06-30",
    }  # fmt: skip
    client = client_of(joint.owner)
    first, again = (
        client.post("/api/v1/programmes/", body, content_type="application/json") for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    other = client.post("/api/v1/programmes/", body | {"name": "别的"}, content_type="application/json")
    assert other.json()["errors"][0]["attr"] == "slug"
    late = client.post(
        "/api/v1/programmes/", body | {"report_from": "2025-02-01"}, content_type="application/json"
    )
    assert late.json()["errors"][0]["attr"] == "report_from"


FACTS = {
    "name": "协同二期", "name_en": "Joint", "baseline_from": "2025-01-01", "baseline_to": "2025-05-31",
    "report_from": "2026-01-01", "report_to": "2026-06-30", "source_note": "", "version": 1,
}  # fmt: skip


def test_name_and_days_are_changed_and_the_history_says_from_what_to_what(joint):
    client = client_of(joint.owner)
    assert client.post(ADDRESS + "facts/", FACTS).headers["Location"] == ADDRESS + "edit/"
    programme = Programme._base_manager.get(pk=joint.programme.pk)
    assert (programme.name, programme.baseline_to, programme.version) == ("协同二期", date(2025, 5, 31), 2)
    said = " ".join(re.sub(r"<[^>]+>", "", client.get(ADDRESS + "edit/").text).split())
    assert f"{joint.owner.user} changed the name from “协同” to “协同二期”" in said
    assert "changed the last day of the baseline from “30 Jun 2025” to “31 May 2025”" in said
    rows = client.get(f"/api/v1/programmes/{joint.programme.pk}/history/").json()["results"]
    assert {row["subject"] for row in rows if row["kind"] == "edited"} == {"name", "baseline_to"}
    for reader in (joint.member, joint.guest):  # it names other members
        told = client_of(reader).get(f"/api/v1/programmes/{joint.programme.pk}/history/")
        assert told.status_code == 404 or told.json()["results"] == []


def test_who_saves_second_sees_what_stands_there_and_keeps_its_own_text(joint):
    client = client_of(joint.owner)
    client.post(ADDRESS + "facts/", FACTS | {"name": "别人改的"})
    answer = client.post(ADDRESS + "facts/", FACTS | {"name": "我改的"})
    assert answer.status_code == 409
    assert "别人改的" in answer.text and 'value="我改的"' in answer.text
    path = f"/api/v1/programmes/{joint.programme.pk}/"
    stale = client.patch(path, {"name": "我改的", "version": 1}, content_type="application/json")
    assert (stale.status_code, stale.json()["errors"][0]["code"]) == (409, "stale")
    assert client.post(ADDRESS + "facts/", FACTS | {"name": "我改的", "version": 2}).status_code == 302
    assert Programme._base_manager.get(pk=joint.programme.pk).name == "我改的"


def test_a_field_that_only_browsers_write_differently_is_in_no_conflict(joint):
    client = client_of(joint.owner)
    note = {"source_note": "one\r\ntwo"}
    client.post(ADDRESS + "facts/", FACTS | note | {"name": "别人改的"})
    assert Programme._base_manager.get(pk=joint.programme.pk).source_note == "one\ntwo"
    answer = client.post(ADDRESS + "facts/", FACTS | note | {"name": "我改的 ", "name_en": " Joint"})
    assert answer.status_code == 409
    assert [row[1:] for row in answer.context["differences"]] == [("别人改的", "我改的 ")]


def test_a_baseline_that_is_locked_while_it_is_saved_is_said_at_the_field(joint, monkeypatch):
    told = iter([False])
    monkeypatch.setattr(Programme, "locked_on", lambda programme, now: next(told, True))
    answer = client_of(joint.owner).post(ADDRESS + "facts/", FACTS)
    assert answer.status_code == 200
    assert "The baseline is locked: the report period has begun." in answer.text


def test_a_fault_in_figures_is_not_told_as_days_that_were_refused(joint, monkeypatch):
    def faulty(*_args, **_more):
        raise ValueError("no such figure")

    monkeypatch.setattr(programmes, "programme_figures", faulty)
    path = f"/api/v1/programmes/{joint.programme.pk}/"
    with pytest.raises(ValueError, match="no such figure"):
        client_of(joint.owner).patch(
            path, {"version": 1, "name": "协同二期"}, content_type="application/json"
        )
    assert Programme._base_manager.get(pk=joint.programme.pk).name == "协同二期"


def test_the_api_changes_the_days_and_refuses_those_that_are_not_in_order(joint):
    client, path = client_of(joint.owner), f"/api/v1/programmes/{joint.programme.pk}/"
    told = {"version": 1, "report_to": "2026-05-31"}
    changed = client.patch(path, told, content_type="application/json").json()
    assert (changed["report_to"], changed["version"]) == ("2026-05-31", 2)
    for body in ({"version": 2, "report_from": "2025-03-01"}, {"version": 2, "report_to": "2025-12-31"}):
        refused = client.patch(path, body, content_type="application/json")
        assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "report_from")
    for other, status in ((joint.viewer, 403), (joint.member, 404)):
        refused = client_of(other).patch(path, told, content_type="application/json")
        assert refused.status_code == status


def test_the_baseline_is_locked_once_the_report_period_has_begun(joint):
    a_day_before = joint.programme.created_at - timedelta(days=1)
    Programme._base_manager.filter(pk=joint.programme.pk).update(created_at=a_day_before)
    client = client_of(joint.owner)
    assert client.get(ADDRESS + "edit/").text.count("Locked: the report period has begun.") == 3
    client.post(ADDRESS + "facts/", FACTS | {"report_to": "2026-07-31"})  # its baseline is left aside
    programme = Programme._base_manager.get(pk=joint.programme.pk)
    assert (programme.baseline_to, programme.report_to) == (date(2025, 6, 30), date(2026, 7, 31))
    body = {"version": 2, "baseline_to": "2025-05-31"}
    path = f"/api/v1/programmes/{programme.pk}/"
    refused = client.patch(path, body, content_type="application/json")
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "baseline_from")


def test_a_pledge_is_offered_for_change_and_taken_back_and_the_history_keeps_it(joint):
    client = client_of(joint.owner)
    pledge = Pledge._base_manager.get(kpi="turnover")
    form = client.get(f"{ADDRESS}edit/?pledge={pledge.pk}").context["pledge_form"]
    typed = {name: form[name].value() for name in ("kpi", "average", "prices", "by_change", "target")}
    assert str(typed["target"]) == "19"
    client.post(ADDRESS + "pledge/", typed | {"target": "20", "by_change": "on"})
    reading = {"kpi": "turnover", "average": "snapshots", "prices": "period"}
    client.post(ADDRESS + "pledge/withdraw/", reading)
    assert not Pledge._base_manager.filter(kpi="turnover").exists()
    assert client.post(ADDRESS + "pledge/withdraw/", reading).status_code == 404
    said = client.get(ADDRESS + "edit/").text
    assert "changed a pledge from +19% to “Inventory turnover against the baseline ≥ +20%”" in said
    assert "took back the pledge “Inventory turnover against the baseline ≥ +20%”" in said
    path = f"/api/v1/programmes/{joint.programme.pk}/pledges/withdraw/"
    body = {"kpi": "pass_rate", "stage": "outgoing"}
    assert client.post(path, body, content_type="application/json").json()["pledges"] == []


def test_the_day_on_which_a_member_joined_is_changed(joint):
    client = client_of(joint.owner)
    client.post(ADDRESS + "members/add/", {"supplier": "S02", "joined_on": "2025-03-01"})
    member = ProgrammeMember._base_manager.get(partnership=joint.partnership("LEAD/S02"))
    assert member.joined_on == date(2025, 3, 1)
    said = client.get(ADDRESS + "edit/").text
    assert "changed since when S02 is a member, from 1 Jan 2025 to 1 Mar 2025" in said
