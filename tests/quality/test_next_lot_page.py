"""The card of the next lot: how many to take, and why, from the lots as they came."""

import html
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from quality.models import SamplingDecision
from suppliers.access import looking_as_house
from suppliers.models import Person, User
from tests.kpis.books import NOW, Books

OURS, PART = "LEAD/S01", "0201001"
FIRST = date(2026, 3, 1)


@pytest.fixture
def books(db):
    with looking_as_house("set a test's scene"):
        books = Books()
        part = books.part(books.partnership("LEAD", "S01"), PART)
        part.inspection_level, part.aql_major = "II", Decimal("0.650")
        part.save()
        books.part(books.partnership("LEAD", "S02"), "0301001")
        books.organisation("OTHER")
        return books


def came(books, *verdicts, stage="incoming"):
    """Lots of 3,000 pieces, a day each: a true verdict accepted."""
    with looking_as_house("set a test's scene"):
        for place, accepted in enumerate(verdicts):
            books.inspect(
                OURS, PART, f"L{place}", FIRST + timedelta(place), (125, 0 if accepted else 4),
                verdict="accepted" if accepted else "rejected", stage=stage, lot_size=3000,
            )  # fmt: skip


def somebody(books, organisation, client, language="en"):
    user = User.objects.create_user(f"{organisation}@x.example", "x" * 12, language=language)
    Person.objects.create(
        user=user, organisation=books.organisation(organisation), role="viewer", joined_at=NOW
    )
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(client, books, **query):
    return client.get(f"/sampling/{books.parts[PART].pk}/", query_params=query)


def lead(response) -> str:
    return re.sub(r"<[^>]+>", "", re.search(r'<p class="lead.*?">(.*?)</p>', response.text).group(1))


def test_without_any_lot_inspection_is_normal_and_the_usual_size_is_shown(books, client):
    said = lead(page(somebody(books, "LEAD", client), books))
    assert said.startswith("Next lot of 1,000 pieces: take 80, nonconforming ≤ 1 accept, ≥ 2 reject.")
    assert said.endswith("Inspection is normal.")


def test_two_of_five_rejected_tighten_the_next_lot_and_the_page_says_what_is_missing(books, client):
    came(books, True, False, True, False, True, True, True)
    response = page(somebody(books, "LEAD", client), books)
    said = lead(response)
    assert said.startswith("Next lot of 3,000 pieces: take 125, nonconforming ≤ 1 accept, ≥ 2 reject.")
    assert "2 more lots accepted in a row bring normal inspection back" in said
    assert "With lot L3 of" in response.text
    assert response.text.count('class="missing"') == 2
    assert "80.5% (normal inspection: 95.1%)" in response.text


@pytest.mark.parametrize(("agreed", "taken"), [("10", "10 %, major"), ("15", "1.0 % (usual")])
def test_an_aql_that_counts_nonconformities_is_not_shown_as_percent_nonconforming(
    books, client, agreed, taken
):
    with looking_as_house("set a test's scene"):
        books.parts[PART].aql_major = Decimal(agreed)
        books.parts[PART].save()
    shown = page(somebody(books, "LEAD", client), books).text
    assert taken in shown
    assert "15 %" not in shown
    assert ("15 counts nonconformities per 100 items" in shown) == (agreed == "15")


def test_a_stage_has_a_history_of_its_own(books, client):
    came(books, False, False, stage="outgoing")
    someone = somebody(books, "LEAD", client)
    assert "Inspection is normal." in lead(page(someone, books))
    assert "Inspection is tightened" in lead(page(someone, books, stage="outgoing"))


def test_the_fifth_rejection_discontinues_in_both_languages(books, client):
    came(books, *[False] * 7)
    response = page(somebody(books, "LEAD", client, language="zh-hans"), books)
    assert "按规则检验已暂停：加严检验期间累计 5 批拒收" in lead(response)
    assert "何时从加严检验恢复由负责部门决定。" in lead(response)
    assert "到 2026-03-07 的 L6 批" in response.text or "到 03-07 的 L6 批" in response.text


def test_a_discontinued_card_tells_what_came_since_and_the_plan_for_resuming(books, client):
    came(books, *[False] * 7, True, True, False)
    response = page(somebody(books, "LEAD", client), books)
    assert "The responsible authority decides when it is resumed, tightened." in lead(response)
    assert lead(response).endswith(
        "Once inspection is resumed, a lot of 3,000 pieces: take 125, nonconforming ≤ 1 accept, ≥ 2 reject."
    )
    assert re.search("since lot L6 of [^;]+; lots since then: 3, accepted of them: 2", response.text)
    assert "for when inspection is resumed" in response.text
    assert "remedy" not in response.text


def test_the_score_of_reduced_inspection_names_the_decision_that_is_missing(books, client):
    someone = somebody(books, "LEAD", client)
    came(books, *[True] * 9)
    assert "27 of 30; reduced inspection also needs the decision" in page(someone, books).text
    came(books, *[True] * 10, stage="outgoing")
    reached = page(someone, books, stage="outgoing")
    assert "30: the score of 30 for reduced inspection is reached" in reached.text
    assert "Inspection is normal." in lead(reached)


def test_a_lot_smaller_than_its_sample_is_inspected_whole(books, client):
    someone = somebody(books, "LEAD", client)
    assert "inspect the whole lot" in lead(page(someone, books, lot_size=12))
    for nonsense in ("1", "-5", "many", "99999999999"):
        assert lead(page(someone, books, lot_size=nonsense)).startswith("Next lot of 1,000 pieces")


