"""Leading zeros that a spreadsheet dropped are offered back, and a table that ends where one ends is asked about."""

import pytest
from django.test import Client
from django.urls import reverse

from intake.models import Upload
from intake.readers.text import SPREADSHEET_ENDS
from intake.services import answer, commit
from intake.services.cut_off import CUT, WHOLE
from suppliers.access import looking_as
from tests.intake.files import NOW, book, counted, hand_in, rules_of
from tests.intake.test_road import lots_of

HERE = {"now": NOW, "seconds": None}


def said(chain, upload: Upload, **answers: str) -> Upload:
    with looking_as(chain.clerk):
        return answer.answer(upload_id=upload.pk, person=chain.clerk, answers=answers, **HERE)


def test_zeros_are_offered_back_once_for_a_layout(chain):
    upload = hand_in(chain.clerk, book(("J1", 1), ("J2", 0), part="201002"), partnership_id=chain.ours.pk)
    (question,) = upload.understanding["questions"]
    assert (upload.state, question["id"], lots_of(chain.ours)) == ("waiting", "lost_zeros", {})
    assert question["params"] == {"codes": 1, "rows": 2, "said": "201002", "meant": "0201002"}
    assert said(chain, upload, lost_zeros="yes").state == "understood"
    with looking_as(chain.clerk):
        commit.commit(upload_id=upload.pk, person=chain.clerk, **HERE)
    june = book(("J3", 1), part="201002", day="2026-06-04")
    assert hand_in(chain.clerk, june, name="6月.csv", partnership_id=chain.ours.pk).state == "committed"
    assert set(lots_of(chain.ours)) == {"J1", "J2", "J3"}
    other_layout = book(("J4", 1), part="201002").replace("备注".encode(), "班组".encode())
    assert hand_in(chain.clerk, other_layout, name="另.csv", partnership_id=chain.ours.pk).state == "waiting"


def test_a_no_leaves_the_rows_to_be_mended(chain):
    upload = hand_in(chain.clerk, book(("J1", 1), part="201002"), partnership_id=chain.ours.pk)
    told = said(chain, upload, lost_zeros="no")
    assert (told.state, rules_of(told), *counted(told, "wrong")) == ("waiting", [(2, "part_unknown")], 1)
    with pytest.raises(answer.NotAnAnswer):
        said(chain, hand_in(chain.clerk, book(("J1", 1)), name="全.csv", dry_run=True), lost_zeros="yes")


def test_the_page_asks_about_the_zeros(chain):
    upload = hand_in(chain.clerk, book(("J1", 1), part="201002"), partnership_id=chain.ours.pk)
    client = Client()
    client.force_login(chain.clerk.user)
    for address in (reverse("upload", args=[upload.pk]), reverse("uploads")):
        page = client.get(address).content.decode()
        assert [word in page for word in ("201002", "0201002", "是，补回零")] == [True] * 3


@pytest.mark.parametrize(("what", "state"), [(WHOLE, "understood"), (CUT, "refused")])
def test_a_table_that_ends_where_a_spreadsheet_ends_waits_for_a_word(chain, monkeypatch, what, state):
    content = book(*((f"J{number}", 0) for number in range(9)))
    monkeypatch.setattr("intake.readers.text.SPREADSHEET_ENDS", (10, *SPREADSHEET_ENDS))
    upload = hand_in(chain.clerk, content, partnership_id=chain.ours.pk)
    assert (upload.state, upload.understanding["questions"][0]["id"]) == ("waiting", "cut_off")
    client = Client()
    client.force_login(chain.clerk.user)
    assert "没有被截断" in client.get(reverse("upload", args=[upload.pk])).content.decode()
    assert client.get(f"/api/v1/uploads/{upload.pk}/").json()["questions"][0]["kind"] == "may_be_cut_off"
    told = said(chain, upload, cut_off=what)
    assert (told.state, told.counts.get("new", 0)) == (state, 9 if what == WHOLE else 0)
