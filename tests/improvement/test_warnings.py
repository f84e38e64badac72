"""From a commit to a person: found once, never lost, quiet about the past, settled by people."""

import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core.period import Period
from improvement.models import RaisedWarning, WarningEvent, WarningEvidence
from improvement.queries.warnings import count_new
from improvement.services import warnings
from insight.mails.letter import Contents
from insight.mails.stories import story_of
from quality.models import TouchedCell
from quality.services import withdraw_inspections
from suppliers.access import looking_as, looking_as_house
from tests.improvement.warned import FIRST, NOW, A, R, record_lots, record_values

ROOT = Path(__file__).resolve().parents[2]
GOOD, BAD = [10.0, 10.1, 9.9], [10.0, 10.7, 9.9]  # within, and beyond, 10 ± 0.5


@pytest.fixture(autouse=True)
def june(settings):
    settings.CLOCK_DATE = "2026-06-30"


def raised(**values: object) -> list[RaisedWarning]:
    with looking_as_house("look at what was raised"):
        return list(RaisedWarning.objects.filter(**values).order_by("number"))


def new_for(person) -> int:
    with looking_as(person):
        as_customer = person.organisation.code == "LEAD"
        return count_new(person.organisation_id, as_customer=as_customer)


def test_two_lots_of_five_rejected_and_a_value_out_of_limits_are_warned_of_once(chain):
    record_lots(chain.ours, chain.part, [A, A, R, A, R, A])
    record_values(chain.ours, chain.part, chain.length, [GOOD, BAD, GOOD])
    assert warnings.evaluate_all(now=NOW) == 2
    limits, severity = sorted(raised(), key=lambda one: one.rule)
    assert (limits.rule, limits.characteristic_version_id) == ("out_of_limits", chain.length.pk)
    assert (limits.first_day, limits.last_day) == (date(2026, 6, 2), date(2026, 6, 2))
    # The window that signalled begins with the first rejected lot (R1).
    assert (severity.rule, severity.first_day, severity.last_day) == (
        "severity",
        date(2026, 6, 3),
        date(2026, 6, 5),
    )
    assert sorted((limits.shown_number, severity.shown_number)) == ["W-0001", "W-0002"]
    assert not TouchedCell._base_manager.exists()
    record_lots(chain.ours, chain.part, [A, A, R, A, R, A, A], commit_id=2)  # the same, and one more
    assert warnings.evaluate_all(now=NOW) == 0
    assert WarningEvidence._base_manager.count() == 2


def test_what_goes_on_is_one_warning_and_new_again_for_who_has_seen_it(chain):
    record_values(chain.ours, chain.part, chain.length, [BAD])
    warnings.evaluate_all(now=NOW)
    (one,) = raised()
    with looking_as(chain.buyer):
        warnings.see_warning(warning_id=one.pk, by=chain.buyer, now=NOW)
    assert (new_for(chain.buyer), new_for(chain.engineer)) == (0, 1)  # each side for itself
    record_values(chain.ours, chain.part, chain.length, [BAD], first=date(2026, 6, 20), commit_id=2)
    assert warnings.evaluate_all(now=NOW) == 0
    assert new_for(chain.buyer) == 1
    (same,) = raised()
    assert (same.pk, same.last_day) == (one.pk, date(2026, 6, 20))
    with looking_as(chain.engineer):
        warnings.explain_warning(warning_id=one.pk, text="夹具松动", by=chain.engineer, now=NOW)
    assert (new_for(chain.buyer), new_for(chain.engineer)) == (0, 0)
    record_values(chain.ours, chain.part, chain.length, [BAD], first=date(2026, 6, 25), commit_id=3)
    assert warnings.evaluate_all(now=NOW) == 1  # what was explained is over


