"""The pages of tasks: what they say, who may do what on them, what they cost."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from improvement import queries, services
from improvement.models import Baseline, Task
from outbox.models import Letter
from suppliers.access import looking_as, looking_as_house
from suppliers.models import Organisation, Partnership
from tests.improvement.conftest import NOW
from tests.insight.test_exports import column, opened, said_in
from tests.insight.test_pages import text_of

CELL = "kpi=pass_rate&stage=outgoing&supplier=S01&part=A-1"


def test_an_empty_list_says_what_to_do_next(scene, enter):
    said = text_of(enter(scene.buyer).get(reverse("tasks")))
    assert "No improvement task has been opened yet." in said
    assert "Open one from the number that calls for it" in said


def test_what_is_overdue_stands_first_and_out(scene, enter):
    scene.open_task(title="later")
    scene.open_task(title="late", due_date=date(2026, 6, 20))
    page = enter(scene.buyer).get(reverse("tasks"))
    said = text_of(page)
    assert "2 improvement tasks are running. 1 is overdue." in said
    assert said.index("late") < said.index("later")
    assert "10 days overdue" in said
    assert "mark-bad" in page.text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"ours", "lean"}),
        ("kind=lean", {"lean"}),
        ("supplier=S01", {"ours"}),
        ("part=A-1", {"ours"}),
        ("overdue=true", {"lean"}),
        ("mine=true", {"ours"}),
        ("state=closed", set()),
        ("supplier=NOBODY", set()),
    ],
)
def test_the_address_narrows_page_and_api_alike(scene, enter, query, shown):
    scene.open_task(title="ours")
    scene.open_task(
        title="lean",
        kind="lean",
        partnership_id=scene.partnership("LEAD/S02"),
        part_ids=[],
        supplier_owner_id=None,
        customer_owner_id=scene.boss.pk,
        due_date=date(2026, 6, 1),
    )
    client = enter(scene.buyer)
    page = client.get(f"/tasks/?{query}").text
    assert {title for title in ("ours", "lean") if f">{title}</a>" in page} == shown
    rows = client.get(f"/api/v1/tasks/?{query}").json()["results"]
    assert {row["title"] for row in rows} == shown


def test_the_list_is_saved_with_the_same_filters_in_the_same_order(scene, enter):
    scene.open_task(title="later")
    scene.open_task(title="late", due_date=date(2026, 6, 20))
    scene.open_task(title="lean", kind="lean")
    client = enter(scene.buyer)
    assert 'href="/tasks/?kind=eight_d&amp;as=xlsx"' in client.get("/tasks/?kind=eight_d&page=1").text
    book = opened(client, "/tasks/?kind=eight_d&part=A-1&as=xlsx")
    sheet = book.active
    assert column(sheet, "Title") == ["late", "later"]
    assert column(sheet, "Days overdue") == [10, None]
    assert set(column(sheet, "Now")) == {"D1 Team: the supplier's turn"}
    about = said_in(book)
    assert "/tasks/?kind=eight_d&part=A-1" in about
    assert "1 is overdue" in about and "A-1" in about and "8D" in about
    assert opened(enter(scene.sibling), "/tasks/?as=xlsx").active.max_row == 1


def test_forty_rows_take_the_queries_of_one(scene, enter):
    client = enter(scene.buyer)

    def cost() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get("/tasks/").status_code == 200
            assert client.get("/api/v1/tasks/").status_code == 200
        return len(counted)

    scene.open_task()
    client.get("/tasks/")
    of_one = cost()
    for number in range(39):
        scene.open_task(title=f"task {number}")
    assert cost() == of_one


def test_from_a_passport_it_is_one_click_to_the_form_and_one_to_the_task(scene, enter):
    client = enter(scene.buyer)
    days = "from=2026-01-01&to=2026-06-30"
    passport = client.get(f"/passport/pass_rate/?stage=outgoing&supplier=S01&part=A-1&{days}")
    address = passport.text.split('href="/tasks/new/')[1].split('"')[0].replace("&amp;", "&")
    form = client.get(f"/tasks/new/{address}")
    said = text_of(form)
    assert "Pass rate, pieces · Reported" in said
    assert "Baseline 98.0%" in said
    assert "2025-01-02 – 12-31" in said or "2 Jan – 31 Dec 2025" in said  # 364 days before the period
    assert "1 Jan – 30 Jun 2026: 98.0% (n = 2,600 pieces, 26 lots)." in said
    assert "the period whose figure opened it" in said
    opened = client.post(
        f"/tasks/new/{address}",
        {
            "title": "毛刺",
            "problem": "端子板毛刺超标",
            "target": "99%",
            "kind": "eight_d",
            "due_date": "2026-08-29",
            "customer_owner_id": scene.buyer.pk,
            "supplier_owner_id": scene.engineer.pk,
        },
    )
    task = Task._base_manager.get()
    assert opened.headers["Location"] == reverse("task", args=[task.pk])
    with looking_as_house("read what was locked"):
        assert Baseline.objects.get(task=task).trigger == "ranking"


def test_the_form_says_the_figure_it_was_opened_from_and_what_would_be_better(scene, enter):
    days = "from=2026-04-01&to=2026-06-30"
    page = enter(scene.buyer).get(f"/tasks/new/?{CELL}&{days}")
    form = page.context["form"]
    assert form["problem"].value() == (
        "Sample S01 A-1 A-1: Pass rate, pieces · Reported 98.0%, 1 Apr – 30 Jun 2026 "
        "(95% interval 97.0–98.7; n = 1,300 pieces, 13 lots; 26 nonconforming). "
        "Baseline 98.0% (n = 5,200 pieces, 52 lots)."
    )
    assert form["target"].value() == "Pass rate, pieces · Reported at least 99.0%"
    in_chinese = enter(scene.buyer, "zh-hans").get(f"/tasks/new/?{CELL}&{days}").context["form"]
    assert in_chinese["target"].value() == "合格率（按件） · 供方报出不低于 99.0%"


def test_the_pass_rate_agreed_with_a_supplier_is_the_target(scene, enter):
    with looking_as_house("agree on a target"):
        Partnership.objects.filter(supplier__code="S01").update(target_pass_rate="0.985")
    form = enter(scene.buyer).get(f"/tasks/new/?{CELL}").context["form"]
    assert form["target"].value() == "Pass rate, pieces · Reported at least 98.5%"


@pytest.mark.parametrize("missing", ["problem", "target"])
@pytest.mark.parametrize("given", ["", "  "])
def test_nobody_opens_a_task_that_does_not_say_what_is_wrong_and_what_is_to_be_reached(
    scene, enter, missing, given
):
    client = enter(scene.buyer)
    told = {"title": "毛刺", "problem": "毛刺", "target": "99%", "kind": "lean", "due_date": "2026-08-29"}
    refused = client.post(f"/tasks/new/?{CELL}", told | {missing: given})
    assert refused.context["form"].errors.keys() == {missing}
    asked = told | {"partnership": scene.partnership("LEAD/S01"), "kpi": "pass_rate", missing: given}
    answer = client.post("/api/v1/tasks/", asked, content_type="application/json")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, missing)
    assert not Task._base_manager.exists()


def test_the_form_suggests_owners_a_title_and_a_due_day(scene, enter):
    page = enter(scene.buyer).get(f"/tasks/new/?{CELL}").text
    assert f'<option value="{scene.buyer.pk}" selected>' in page
    assert f'<option value="{scene.engineer.pk}" selected>' in page
    assert 'value="2026-08-29"' in page
    assert "A-1" in page


def test_without_a_supplier_the_page_asks_for_one(scene, enter):
    said = text_of(enter(scene.buyer).get("/tasks/new/"))
    assert "What is it to improve?" in said
    assert "S01" in enter(scene.buyer).get("/tasks/new/").text


def test_a_part_that_is_not_supplied_there_is_said_to_be_none(scene, enter):
    client = enter(scene.buyer)
    for number in ("C-1", "NOBODY"):
        said = text_of(client.get(f"/tasks/new/?supplier=S01&part={number}"))
        assert f"Part {number} is not supplied here." in said


def test_a_cell_without_data_may_be_worked_on_and_the_page_says_so(scene, enter):
    client = enter(scene.buyer)
    said = text_of(client.get("/tasks/new/?supplier=S01&part=A-3"))
    assert "No baseline: this cell had no data before the task" in said
    task = scene.open_task(part_ids=[scene.books.parts["A-3"].pk])
    assert "No baseline: this cell had no data" in text_of(client.get(reverse("task", args=[task.pk])))


def test_the_page_says_first_whose_turn_it_is_what_is_due_and_what_the_baseline_was(scene, enter):
    task = scene.open_task(due_date=date(2026, 6, 20))
    said = text_of(enter(scene.engineer).get(reverse("task", args=[task.pk])))
    assert "D1 Team: the supplier&#x27;s turn. Due 20 Jun 2026: 10 days overdue. Baseline 98.0%" in said
    assert "n = 5,200 pieces" in said


def test_what_the_cell_reads_since_is_said_to_be_no_proof(scene, enter):
    with looking_as(scene.buyer):
        from improvement import services

        task = scene.open_task()
        services.finish_task(task_id=task.pk, end_date=date(2026, 5, 31), by=scene.buyer, now=task.opened_at)
    said = text_of(enter(scene.buyer).get(reverse("task", args=[task.pk])))
    assert "a reading, not yet a proof" in said
    assert "a reading, no proof" in said


@pytest.mark.parametrize("who", ["viewer", "guest", "clerk"])
def test_who_may_not_write_finds_no_form_and_is_refused(scene, enter, who):
    task = scene.open_task()
    client = enter(getattr(scene, who))
    page = client.get(reverse("task", args=[task.pk]))
    assert page.status_code == 200
    assert reverse("task-step", args=[task.pk, "D1"]) not in page.text
    assert (reverse("task-comment", args=[task.pk]) in page.text) == (who == "clerk")
    for name in ("task-edit", "task-start", "task-close", "task-done", "task-reopen"):
        assert client.post(reverse(name, args=[task.pk])).status_code == 403
    assert client.get("/tasks/new/").status_code == (200 if who == "guest" else 403)


@pytest.mark.parametrize("who", ["sibling", "other_buyer"])
def test_a_task_of_others_is_like_none(scene, enter, who):
    task = scene.open_task()
    client = enter(getattr(scene, who))
    assert client.get(reverse("task", args=[task.pk])).status_code == 404
    assert client.get(f"/api/v1/tasks/{task.pk}/").status_code == 404
    assert client.get("/api/v1/tasks/").json()["results"] == []


def test_what_needs_somebody_comes_overdue_first(scene):
    later = scene.open_task()
    late = scene.open_task(due_date=date(2026, 6, 1))
    with looking_as(scene.engineer):  # the supplier's turn in both
        needed = queries.tasks_needing(scene.engineer, NOW)
        assert [one.pk for one in needed] == [late.pk, later.pk]
        assert needed[0].overdue and needed[0].days_left == -29
        assert queries.count_needing(scene.engineer, NOW) == 2
    with looking_as(scene.buyer):  # what is late is both owners' business
        assert [one.pk for one in queries.tasks_needing(scene.buyer, NOW)] == [late.pk]
    with looking_as(scene.boss):
        assert queries.tasks_needing(scene.boss, NOW) == []


@pytest.mark.parametrize(("zone", "late"), [("Pacific/Kiritimati", True), ("Asia/Shanghai", False)])
def test_the_customers_calendar_alone_says_what_is_overdue_wherever_its_reader_sits(
    scene, enter, monkeypatch, zone, late
):
    evening = NOW.replace(hour=23)  # on Kiritimati the next day has begun
    monkeypatch.setattr(clock, "now", lambda: evening)
    zones = {"LEAD": zone, "S01": "Asia/Shanghai" if late else "Pacific/Kiritimati"}
    with looking_as_house("set two calendars"):
        for code, name in zones.items():
            Organisation.objects.filter(code=code).update(zone=name)
    task = scene.open_task(due_date=date(2026, 6, 30), now=NOW - timedelta(days=30), quietly=True)
    for who in (scene.buyer, scene.engineer):
        client = enter(who)
        for page in ("/tasks/", f"/tasks/{task.pk}/"):
            assert ("1 day overdue" in text_of(client.get(page))) is late
        assert ("1 is overdue." in text_of(client.get("/tasks/"))) is late
        assert len(client.get("/api/v1/tasks/?overdue=true").json()["results"]) == late
    with looking_as(scene.buyer):  # the supplier's turn, and the buyer's business once it is late
        assert queries.count_needing(scene.buyer, evening) == late
        assert [one.days_left for one in queries.tasks_needing(scene.buyer, evening)] == [-1] * late
    services.remind_of_due_tasks(now=evening)
    assert Letter.objects.filter(subject_key__contains=":overdue:").exists() is late


def test_an_overdue_task_stands_in_the_worklist_of_both_sides(scene, enter):
    scene.open_task(title="孔位偏移", due_date=date(2026, 6, 1))
    for who in (scene.buyer, scene.engineer):
        assert "T-0001 孔位偏移" in text_of(enter(who).get("/"))


def test_the_api_says_in_the_readers_language_that_a_period_has_two_days(scene, enter):
    asked = {
        "partnership": scene.partnership("LEAD/S01"),
        "kind": "lean",
        "kpi": "pass_rate",
        "title": "在线检测",
        "problem": "漏检",
        "target": "99%",
        "due_date": "2026-09-30",
        "trigger_from": "2026-01-01",
    }
    client = enter(scene.buyer, "zh-hans")
    refused = client.post("/api/v1/tasks/", asked, content_type="application/json")
    assert refused.json()["errors"][0]["detail"] == "请给出时段的首日和末日，先后要对。"


def test_a_task_is_opened_and_led_through_the_api(scene, enter):
    client = enter(scene.buyer)
    as_json = {"content_type": "application/json"}
    asked = {
        "partnership": scene.partnership("LEAD/S01"),
        "kind": "automation",
        "kpi": "pass_rate",
        "parts": [scene.books.parts["A-1"].pk],
        "title": "在线检测",
        "problem": "漏检",
        "target": "99%",
        "due_date": "2026-09-30",
        "supplier_owner": scene.engineer.pk,
    }
    made = client.post("/api/v1/tasks/", asked, **as_json)
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["number"], told["stage"], told["state"]) == ("T-0001", "outgoing", "open")
    assert told["baselines"][0]["n"] == 5200
    path = f"/api/v1/tasks/{told['id']}/"
    assert client.patch(path, {"target": "≤ 2.0%", "version": 1}, **as_json).json()["version"] == 2
    assert client.post(f"{path}start/").json()["state"] == "in_progress"
    step = {"code": "plan", "text": "买相机", "version": 1, "done": True}
    assert client.post(f"{path}steps/", step, **as_json).json()["next_step"] == "do"
    done = client.post(f"{path}done/", {"end_date": "2026-06-30"}, **as_json)
    assert done.json()["state"] == "done"
    closed = client.post(f"{path}close/", {}, **as_json).json()
    assert (closed["state"], closed["outcome"]) == ("closed", "awaits_proof")
    assert client.post(f"{path}start/").status_code == 409
    for strange in ({"partnership": 987654321}, {"parts": [987654321]}, {"supplier_owner": scene.sibling.pk}):
        assert client.post("/api/v1/tasks/", asked | strange, **as_json).status_code == 400


def test_the_course_of_the_cell_stands_with_its_baseline_and_as_a_table(scene, enter):
    path, client = reverse("task", args=[scene.open_task().pk]), enter(scene.buyer)
    page = client.get(path).text
    drawn = re.search(r'(?s)<svg class="draw line-chart".*?</div>', page)[0]
    assert 'class="base"' in drawn
    assert "baseline 9" in drawn
    assert drawn.count("<a href=") >= 6  # months with data, each a door to its rows
    assert 'id="trend-table" hidden' in page
    assert 'id="trend-table">' in client.get(f"{path}?as=table").text
