"""A .dfd and its .dfx as two files: whichever comes first waits, and says what it lacks; then both are one."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from intake.queries import pages
from quality.models import Measurement
from suppliers.access import looking_as, looking_as_house
from tests.intake.files import counted, hand_in
from tests.intake.test_aqdef import dfq, value

DESCRIPTION = dfq("K0100 1", "K1001/1 0201001", "K1302/1 L1", "K2001/1 D1", "K2002/1 总长", "K2142/1 mm")


def values(*measured: float) -> bytes:
    return dfq(*(value(one, day=f"4.5.2026/08:0{at}:00") for at, one in enumerate(measured)))


def stored() -> list[float]:
    with looking_as_house("test what was stored"):
        return sorted(float(one) for one in Measurement.objects.values_list("value", flat=True))


@pytest.mark.parametrize("first", [".dfd", ".DFX"])
def test_the_first_half_waits_and_the_second_takes_both(chain, first):
    halves = {".dfd": DESCRIPTION, ".DFX": values(10.1, 10.2)}
    (second,) = set(halves) - {first}
    rest = {"partnership_id": chain.ours.pk}
    waiting = hand_in(chain.clerk, halves[first], name=f"Ring{first}", **rest)
    (question,) = waiting.understanding["questions"]
    assert (waiting.state, question["params"]["lacks"].lower()) == ("waiting", f"ring{second}".lower())
    assert stored() == []
    whole = hand_in(chain.clerk, halves[second], name=f"ring{second}", **rest)
    assert (whole.state, whole.counts["new"], stored()) == ("committed", 2, [10.1, 10.2])
    with looking_as(chain.clerk):
        waiting.refresh_from_db()
        assert (waiting.state, waiting.identical_to_id, waiting.open_rows) == ("committed", whole.pk, 0)
        assert f"ring{second}" in pages.file_row(waiting)["headline"]


def test_both_again_change_nothing_and_new_values_take_the_description_that_came_with_them(chain):
    rest = {"partnership_id": chain.ours.pk}
    for content, ending in ((DESCRIPTION, "dfd"), (values(10.1), "dfx")) * 2:
        last = hand_in(chain.clerk, content, name=f"ring.{ending}", **rest)
        assert last.state in ("waiting", "committed")
    assert stored() == [10.1]
    later = hand_in(chain.clerk, values(10.1, 10.3), name="ring.dfx", **rest)
    assert (later.state, counted(later, "new", "same")) == ("committed", [1, 1])


def test_halves_of_other_names_or_senders_do_not_meet(chain):
    hand_in(chain.clerk, DESCRIPTION, name="ring.dfd")
    assert hand_in(chain.clerk, values(10.1), name="bolt.dfx").state == "waiting"
    assert hand_in(chain.buyer, values(10.1), name="ring.dfx").state == "waiting"


def test_two_files_of_the_api_are_one_pair(chain):
    client = Client()
    client.force_login(chain.clerk.user)
    for content, name in ((values(10.1), "ring.dfx"), (DESCRIPTION, "ring.dfd")):
        body = {"file": SimpleUploadedFile(name, content), "partnership": chain.ours.pk}
        told = client.post("/api/v1/uploads/", body).json()
    assert (told["state"], told["counts"]["new"]) == ("committed", 1)