def test_the_past_is_not_shouted(chain):
    record_values(chain.ours, chain.part, chain.length, [BAD], first=date(2025, 3, 1))
    record_values(chain.ours, chain.part, chain.length, [BAD], first=date(2026, 5, 31), commit_id=2)
    assert warnings.evaluate_all(now=NOW) == 2
    assert (new_for(chain.buyer), new_for(chain.engineer)) == (1, 1)
    kinds = WarningEvent._base_manager.order_by("warning__number").values_list("kind", flat=True)
    assert list(kinds) == ["quiet", "raised"]


def test_a_warning_whose_rows_are_taken_back_settles_by_itself_and_comes_back_with_them(chain):
    record_lots(chain.ours, chain.part, [R, R])
    warnings.evaluate_all(now=NOW)
    assert new_for(chain.buyer) == 1
    with looking_as_house("test what happens to rows"):
        withdraw_inspections(commit_id=1, now=NOW)
    warnings.evaluate_all(now=NOW)
    assert new_for(chain.buyer) == 0
    record_lots(chain.ours, chain.part, [R, R], commit_id=2)
    warnings.evaluate_all(now=NOW)
    assert (new_for(chain.buyer), len(raised())) == (1, 1)


def test_lots_that_come_again_with_other_days_move_their_warning(chain):
    record_lots(chain.ours, chain.part, [R, R])
    warnings.evaluate_all(now=NOW)
    with looking_as_house("test what happens to rows"):
        withdraw_inspections(commit_id=1, now=NOW)
    record_lots(chain.ours, chain.part, [R, R], commit_id=2, later=timedelta(days=20))
    warnings.evaluate_all(now=NOW)
    (one,) = raised()
    with looking_as_house("look at what was raised"):
        (evidence,) = WarningEvidence.objects.filter(warning=one)
    assert evidence.day == one.last_day == FIRST + timedelta(days=21)
    assert (evidence.gone_at, one.first_day, TouchedCell._base_manager.count()) == (None, evidence.since, 0)
    assert new_for(chain.buyer) == 1


def test_queries_do_not_grow_with_cells_and_lots(chain):
    counts = []
    for parts, lots in (([chain.part], 6), ([chain.part, chain.shared_part], 40)):
        for place, part in enumerate(parts):
            record_lots(chain.ours, part, [R, R, A, A, A, A] * lots, commit_id=10 * lots + place)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            warnings.evaluate_all(now=NOW)
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 1  # numbers, warnings, evidence and lines go in at once


STEPS = {
    "lease taken": ("core.lease", "claim"),
    "found, nothing kept": ("improvement.services.warnings.evaluating", "signals_of"),
    "kept, not committed": ("improvement.services.warnings.evaluating", "keep"),
    "forgotten, not committed": ("improvement.services.warnings.evaluating", "forget_touched"),
}


