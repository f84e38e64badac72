"""One ledger, three customers (layout L11): what is whose, and that nothing leaks."""

import json

import pytest
from django.test import Client

from intake.services import answer, commit
from quality.models import Inspection, Lot
from suppliers.access import looking_as, looking_as_house
from tests.factories import make_part
from tests.intake.files import LEDGER, NOW, counted, hand_in, sheet

SECRET_TO_LEAD = ["青竹项目", "P250304-1", "PD-3311", "蓝鲸专线", "H250305-1", "示例·家电", "JD-88-021"]
SECRET_TO_CUST2 = ["白鹭产线", "C250303-1", "0103001", "蓝鲸专线", "H250305-1", "示例·家电", "JD-88-021"]
ROWS = [
    "1,2025-03-03,示例·总装,0103001,动触桥,C250303-1,20000,125,1,合格,白鹭产线",
    "2,2025-03-03,示例·总装,103002,静触桥,C250303-2,20000,125,0,合格,",
    "3,2025-03-04,示例·配电,0103002,辅助触点片,P250304-1,4000,80,0,合格,青竹项目",
    "4,2025-03-04,,PD-3311,桥式触头,P250304-2,2500,50,1,合格,青竹项目",
    "5,2025-03-04,,0103002,触点片,X250304-3,4000,80,2,合格,",
    "6,2025-03-05,示例·家电,JD-88-021,温控触点铆钉,H250305-1,20000,125,0,合格,蓝鲸专线",
    "7,2025-03-05,,,温控弹片(只有品名),H250305-2,6000,80,2,合格,蓝鲸专线",
    "小计,,,,,,76500,665,6,,",
]


@pytest.fixture
def ledger(chain):
    """The chain's supplier with two customers' parts; `0103002` is a part of either."""
    make_part("0103001", chain.customer, [chain.ours])
    make_part("0103002", chain.customer, [chain.ours])
    make_part("0103002", chain.second_customer, [chain.second])
    make_part("PD-3311", chain.second_customer, [chain.second])
    return chain


@pytest.fixture
def upload(ledger):
    name = "出货检验台账2025-03(示例·总装、配电、家电).csv"
    sent = hand_in(ledger.engineer, sheet(LEDGER, *ROWS), name=name, partial=True)
    here = {"upload_id": sent.pk, "person": ledger.engineer, "now": NOW, "seconds": None}
    with looking_as(ledger.engineer):
        answer.answer(answers={"lost_zeros": "yes"}, **here)
        return commit.commit(partial=True, **here)


def numbers(partnership) -> set[str]:
    with looking_as_house("test where lots went"):
        return set(Lot.objects.filter(partnership=partnership).values_list("number", flat=True))


def test_rows_go_to_their_customers_and_strangers_nowhere(upload, ledger):
    assert numbers(ledger.ours) == {"C250303-1", "C250303-2"}
    assert numbers(ledger.second) == {"P250304-1", "P250304-2"}
    assert counted(upload, "read", "new", "wrong", "elsewhere", "left_out") == [7, 4, 1, 2, 1]
    assert upload.open_rows == 1


def test_what_fits_two_is_asked_once_and_remembered(upload, ledger):
    (question,) = upload.understanding["questions"]
    assert set(question["options"]) == {ledger.ours.pk, ledger.second.pk}
    with looking_as(ledger.engineer):
        answer.answer(
            upload_id=upload.pk,
            person=ledger.engineer,
            answers={question["id"]: ledger.second.pk},
            now=NOW,
            seconds=None,
        )
        commit.commit(upload_id=upload.pk, person=ledger.engineer, now=NOW, seconds=None)
    assert "X250304-3" in numbers(ledger.second)
    april = [row.replace("2025-03", "2025-04").replace("2503", "2504") for row in ROWS]
    next_month = hand_in(ledger.engineer, sheet(LEDGER, *april), name="4月.csv")
    assert (next_month.state, next_month.understanding["questions"]) == ("committed", [])
    assert "X250404-3" in numbers(ledger.second)


@pytest.mark.parametrize(
    ("reader", "secrets"), [("buyer", SECRET_TO_LEAD), ("second_buyer", SECRET_TO_CUST2)]
)
def test_no_customer_sees_anothers_rows_or_the_file(upload, ledger, reader, secrets):
    person = getattr(ledger, reader)
    with looking_as(person):
        told = list(Inspection.objects.values("lot__number", "remark", "part__number", "part__name"))
    assert told
    seen = json.dumps(told, ensure_ascii=False)
    client = Client()
    client.force_login(person.user)
    addresses = [
        "/api/v1/uploads/",
        f"/api/v1/uploads/{upload.pk}/",
        f"/api/v1/uploads/{upload.pk}/problems/",
    ]
    answers = [client.get(address) for address in addresses]
    assert [answer.status_code for answer in answers] == [200, 404, 404]
    assert answers[0].json()["results"] == []
    seen += "".join(answer.content.decode() for answer in answers)
    assert [secret for secret in secrets if secret in seen] == []


def test_a_total_of_all_customers_is_no_check_of_one(upload, ledger):
    client = Client()
    client.force_login(ledger.engineer.user)
    mine = client.get(f"/api/v1/uploads/{upload.pk}/").json()
    assert mine["counts"]["left_out"] == 1
    with looking_as(ledger.buyer):
        assert not Inspection.objects.filter(remark__contains="76500").exists()
