"""Two people who edit at once lose nobody's text."""

import re

import pytest
from django.urls import reverse

from improvement import services
from improvement.models import Task, TaskEvent, TaskStep
from suppliers.access import looking_as
from tests.improvement.conftest import NOW


@pytest.fixture
def task(scene) -> Task:
    return scene.open_task()


def card(task: Task, **changed) -> dict:
    return {
        "title": task.title,
        "problem": task.problem,
        "target": task.target,
        "due_date": "2026-08-31",
        "customer_owner_id": task.customer_owner_id,
        "supplier_owner_id": task.supplier_owner_id,
        "version": 1,
    } | changed


def test_what_was_changed_stands_in_the_history_from_what_to_what(scene, task):
    with looking_as(scene.engineer):
        services.edit_task(task_id=task.pk, version=1, title="毛刺复发", by=scene.engineer, now=NOW)
        event = TaskEvent.objects.get(task=task, field="title")
    assert (event.by, event.before, event.after) == (scene.engineer, "毛刺超标", "毛刺复发")


def test_a_stale_save_changes_nothing_and_shows_both_texts(scene, task, enter):
    with looking_as(scene.engineer):
        services.edit_task(task_id=task.pk, version=1, problem="供方写的", by=scene.engineer, now=NOW)
    page = enter(scene.buyer).post(
        reverse("task-edit", args=[task.pk]), card(task, problem="我写了很久的一段")
    )
    assert page.status_code == 409
    assert "供方写的" in page.text
    assert page.text.count("我写了很久的一段") == 2  # beside the other text, and in the field
    assert 'name="version" value="2"' in page.text
    task = Task._base_manager.get(pk=task.pk)
    assert task.problem == "供方写的"


def test_a_second_save_after_seeing_both_texts_is_taken(scene, task, enter):
    with looking_as(scene.engineer):
        services.edit_task(task_id=task.pk, version=1, problem="供方写的", by=scene.engineer, now=NOW)
    saved = enter(scene.buyer).post(
        reverse("task-edit", args=[task.pk]), card(task, problem="供方写的，加上我的", version=2)
    )
    assert saved.status_code == 302
    assert Task._base_manager.get(pk=task.pk).problem == "供方写的，加上我的"


def test_saving_what_stands_there_already_is_no_conflict(scene, task):
    with looking_as(scene.engineer):
        services.edit_task(task_id=task.pk, version=1, problem="同一段", by=scene.engineer, now=NOW)
        again = services.edit_task(task_id=task.pk, version=1, problem="同一段", by=scene.engineer, now=NOW)
    assert again.version == 2


def test_a_stale_step_is_answered_with_both_texts(scene, task, enter):
    with looking_as(scene.engineer):
        services.write_step(
            task_id=task.pk, code="D4", version=1, text="冲头磨损", by=scene.engineer, now=NOW
        )
    page = enter(scene.buyer).post(
        reverse("task-step", args=[task.pk, "D4"]),
        {"step-text": "模具间隙", "step-version": 1, "step-side": "supplier"},
    )
    assert page.status_code == 409
    assert "冲头磨损" in page.text
    assert page.text.count("模具间隙") == 2
    assert 'name="step-version" value="2"' in page.text
    assert TaskStep._base_manager.get(task=task, code="D4").text == "冲头磨损"


def test_the_api_answers_a_stale_save_with_both_texts(scene, task, enter):
    with looking_as(scene.engineer):
        services.edit_task(task_id=task.pk, version=1, title="供方的标题", by=scene.engineer, now=NOW)
    refused = enter(scene.buyer).patch(
        f"/api/v1/tasks/{task.pk}/", {"title": "我的标题", "version": 1}, content_type="application/json"
    )
    assert refused.status_code == 409
    told = refused.json()
    assert told["errors"][0]["code"] == "stale"
    assert told["stored"]["title"] == "供方的标题"
    assert told["stored"]["version"] == 2
    assert told["sent"]["title"] == "我的标题"


