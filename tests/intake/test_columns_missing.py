"""A field that no column holds is one problem, told once for all rows or pointed to in the sheet."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from intake.models import Upload
from intake.queries import pages
from intake.services import commit
from suppliers.access import looking_as
from tests.intake.files import NOW, hand_in, sheet
from tests.intake.test_road import lots_of

HEADER = "批号,检验日期,检验数,合格数,不合格数"
ROWS = ("NP-1,2026-06-25,125,124,1", "NP-2,2026-06-26,125,125,0")


@pytest.fixture
def clerk(chain) -> Client:
    client = Client()
    client.force_login(chain.clerk.user)
    return client


@pytest.fixture
def upload(chain) -> Upload:
    return hand_in(chain.clerk, sheet(HEADER, *ROWS), partnership_id=chain.ours.pk, dry_run=True)


def page_of(client: Client, upload: Upload) -> str:
    return client.get(reverse("upload", args=[upload.pk])).content.decode()


def fill(client: Client, upload: Upload, value: str, **rest: str):
    body = {"problem": "fpart_no", "value": value, **rest}
    return client.post(reverse("upload-mend", args=[upload.pk]), body)


def fresh(chain, upload: Upload) -> Upload:
    with looking_as(chain.clerk):
        return Upload.objects.get(pk=upload.pk)


def test_it_is_one_problem_with_one_box_and_the_list_counts_the_same(chain, clerk, upload):
    page = page_of(clerk, upload)
    assert "所有 2 行都是这个零件" in page
    assert page.count('name="problem"') == 1
    assert "1 处" in re.sub("<[^>]+>", "", page.partition('id="problems-title"')[2])[:40]
    assert "1 处" in clerk.get(reverse("uploads")).content.decode()


def test_the_link_of_the_problem_leads_to_its_box(clerk, upload):
    page = page_of(clerk, upload)
    assert 'href="#fpart_no-value"' in page
    assert 'id="fpart_no-value"' in page


def test_one_part_number_fills_all_rows_and_is_forgotten_with_the_file(chain, clerk, upload):
    fill(clerk, upload, "0201002")
    filled = fresh(chain, upload)
    assert (filled.state, filled.counts["new"], filled.open_rows) == ("understood", 2, 0)
    assert 'value="0201002"' in page_of(clerk, upload)  # to be seen, and corrected
    with looking_as(chain.clerk):
        commit.commit(upload_id=upload.pk, person=chain.clerk, now=NOW, seconds=None)
    assert lots_of(chain.ours) == {"NP-1": (125, 1), "NP-2": (125, 0)}
    next_file = sheet(HEADER, "NP-3,2026-06-27,125,125,0")
    later = hand_in(chain.clerk, next_file, partnership_id=chain.ours.pk, dry_run=True)
    assert later.state == "waiting"


def test_it_is_remembered_for_these_headers_if_the_person_says_so(chain, clerk, upload):
    fill(clerk, upload, "0201002", remember="1")
    next_file = sheet(HEADER, "NP-3,2026-06-27,125,125,0")
    later = hand_in(chain.clerk, next_file, partnership_id=chain.ours.pk, dry_run=True)
    assert (later.state, later.counts["new"]) == ("understood", 1)
    assert 'value="0201002"' in page_of(clerk, later)


def test_a_part_number_that_nobody_knows_is_still_one_problem(chain, clerk, upload):
    fill(clerk, upload, "9999999")
    page = page_of(clerk, upload)
    assert page.count('name="problem"') == 1
    assert 'value="9999999"' in page
    assert fresh(chain, upload).understanding["to_mend"] == 1
    fill(clerk, upload, "0201002")
    assert fresh(chain, upload).state == "understood"


def test_a_column_may_be_pointed_to_instead(chain, clerk):
    rows = sheet("货,批号,检验日期,检验数,合格数,不合格数", "0201002,NP-1,2026-06-25,125,124,1")
    upload = hand_in(chain.clerk, rows, partnership_id=chain.ours.pk, dry_run=True)
    assert '<option value="A">A 货</option>' in page_of(clerk, upload)
    body = {"sheet": "1", "column": "A", "field": "part_no"}
    clerk.post(reverse("upload-mapping", args=[upload.pk]), body)
    pointed = fresh(chain, upload)
    assert (pointed.state, pointed.counts["new"]) == ("understood", 1)


@pytest.mark.parametrize("problem", ["flot_no", "fnothing", "f"])
def test_a_field_with_cells_of_its_own_is_not_filled_for_all(clerk, upload, problem):
    body = {"problem": problem, "value": "0201002"}
    assert clerk.post(reverse("upload-mend", args=[upload.pk]), body).status_code == 404


def test_a_problem_without_a_cell_is_not_answered_by_one(chain, clerk, upload):
    with looking_as(chain.clerk):
        problem = upload.problems.filter(column="").first()
    body = {"problem": f"p{problem.pk}", "value": "0201002"}
    assert clerk.post(reverse("upload-mend", args=[upload.pk]), body).status_code == 404


def test_rows_that_break_different_rules_are_told_apart(chain):
    rows = sheet("料号,批号,检验日期,检验数,不合格数", "0201002,J1,昨天,125,1", "0201002,J2,2099-07-15,125,0")
    upload = hand_in(chain.clerk, rows, partnership_id=chain.ours.pk, dry_run=True)
    with looking_as(chain.clerk):
        groups = pages.upload_page(upload)["problems"]
    assert len(groups) == 2
    unreadable = next(group for group in groups if "昨天" in group["remedy"])
    assert "2099-07-15" not in unreadable["title"] + unreadable["remedy"]


def test_the_api_says_it_by_the_fields_name(clerk, upload):
    at = reverse("api-upload-answers", args=[upload.pk])
    told = clerk.post(at, {"constants": {"part_no": "0201002"}}, content_type="application/json").json()
    assert (told["state"], told["counts"]["new"]) == ("understood", 2)
    back = clerk.post(at, {"constants": {"part_no": ""}}, content_type="application/json").json()
    assert back["state"] == "waiting"
    wrong = clerk.post(at, {"constants": {"part": "0201002"}}, content_type="application/json")
    assert (wrong.status_code, "part" in wrong.content.decode()) == (400, True)


def test_values_without_a_day_are_told_so(chain):
    values = sheet("物料编码,批号,检验项目,实测值", "0201001,NP-3,外径,12.01", "0201001,NP-3,外径,12.02")
    upload = hand_in(chain.clerk, values, kind="measurements", partnership_id=chain.ours.pk)
    assert (upload.state, upload.counts["wrong"]) == ("waiting", 2)
    with looking_as(chain.clerk):
        assert set(upload.problems.values_list("rule", "field")) == {("missing", "measured_at")}
