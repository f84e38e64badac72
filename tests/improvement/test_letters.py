"""Who hears of a task: those concerned, once, in their language, never who did it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from improvement import services
from outbox.models import Letter
from suppliers.access import looking_as
from tests.improvement.conftest import NOW


def letters(what: str) -> dict[str, Letter]:
    return {letter.to: letter for letter in Letter.objects.filter(subject_key__contains=f":{what}:")}


def test_the_other_side_hears_that_a_task_was_opened_in_its_language(scene, settings):
    settings.SITE_URL = "https://tongpin.example"
    scene.engineer.user.language = "zh-hans"
    scene.engineer.user.save()
    task = scene.open_task()
    heard = letters("opened")
    assert heard.keys() == {scene.engineer.user.email}  # not the buyer, who opened it
    letter = heard[scene.engineer.user.email]
    assert letter.subject.startswith("T-0001 毛刺超标：")
    assert "（示例·LEAD）发起了一项改善任务" in letter.text
    assert f"https://tongpin.example/tasks/{task.pk}/" in letter.text


def test_a_letter_names_the_other_side_in_the_language_of_its_reader(scene):
    scene.engineer.user.language = "en"
    scene.engineer.user.save()
    scene.open_task()
    assert (
        "(Sample LEAD) has opened an improvement task." in letters("opened")[scene.engineer.user.email].text
    )


def test_an_owner_sees_how_the_letters_about_tasks_fared_and_only_those_of_the_own_organisation(scene, enter):
    scene.open_task()
    with looking_as(scene.engineer):
        services.add_comment(
            task_id=Letter.objects.get().subject_key.split(":")[1], text="收到", by=scene.engineer, now=NOW
        )
    page = enter(scene.boss).get(reverse("letters")).text
    assert "Improvement task" in page
    assert scene.buyer.user.email in page  # the buyer, told of the comment
    assert scene.engineer.user.email not in page  # the supplier's


def test_a_side_without_an_owner_hears_through_those_who_look_after_its_people(scene):
    scene.open_task(by=scene.engineer, customer_owner_id=None)
    assert letters("opened").keys() == {scene.boss.user.email}


def test_a_new_owner_hears_of_it(scene):
    task = scene.open_task()
    with looking_as(scene.engineer):
        services.edit_task(
            task_id=task.pk, version=1, customer_owner_id=scene.boss.pk, by=scene.engineer, now=NOW
        )
    assert letters("assigned").keys() == {scene.boss.user.email}


def test_somebody_who_left_hears_nothing(scene):
    scene.engineer.left_at = NOW
    scene.engineer.save()
    task = scene.open_task(supplier_owner_id=None)
    with looking_as(scene.buyer):
        services.add_comment(task_id=task.pk, text="在吗", by=scene.buyer, now=NOW)
    assert not Letter.objects.exists()


def test_done_and_closed_are_told(scene):
    task = scene.open_task()
    who = {"task_id": task.pk, "now": NOW}
    with looking_as(scene.engineer):
        services.finish_task(end_date=date(2026, 6, 29), by=scene.engineer, **who)
    assert letters("state").keys() == {scene.buyer.user.email}
    with looking_as(scene.buyer):
        services.close_task(by=scene.buyer, outcome="merged", outcome_text="并入 T-0009", **who)
    assert letters("state").keys() == {scene.buyer.user.email, scene.engineer.user.email}
    said = letters("state")[scene.engineer.user.email]
    assert "并入 T-0009" in said.text
    assert not said.subject.endswith(("。", "."))


@pytest.mark.parametrize(
    ("due", "told"), [(date(2026, 7, 8), set()), (date(2026, 7, 7), {"due_soon"}), (date(2026, 6, 29), {"overdue"})]
)  # fmt: skip
def test_owners_are_reminded_once_before_and_once_after_the_due_day(scene, due, told):
    task = scene.open_task(due_date=due, quietly=True)
    counts = [services.remind_of_due_tasks(now=NOW + timedelta(hours=hours)) for hours in (0, 1, 5)]
    assert counts == [len(told), 0, 0]
    kinds = [letter.subject_key.split(":")[2] for letter in Letter.objects.all()]
    assert sorted(kinds) == sorted(2 * list(told))  # one each for both owners
    with looking_as(scene.buyer):
        services.close_task(
            task_id=task.pk, outcome="merged", outcome_text="并入 T-0009", by=scene.buyer, now=NOW
        )
    Letter.objects.all().delete()
    assert services.remind_of_due_tasks(now=NOW + timedelta(days=30)) == 0


def test_reminders_that_are_written_cost_three_queries_however_many(scene, django_assert_num_queries):
    for day in (1, 2, 3, 29):
        scene.open_task(due_date=date(2026, 6, day), quietly=True)
        assert services.remind_of_due_tasks(now=NOW) == 1
        with django_assert_num_queries(3):
            assert services.remind_of_due_tasks(now=NOW) == 0


def test_history_that_is_loaded_writes_no_letter(scene):
    scene.open_task(quietly=True)
    assert not Letter.objects.exists()