def test_a_step_is_finished_and_the_turn_goes_on(scene, task, enter):
    client = enter(scene.engineer)
    for code in ("D1", "D2"):
        client.post(
            reverse("task-step", args=[task.pk, code]),
            {"step-text": "双方 5 人", "step-version": 1, "step-side": "supplier", "then": "done"},
        )
    page = client.get(reverse("task", args=[task.pk]))
    assert "D3 Containment: the supplier&#x27;s turn" in page.text
    told = client.get(f"/api/v1/tasks/{task.pk}/").json()
    assert (told["next_step"], told["turn"]) == ("D3", "supplier")
    assert told["state"] == "in_progress", "who writes in a step has begun"


def test_a_closed_task_is_edited_no_more_until_it_is_reopened(scene, task):
    who = {"task_id": task.pk, "by": scene.buyer, "now": NOW}
    with looking_as(scene.buyer):
        services.close_task(outcome="not_carried_out", outcome_text="零件停产", **who)
        with pytest.raises(services.NotInThisState):
            services.edit_task(version=1, title="新的", **who)
        services.reopen_task(**who)
        assert services.edit_task(version=1, title="新的", **who).title == "新的"


def test_a_task_goes_its_way_and_no_other(scene, task):
    who = {"task_id": task.pk, "by": scene.engineer, "now": NOW}
    with looking_as(scene.engineer):
        assert services.start_task(**who).state == "in_progress"
        with pytest.raises(services.NotInThisState):
            services.start_task(**who)
        done = services.finish_task(end_date=NOW.date(), **who)
        assert (done.state, done.end_date) == ("done", NOW.date())
    closing = who | {"by": scene.buyer}
    with looking_as(scene.buyer):
        closed = services.close_task(**closing)
        assert (closed.state, closed.outcome) == ("closed", "awaits_proof")
        states = TaskEvent.objects.filter(task=task, field="state").order_by("pk")
        assert [(one.before, one.after) for one in states] == [
            ("open", "in_progress"),
            ("in_progress", "done"),
            ("done", "closed"),
        ]


def test_the_customer_closes_what_is_done_and_gives_up_the_rest_with_a_reason(scene, task, enter):
    """Page, API and service hold to one rule: who may close is shown the form, and nobody else may."""
    close, page = reverse("task-close", args=[task.pk]), reverse("task", args=[task.pk])
    api = f"/api/v1/tasks/{task.pk}/"
    buyer, supplier = enter(scene.buyer), enter(scene.engineer)
    given_up = {"outcome": "not_carried_out", "outcome_text": "零件停产"}
    as_json = {"content_type": "application/json"}

    def offered(client):
        return re.findall(r'<option value="(awaits_proof|not_carried_out|merged)"', client.get(page).text)

    assert offered(buyer) == ["not_carried_out", "merged"], "no proof is awaited of what is not in place"
    assert "Say why" in buyer.post(close, {"outcome": "merged", "outcome_text": " "}).text
    assert buyer.post(f"{api}close/", {"outcome": "merged"}, **as_json).status_code == 400
    assert buyer.post(f"{api}close/", {}, **as_json).status_code == 409
    assert "awaits_proof" in buyer.post(close, {"outcome": "awaits_proof"}).text
    with looking_as(scene.engineer):
        services.finish_task(task_id=task.pk, end_date=NOW.date(), by=scene.engineer, now=NOW)
    assert offered(buyer)[0] == "awaits_proof"
    for state in ("done", "closed"):
        task.refresh_from_db()
        assert task.state == state
        assert close not in supplier.get(page).text
        assert supplier.post(close, given_up).status_code == 403
        assert supplier.post(f"{api}close/", given_up, **as_json).status_code == 403
        if state == "done":
            buyer.post(close, {"outcome": "awaits_proof"})
    reopen = reverse("task-reopen", args=[task.pk])
    assert reopen not in supplier.get(page).text
    assert supplier.post(reopen).status_code == 403
    assert supplier.post(f"{api}reopen/").status_code == 403
    buyer.post(reopen)
    assert buyer.post(f"{api}close/", given_up, **as_json).json()["outcome_text"] == "零件停产"


def test_what_is_no_field_that_people_edit_is_refused_by_name(scene, task):
    with looking_as(scene.buyer), pytest.raises(TypeError, match=r"colour.*state"):
        services.edit_task(task_id=task.pk, version=1, by=scene.buyer, now=NOW, colour="red", state="closed")