@pytest.mark.parametrize(
    "step",
    [
        "kept, not committed",
        *(pytest.param(step, marks=pytest.mark.soak) for step in STEPS if step != "kept, not committed"),
    ],
)
def test_a_worker_killed_at_any_step_loses_nothing_and_makes_nothing_twice(
    chain, durable, database_url, settings, step
):
    record_lots(chain.ours, chain.part, [R, R])
    record_values(chain.ours, chain.part, chain.length, [BAD])
    env = os.environ | {"DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    told = [sys.executable, "-m", "tests.improvement.kill", *STEPS[step], NOW.isoformat()]
    ended = subprocess.run(told, cwd=ROOT, env=env, capture_output=True, timeout=60)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()[-2000:]
    assert not raised()
    deadline = time.monotonic() + 20
    while TouchedCell._base_manager.exists() and time.monotonic() < deadline:
        warnings.evaluate_all(now=NOW)  # what the sweep rings for, once the lease of the dead has run out
        time.sleep(0.2)
    assert [one.rule for one in raised()] == ["out_of_limits", "severity"]
    assert WarningEvidence._base_manager.count() == 2


def enter(person) -> Client:
    person.user.language = "en"
    person.user.save()
    client = Client()
    client.force_login(person.user)
    return client


def test_a_warning_heads_the_worklist_and_becomes_a_task_with_its_days_left_out(chain):
    record_lots(chain.ours, chain.part, [A] * 20, first=date(2026, 3, 1), commit_id=5)
    record_lots(chain.ours, chain.part, [A, R, R], commit_id=6)
    warnings.evaluate_all(now=NOW)
    (one,) = raised()
    client = enter(chain.buyer)
    page = client.get("/overview/")
    first = page.context["page"].work[0]
    assert first.title == "0201001 接线端子板: tightened inspection (Reported)"
    assert "lots L260602, L260603 were not accepted" in first.lines[0]
    link = first.actions[0].url
    form = client.get(link)
    assert form.status_code == 200
    card = form.context["form"].initial | {"target": "G", "customer_owner_id": "", "supplier_owner_id": ""}
    opened = client.post(link, card)
    assert opened.status_code == 302, opened.context["form"].errors
    (one,) = raised()
    baseline = one.task.baselines.model._base_manager.get(task=one.task)
    assert (baseline.trigger, baseline.trigger_from, baseline.trigger_to) == (
        "warning",
        date(2026, 6, 2),
        date(2026, 6, 3),
    )
    assert baseline.last_day == date(2026, 6, 1)
    assert "tightened" not in str(client.get("/overview/").context["page"].work)
    again = client.get(f"/tasks/new/?{link.split('?')[1]}")
    assert again.status_code == 200  # another task may be opened, but not of this warning


def test_viewers_read_and_engineers_explain_with_words(chain):
    record_lots(chain.ours, chain.part, [R, R])
    warnings.evaluate_all(now=NOW)
    (one,) = raised()
    viewer, engineer = enter(chain.viewer), enter(chain.engineer)
    assert viewer.get(f"/warnings/{one.pk}/").status_code == 200
    assert viewer.post(f"/warnings/{one.pk}/seen/").status_code == 403
    assert engineer.post(f"/warnings/{one.pk}/explain/", {"explanation": " "}).status_code == 422
    assert engineer.post(f"/warnings/{one.pk}/explain/", {"explanation": "换料"}).status_code == 302
    told = enter(chain.buyer).get(f"/api/v1/warnings/{one.pk}/").json()
    assert (told["state"], told["explanation"], told["number"]) == ("explained", "换料", "W-0001")
    assert [event["kind"] for event in told["history"]] == ["explained", "raised"]
    assert enter(chain.outsider).get(f"/api/v1/warnings/{one.pk}/").status_code == 404
    assert enter(chain.sibling_engineer).get(f"/warnings/{one.pk}/").status_code == 404


def test_a_commit_rings_for_its_partnership(chain, monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr("core.wake._ring", lambda task, queue, told: rung.append((task, told)))
    with django_capture_on_commit_callbacks(execute=True):
        record_lots(chain.ours, chain.part, [A], first=FIRST)
    assert rung == [("improvement.evaluate", {"partnership_id": chain.ours.pk})]


def test_a_digest_begins_with_new_warnings_of_its_reader_s_side(chain):
    record_lots(chain.ours, chain.part, [A, R, R])
    for place in range(3):
        record_values(
            chain.ours,
            chain.part,
            chain.length,
            [BAD],
            first=date(2026, 1 + 2 * place, 20),
            commit_id=2 + place,
        )
    warnings.evaluate_all(now=NOW)
    contents = Contents(what="overview", rhythm="weekly", side="customer", site="https://qms.example")
    period = Period(date(2026, 6, 22), date(2026, 6, 28))
    with looking_as(chain.buyer), translation.override("en"):
        told = story_of(person=chain.buyer, contents=contents, period=period, now=NOW)
    assert told.needs[0].title == "0201001 接线端子板: tightened inspection (Reported)"
    assert told.needs[0].link.url.startswith("https://qms.example/warnings/")
    # January and March are history; May's value is new.
    assert [need.title for need in told.needs[1:2]] == ["0201001 接线端子板 D1 总长: values out of limits"]
