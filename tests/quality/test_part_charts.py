"""The page of a part's control charts: inspections lot by lot, and several characteristics together."""

import io

import openpyxl
import pytest

from tests.quality import test_joint_charts, test_rate_charts
from tests.quality.test_chart_page import data, lead
from tests.quality.test_rate_charts import FOUND, SIZES

inspected = test_rate_charts.client
measured = test_joint_charts.client


@pytest.fixture
def path(chain) -> str:
    chain.engineer.user.language = "en"
    chain.engineer.user.save()
    return f"/parts/{chain.part.pk}/charts/"


def test_inspections_are_charted_as_they_ask_for_and_any_other_way(inspected, path):
    page = inspected.get(path)
    assert lead(page) == f"1 of 12 points signals. {sum(FOUND)} of 1,250 pieces nonconforming."
    assert "Chosen by the data: lots differ more than chance allows" in page.text
    assert "Limits of fewer than 25 lots are preliminary." in page.text
    plain = inspected.get(path, {"chart": "p"})
    assert lead(plain).startswith("1 of 12 points signals.")
    track = data(plain)["tracks"][0]
    assert track["values"] == pytest.approx([100 * x / n for x, n in zip(FOUND, SIZES, strict=True)])
    assert track["marks"] == [[11, "1"]] and "The data ask for the Laney p′ chart" in plain.text
    assert data(inspected.get(path, {"chart": "np"}))["tracks"][0]["values"] == FOUND
    assert "so this is the u chart" in inspected.get(path, {"chart": "c"}).text
    assert data(inspected.get(path, {"chart": "p", "rules": ""}))["tracks"][0]["marks"] == []
    later = data(inspected.get(path, {"chart": "p", "limits_until": "2026-01-15"}))
    assert [line["at"] for line in later["lines"]] == [11]
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(inspected.get(path, {"chart": "u", "as": "xlsx"}).streaming_content))
    )
    rows = list(book["Control chart"].iter_rows(min_row=2, values_only=True))
    assert [row[3] for row in rows] == FOUND and [row[4] for row in rows] == SIZES
    assert "No lots here yet" in inspected.get(path, {"stage": "incoming"}).text


def test_characteristics_are_charted_together(measured, path, chain):
    page = measured.get(path, {"chart": "t2", "limits_until": "2026-02-02"})
    drawn = data(page)
    assert lead(page).startswith("1 of 30 points signals.") and drawn["tracks"][0]["marks"][0][0] == 29
    assert drawn["links"][29].startswith("/lots/") and "beyond the limit, mostly by" in drawn["words"][29]
    assert drawn["tracks"][0]["low"] == [None] * 30 and "Each point is a lot" in page.text
    assert measured.get(path, {"chart": "t2", "as": "xlsx"}).status_code == 200
    assert measured.get(path, {"supplier": "NOBODY"}).status_code == 404
