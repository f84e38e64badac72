"""What a file does not say is asked where the file stands, and answered by one press."""

import io

import pytest
from django.test import Client
from django.urls import reverse

from intake.models import Upload
from suppliers.access import looking_as
from tests.factories import make_part, make_partnership
from tests.intake.files import hand_in, sheet

UNCLEAR = sheet("料号,批号,数量,备注", "0201002,J1,125,", "0201002,J2,125,")


@pytest.fixture
def clerk(chain) -> Client:
    client = Client()
    client.force_login(chain.clerk.user)
    return client


def press(client: Client, upload: Upload, number: int, value: str, **headers: str):
    body = {"problem": f"q{number}", "value": value}
    return client.post(reverse("upload-mend", args=[upload.pk]), body, headers=headers)


def question(upload: Upload, kind: str) -> int:
    return [one["kind"] for one in upload.understanding["questions"]].index(kind)


def test_what_a_file_holds_is_asked_in_its_row_of_the_list(chain, clerk):
    answered = clerk.post(
        reverse("upload-new"), {"files": _named(UNCLEAR)}, headers={"HX-Request": "true"}
    ).content.decode()
    with looking_as(chain.clerk):
        upload = Upload.objects.get()
    assert upload.state == "waiting"
    number = question(upload, "kind")
    assert f'name="problem" value="q{number}"' in answered
    for kind in ("inspections", "measurements", "stock"):
        assert f'name="value" value="{kind}"' in answered
    row = press(clerk, upload, number, "stock", **{"HX-Request": "true", "HX-Target": f"upload-{upload.pk}"})
    assert row.content.decode().lstrip().startswith(f'<li class="file" id="upload-{upload.pk}"')
    with looking_as(chain.clerk):
        assert Upload.objects.get().kind == "stock"


def _named(content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = "5月.csv"
    return file


def test_for_which_end_a_file_speaks_is_asked_and_answered_by_a_button(chain, clerk):
    both = make_partnership(chain.supplier, chain.sibling)
    make_part("0201002", chain.supplier, [both])
    upload = hand_in(
        chain.clerk,
        sheet("日期,料号,生产批号,抽检数,不良数,判定", "2026-05-04,0201002,J1,125,1,合格"),
        dry_run=True,
    )
    page = clerk.get(reverse("uploads")).content.decode()
    number = question(upload, "side")
    assert f'name="problem" value="q{number}"' in page
    assert 'value="supplier"' in page
    press(clerk, upload, number, "supplier")
    with looking_as(chain.clerk):
        upload.refresh_from_db()
    assert (upload.stage, upload.state, upload.counts["new"]) == ("outgoing", "understood", 1)


def test_what_a_column_means_is_answered_in_the_summary_of_its_page(chain, clerk):
    rows = sheet("日期,料号,生产批号,送检数,不良数,判定", "2026-05-04,0201002,J1,125,1,合格")
    upload = hand_in(chain.clerk, rows, dry_run=True)
    number = question(upload, "column")
    page = clerk.get(reverse("upload", args=[upload.pk])).content.decode()
    assert f'name="problem" value="q{number}"' in page
    assert 'name="value" value="lot_size"' in page
    press(clerk, upload, number, "inspected")
    with looking_as(chain.clerk):
        upload.refresh_from_db()
    assert (upload.state, upload.counts["new"]) == ("understood", 1)


def test_the_year_of_days_is_typed(chain, clerk):
    rows = sheet("日期,料号,生产批号,抽检数,不良数,判定", "5月4日,0201002,J1,125,1,合格")
    upload = hand_in(chain.clerk, rows, name="出货.csv", dry_run=True)
    number = question(upload, "year")
    assert f'id="q{number}-value"' in clerk.get(reverse("upload", args=[upload.pk])).content.decode()
    assert press(clerk, upload, number, "26").status_code == 404
    press(clerk, upload, number, "2026")
    with looking_as(chain.clerk):
        upload.refresh_from_db()
    assert (upload.state, upload.counts["new"]) == ("understood", 1)


@pytest.mark.parametrize("value", ["nothing", "", "<script>", "elsewhere"])
def test_what_is_no_answer_is_not_there(chain, clerk, value):
    upload = hand_in(chain.clerk, UNCLEAR)
    assert press(clerk, upload, question(upload, "kind"), value).status_code == 404
    assert press(clerk, upload, 99, "stock").status_code == 404


def test_nobody_else_answers(chain):
    upload = hand_in(chain.clerk, UNCLEAR)
    stranger = Client()
    stranger.force_login(chain.sibling_engineer.user)
    assert press(stranger, upload, question(upload, "kind"), "stock").status_code == 404
