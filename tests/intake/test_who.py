"""Who may hand in what, and that uploads are the sender's alone."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from intake.models import Problem, Upload
from intake.services import answer, commit, receive
from quality.models import Inspection
from suppliers.access import looking_as, looking_as_house
from suppliers.models import Supply
from tests.factories import LONG_AGO, make_organisation, make_partnership
from tests.intake.files import INCOMING, NOW, VALUES, book, hand_in, rules_of, sheet
from tests.intake.test_road import lots_of

HERE = {"now": NOW, "seconds": None}
STRANGERS = ["buyer", "sibling_engineer", "second_buyer", "outsider"]


@pytest.fixture
def upload(chain) -> Upload:
    rows = book(("J1", 1), ("J2", 300))
    return hand_in(chain.clerk, rows, partnership_id=chain.ours.pk)


def client_of(person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


@pytest.mark.parametrize("stranger", STRANGERS)
def test_an_upload_is_not_there_for_anybody_else(upload, chain, stranger):
    person = getattr(chain, stranger)
    client, missing = client_of(person), upload.pk + 10_000
    json = {"content_type": "application/json"}
    for tail in ("", "problems/", "repair.xlsx"):
        theirs = client.get(f"/api/v1/uploads/{upload.pk}/{tail}")
        nothing = client.get(f"/api/v1/uploads/{missing}/{tail}")
        assert (theirs.status_code, theirs.content) == (nothing.status_code, nothing.content)
        assert theirs.status_code == 404
    for tail in ("answers/", "commit/", "undo/"):
        theirs = client.post(f"/api/v1/uploads/{upload.pk}/{tail}", {}, **json)
        nothing = client.post(f"/api/v1/uploads/{missing}/{tail}", {}, **json)
        assert (theirs.status_code, theirs.content) == (nothing.status_code, nothing.content)
        assert theirs.status_code == 404
    for tail in ("", "row/", "repair.xlsx"):
        assert client.get(f"/uploads/{upload.pk}/{tail}").status_code == 404
    for tail in ("mapping/", "mend/", "commit/", "undo/", "kind/"):
        assert client.post(f"/uploads/{upload.pk}/{tail}").status_code == 404
    assert client.get("/api/v1/uploads/").json()["results"] == []
    with looking_as(person):
        assert not Upload.objects.exists()
        assert not Problem.objects.exists()


@pytest.mark.parametrize("service", [commit.commit, commit.undo, answer.answer])
def test_no_service_touches_anothers_upload(upload, chain, service):
    with looking_as(chain.outsider), pytest.raises(receive.NotYours):
        service(upload_id=upload.pk, person=chain.outsider, now=NOW)


def test_a_colleague_may_go_on_with_it_but_a_viewer_may_not(upload, chain):
    assert client_of(chain.engineer).get(f"/api/v1/uploads/{upload.pk}/").status_code == 200
    viewer = client_of(chain.viewer)
    posted = viewer.post(f"/api/v1/uploads/{upload.pk}/commit/", {}, content_type="application/json")
    assert posted.status_code == 403
    with looking_as(chain.viewer), pytest.raises(receive.NotYours):
        commit.undo(upload_id=upload.pk, person=chain.viewer, now=NOW)
    with pytest.raises(receive.NotYours):
        hand_in(chain.viewer, book(("J1", 1)))


@pytest.mark.parametrize("which", ["siblings", "foreign", "second"])
def test_nobody_fills_a_partnership_of_others(chain, which):
    foreign = getattr(chain, which)
    with pytest.raises(receive.NotYours):
        hand_in(
            chain.outsider if which != "foreign" else chain.clerk, book(("J1", 1)), partnership_id=foreign.pk
        )


def test_an_id_in_the_body_answers_like_one_that_is_not_there(chain):
    client = client_of(chain.clerk)

    def refused(partnership: int) -> tuple:
        rows = [{"part_no": "0201001", "lot_no": "J1"}]
        body = {"kind": "inspections", "rows": rows, "partnership": partnership}
        answered = client.post("/api/v1/uploads/", body, content_type="application/json")
        return answered.status_code, answered.content

    assert refused(chain.foreign.pk) == refused(999_999)
    assert refused(chain.foreign.pk)[0] == 400


def test_a_foreign_part_is_no_answer(chain):
    upload = hand_in(chain.clerk, book(("J1", 1), part="0209999"), partnership_id=chain.ours.pk)
    (question,) = upload.understanding["questions"]
    foreign = [chain.foreign_part.pk, chain.sibling_part.pk, chain.second_part.pk, 999_999]
    with looking_as(chain.clerk):
        for part in foreign:
            with pytest.raises(answer.NotAnAnswer):
                answer.answer(upload_id=upload.pk, person=chain.clerk, answers={question["id"]: part}, **HERE)


def test_a_foreign_organisation_is_no_answer(chain):
    header = "日期,客户,料号,批号,抽检数,不良数"
    upload = hand_in(chain.clerk, sheet(header, "2026-05-04,天工,0201002,J1,125,0"))
    with looking_as(chain.clerk):
        for organisation in (chain.stranger.pk, chain.sibling.pk, chain.supplier.pk, 999_999):
            with pytest.raises(answer.NotAnAnswer):
                answer.answer(
                    upload_id=upload.pk, person=chain.clerk, answers={"who:天工": organisation}, **HERE
                )


def test_a_customer_loads_its_incoming_list_by_its_names_for_suppliers(chain):
    rows = sheet(
        INCOMING,
        "2026-05-06,S01,0201001,J1,3200,32,0,合格",
        "2026-05-06,示例·乙冲压,0201002,K1,3200,32,1,合格",
        "2026-05-06,无名厂,0999999,N1,3200,32,1,合格",
    )
    upload = hand_in(chain.buyer, rows)
    assert (upload.state, upload.stage) == ("committed", "incoming")
    assert (upload.counts["new"], upload.counts["elsewhere"]) == (2, 1)
    with looking_as_house("test where rows went"):
        went = dict(Inspection.objects.values_list("lot__number", "partnership"))
    assert went == {"J1": chain.ours.pk, "K1": chain.siblings.pk}


def test_a_customer_loads_a_suppliers_outgoing_file_and_the_upload_names_it(chain):
    upload = hand_in(chain.buyer, book(("J1", 1)), partnership_id=chain.ours.pk, stage="outgoing")
    assert (upload.state, upload.stage, upload.sender_id) == ("committed", "outgoing", chain.customer.pk)
    with looking_as(chain.clerk):
        assert Inspection.objects.get().stage == "outgoing"  # the supplier sees the row,
        assert not Upload.objects.exists()  # and never the file


def test_a_supplier_does_not_say_what_the_customer_found(chain):
    upload = hand_in(chain.clerk, book(("J1", 1)), partnership_id=chain.ours.pk, stage="incoming")
    assert (upload.state, upload.refusal["rule"]) == ("refused", "stage_not_yours")


def test_lists_need_an_engineers_role(chain):
    rows = sheet("物料编码,物料名称,图号", "0209999,新零件,TP.02.99.999")
    upload = hand_in(chain.clerk, rows, kind="parts")
    assert upload.state == "refused"
    assert upload.refusal["rule"] in {"list_not_yours", "kind_kept_by_customer"}


def test_a_role_that_is_taken_away_stops_a_commit_that_was_asked_for(chain, monkeypatch):
    from intake.services import work

    upload = hand_in(chain.clerk, book(("J1", 1)), dry_run=True)
    monkeypatch.setattr(work, "SMALL_BYTES", 0)
    monkeypatch.setattr(work, "wake", lambda *args, **kwargs: None)
    with looking_as(chain.clerk):
        commit.commit(upload_id=upload.pk, person=chain.clerk, now=NOW)
    chain.clerk.role = "viewer"
    chain.clerk.save()
    work.work_on(upload_id=upload.pk, now=NOW)
    with looking_as(chain.engineer):
        upload.refresh_from_db()
        assert upload.state == "waiting"
        assert not Inspection.objects.exists()


def test_wrong_rows_name_the_cell(upload):
    assert rules_of(upload) == [(3, "nonconforming_above_inspected")]


def test_a_list_of_many_suppliers_takes_the_queries_of_one(chain, django_assert_max_num_queries):
    header = "检验日期,供应商代码,物料编码,来料批号,抽样数,不合格数,检验结论"

    def of(*codes: str, lot: str) -> bytes:
        rows = (f"2026-05-04,{code},0201002,{lot},125,0,合格" for code in codes)
        return sheet(header, *rows)

    with looking_as_house("count queries"):
        more = [make_partnership(chain.customer, make_organisation(f"S{n}")) for n in range(40, 52)]
        for partnership in more:
            Supply.objects.create(partnership=partnership, part=chain.shared_part, created_at=LONG_AGO)
    hand_in(chain.buyer, of("S01", lot="A0"), stage="incoming")
    with CaptureQueriesContext(connection) as one:
        hand_in(chain.buyer, of("S01", lot="A1"), stage="incoming")
    with django_assert_max_num_queries(len(one) + 5):
        upload = hand_in(
            chain.buyer, of("S01", "S02", *(f"S{n}" for n in range(40, 52)), lot="A2"), stage="incoming"
        )
    assert (upload.state, upload.counts["new"]) == ("committed", 14)


# -- what the supplier reported of itself -----------------------------------------------------------
def retold(chain, *lots: tuple[str, int], **asked) -> Upload:
    """Outgoing inspections of the supplier, loaded by its customer."""
    asked = {"partnership_id": chain.ours.pk, "stage": "outgoing"} | asked
    return hand_in(chain.buyer, book(*lots), name="代录.csv", **asked)


def replace(upload: Upload, person, place: str = "*") -> Upload:
    with looking_as(person):
        answer.answer(upload_id=upload.pk, person=person, choices={place: "replace"}, **HERE)
        return commit.commit(upload_id=upload.pk, person=person, **HERE)


def test_a_customer_does_not_replace_what_its_supplier_reported(chain):
    mine = hand_in(chain.clerk, book(("J1", 1)), partnership_id=chain.ours.pk)
    upload = retold(chain, ("J1", 40), ("J2", 0))
    assert (upload.state, upload.counts["conflicting"], upload.counts["new"]) == ("waiting", 1, 1)
    with pytest.raises(answer.NotYoursToReplace):
        replace(upload, chain.buyer)
    client = client_of(chain.buyer)
    told = client.get(f"/api/v1/uploads/{upload.pk}/").json()
    (conflict,) = told["conflicts"]
    assert (conflict["code"], conflict["choices"]) == ("sent_by_other_side", ["keep"])
    body = {"choices": {"代录!2": "replace"}}
    refused = client.post(
        f"/api/v1/uploads/{upload.pk}/answers/",
        body,
        content_type="application/json",
        headers={"accept-language": "zh-hans"},
    )
    assert refused.status_code == 409
    assert "sent_by_other_side" in refused.text
    assert "只有供应商自己能更正" in refused.text
    page = client.get(f"/uploads/{upload.pk}/").text
    assert 'value="keep"' in page
    assert 'value="replace"' not in page
    forged = client.post(f"/uploads/{upload.pk}/mend/", {"problem": "c0", "value": "replace"})
    assert forged.status_code == 409
    with looking_as(chain.buyer):
        answer.answer(upload_id=upload.pk, person=chain.buyer, choices={"代录!2": "keep"}, **HERE)
        assert commit.commit(upload_id=upload.pk, person=chain.buyer, **HERE).state == "committed"
    assert lots_of(chain.ours) == {"J1": (125, 1), "J2": (125, 0)}
    with looking_as(chain.clerk):
        assert commit.undo(upload_id=mine.pk, person=chain.clerk, now=NOW).state == "undone"


def test_nor_does_it_by_a_remark_a_file_saved_at_once_or_an_earlier_choice(chain):
    hand_in(chain.clerk, book(("J1", 1)), partnership_id=chain.ours.pk)
    remarked = book(("J1", 1)).replace("合格,".encode(), "不合格,复核".encode())
    upload = hand_in(chain.buyer, remarked, partnership_id=chain.ours.pk, stage="outgoing", partial=True)
    assert (upload.counts["conflicting"], upload.open_rows) == (1, 1)
    early = retold(chain, ("J3", 3), dry_run=True)
    with looking_as(chain.buyer):
        answer.answer(upload_id=early.pk, person=chain.buyer, choices={"*": "replace"}, **HERE)
    hand_in(chain.clerk, book(("J3", 1)), name="6月.csv", partnership_id=chain.ours.pk)
    with looking_as(chain.buyer):
        assert commit.commit(upload_id=early.pk, person=chain.buyer, **HERE).state == "waiting"
    assert lots_of(chain.ours) == {"J1": (125, 1), "J3": (125, 1)}


def test_values_that_the_supplier_measured_are_its_own_too(chain):
    values = sheet(VALUES, "0201001,J1,总长,10.05,mm,2026-05-04 08:10")
    hand_in(chain.clerk, values, partnership_id=chain.ours.pk)
    other = sheet(VALUES, "0201001,J1,总长,10.09,mm,2026-05-04 08:10")
    more = sheet(VALUES, *["0201001,J1,总长,10.05,mm,2026-05-04 08:10"] * 2)
    for content in (other, more):
        upload = hand_in(chain.buyer, content, partnership_id=chain.ours.pk, stage="outgoing", partial=True)
        assert (upload.counts["conflicting"], upload.open_rows) == (1, 1)


def test_what_the_customer_loaded_is_replaced_by_either(chain):
    retold(chain, ("J1", 1))
    replace(retold(chain, ("J1", 2)), chain.buyer)
    assert lots_of(chain.ours) == {"J1": (125, 2)}
    own = hand_in(chain.clerk, book(("J1", 3)), partnership_id=chain.ours.pk)
    replace(own, chain.clerk)
    assert lots_of(chain.ours) == {"J1": (125, 3)}


def test_the_command_tells_which_rows_can_only_be_kept(chain, capsys, tmp_path):
    hand_in(chain.clerk, book(("J1", 1)), partnership_id=chain.ours.pk)
    file = tmp_path / "代录.csv"
    file.write_bytes(book(("J1", 40)))
    as_buyer = ["--partnership", "LEAD/S01", "--stage", "outgoing", "--as", chain.buyer.user.email]
    with pytest.raises(CommandError):
        call_command("intake", str(file), "--json", *as_buyer)
    ((conflict,),) = [one["conflicts"] for one in json.loads(capsys.readouterr().out)]
    assert (conflict["code"], conflict["choices"]) == ("sent_by_other_side", ["keep"])


def test_a_competitors_name_in_the_supplier_column_is_asked_like_any_unknown_one(chain):
    def rows(name: str, lot: str) -> bytes:
        header = "日期,供应商,料号,生产批号,批量,抽检数,不良数,判定"
        return sheet(header, f"2026-05-04,{name},0201002,{lot},3200,125,1,合格")

    asked = {}
    for name in ("示例·乙冲压", "无此公司"):
        upload = hand_in(chain.clerk, rows(name, "J1"), name=f"{name}.csv", dry_run=True)
        assert rules_of(upload) == [(2, "own_name_unknown")]
        asked[name] = json.dumps(upload.understanding["questions"]).replace(json.dumps(name)[1:-1], "…")
        page = client_of(chain.clerk).get(f"/uploads/{upload.pk}/").content.decode()
        assert "请选择" in page
    assert len(set(asked.values())) == 1
    with looking_as(chain.clerk):
        own = {"who:无此公司": chain.clerk.organisation_id}
        upload = answer.answer(upload_id=upload.pk, person=chain.clerk, answers=own, **HERE)
    assert (rules_of(upload), upload.counts["new"]) == ([], 1)
    later = hand_in(chain.clerk, rows("无此公司", "J2"), name="6月.csv")
    assert (rules_of(later), later.state) == ([], "committed"), "remembered"
