"""The overview tags what was pledged; where the pledge stands is said of the programme's own figure alone."""

import re

import pytest

from tests.improvement.programmes import TODAY, Joint, joint, page

__all__ = ["joint"]  # a fixture
pytestmark = pytest.mark.django_db
HALF = "from=2026-01-01&to=2026-06-30"


@pytest.fixture(autouse=True)
def the_last_day_of_the_report_period(settings):
    settings.CLOCK_DATE = TODAY.isoformat()


def foot(joint: Joint, address: str) -> str:
    """What stands under the three readings, as text."""
    html = page(joint.owner, f"/overview/?{address}").content.decode()
    found = re.search(r'class="kpi-foot">(.*?)</p>', html, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_the_members_together_are_what_was_pledged(joint):
    said = foot(joint, f"{HALF}&supplier=S01&supplier=S02")
    assert "pledge ≥ 99.2%" in said
    assert said.endswith(("not yet decidable", "met so far", "not met so far"))


def test_any_other_view_names_the_pledge_without_a_word_on_it(joint):
    one_member, one_part = f"{HALF}&supplier=S01", f"{HALF}&supplier=S01&supplier=S02&part=A-1"
    for address in (one_member, one_part, "from=2026-02-01&to=2026-06-30&supplier=S01&supplier=S02"):
        assert foot(joint, address).endswith("pledge ≥ 99.2%")
    assert "pledge" not in foot(joint, "from=2025-01-01&to=2025-06-30&base=2024-01..2024-06")