def test_queries_do_not_grow_with_the_lots(books, client, django_assert_max_num_queries):
    someone = somebody(books, "LEAD", client)
    came(books, *[True] * 3)
    page(someone, books)
    with django_assert_max_num_queries(40) as few:
        page(someone, books)
    came(books, *[True] * 3, stage="outgoing")
    with looking_as_house("set a test's scene"):
        for place in range(40):
            books.inspect(
                OURS,
                PART,
                f"M{place}",
                FIRST + timedelta(30 + place),
                (125, 0),
                stage="incoming",
                lot_size=3000,
            )
    with django_assert_max_num_queries(len(few)):
        page(someone, books)


def test_the_list_of_lots_is_that_of_this_part_and_the_other_side(books, client):
    came(books, False, False)
    with looking_as_house("set a test's scene"):
        part = books.parts[PART]
        part.number, part.number_key = "A&B#1+2", "a&b#1+2"
        part.save()
        books.parts[part.number] = part
        books.inspect(
            "LEAD/S02", part.number, "THEIRS", FIRST, (125, 0), verdict="accepted", stage="incoming"
        )
    for organisation, other in (("LEAD", "supplier=S01"), ("S01", "customer=LEAD")):
        someone = somebody(books, organisation, client)
        (address,) = re.findall(r'href="(/lots/\?[^"]*)">All lots', page(someone, books, supplier="S01").text)
        assert other in address
        listed = someone.get(html.unescape(address)).text
        assert ">L0<" in listed and ">L1<" in listed
        assert "THEIRS" not in listed


def test_both_ends_see_the_card_and_a_sibling_finds_nothing(books, client):
    came(books, False, False)
    for organisation, status in (("LEAD", 200), ("S01", 200), ("S02", 404)):
        assert page(somebody(books, organisation, client), books).status_code == status
    assert page(somebody(books, "OTHER", client), books).status_code == 404
    client.logout()
    assert page(client, books).status_code == 302


def test_a_supplier_of_another_part_is_like_one_that_does_not_exist(books, client):
    someone = somebody(books, "LEAD", client)
    assert page(someone, books, supplier="S01").status_code == 200
    for other in ("S02", "NOBODY"):
        assert page(someone, books, supplier=other).status_code == 404


def decide(client, books, kind, stage="incoming", day="2026-04-01"):
    asked = {"supplier": "S01", "stage": stage, "kind": kind, "day": day, "reason": "8D closed, remedy seen"}
    return client.post(f"/sampling/{books.parts[PART].pk}/decide/", asked)


def engineer(books, organisation, client):
    someone = somebody(books, organisation, client)
    Person.objects.filter(organisation=books.organisation(organisation)).update(role="quality_engineer")
    return someone


def undo(decision, client, books):
    return client.post(
        f"/sampling/{books.parts[PART].pk}/decisions/{decision}/undo/", {"supplier": "S01"}
    ).status_code


def only_decision():
    with looking_as_house("check what was stored"):
        return SamplingDecision.objects.get().pk


def test_resuming_leads_to_tightened_inspection_until_it_is_undone(books, client):
    came(books, *[False] * 7)
    someone = engineer(books, "LEAD", client)
    decide(someone, books, "resume", day="2026-03-01")  # before it was discontinued
    assert "Inspection is discontinued" in lead(page(someone, books))
    assert decide(someone, books, "resume").status_code == 302
    response = page(someone, books)
    assert "Inspection is tightened; 5 more lots" in lead(response)
    assert "8D closed, remedy seen" in response.text
    assert undo(only_decision(), someone, books) == 302
    again = page(someone, books)
    assert "Inspection is discontinued" in lead(again)
    assert "undone by" in again.text
    assert undo(only_decision(), someone, books) == 404


def test_an_approval_at_the_score_of_30_reduces_until_a_lot_is_rejected_or_it_is_ended(books, client):
    someone = engineer(books, "LEAD", client)
    came(books, *[True] * 9)
    decide(someone, books, "reduced_approved")
    assert "Inspection is normal." in lead(page(someone, books))
    came(books, *[True] * 10, stage="outgoing")
    with looking_as_house("set a test's scene"):
        books.inspect(
            OURS, PART, "L9", date(2026, 3, 10), (125, 0), verdict="accepted", stage="incoming", lot_size=3000
        )
    decide(someone, books, "reduced_approved")
    reduced = lead(page(someone, books))
    assert reduced.startswith("Next lot of 3,000 pieces: take 50,")
    assert "Inspection is reduced" in reduced
    decide(someone, books, "reduced_ended")
    assert "Inspection is normal." in lead(page(someone, books))
    assert "Reduced inspection ended after" in page(someone, books).text


def test_who_inspects_decides_and_others_find_nothing(books, client):
    came(books, *[False] * 7)
    came(books, *[False] * 7, stage="outgoing")
    for organisation, incoming, outgoing in (
        ("S02", 404, 404),
        ("OTHER", 404, 404),
        ("S01", 403, 302),
        ("LEAD", 302, 403),
    ):
        someone = engineer(books, organisation, client)
        assert decide(someone, books, "resume").status_code == incoming
        assert decide(someone, books, "resume", stage="outgoing").status_code == outgoing
    with looking_as_house("check what was stored"):
        theirs = SamplingDecision.objects.get(stage="incoming").pk
    Person.objects.filter(organisation=books.organisation("LEAD")).update(role="viewer")
    assert undo(theirs, someone, books) == 403
