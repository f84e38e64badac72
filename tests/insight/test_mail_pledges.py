"""The overview mail says what was pledged and where the programme's own figure stands, to the customer alone."""

import pytest
from django.utils import translation

from core.period import Period
from improvement.queries.programme import standings_on
from kpis.queries import wording
from suppliers.access import looking_as
from tests.improvement.programmes import TODAY, joint
from tests.insight.posting import SITE, mail_to, words_of

__all__ = ["joint"]  # a fixture
pytestmark = pytest.mark.django_db
PROGRAMME = f"{SITE}/programmes/joint/"


def test_the_customer_is_told_where_its_pledges_stand(joint):
    with looking_as(joint.owner), translation.override("en"):
        rate, turned = standings_on(TODAY, person=joint.owner)
        told = [wording.written(rate.reading), wording.written(turned.reading)]
    mail = mail_to(joint.owner)
    for said in (words_of(mail.html), " ".join(mail.text.split())):
        block = said[said.index("What was pledged") :]
        assert "Pass rate, pieces ≥ 99.2%: " in block
        assert all(one in block for one in told)
        assert "against the baseline" in block
    assert mail.text.count(PROGRAMME) == 2
    assert f'href="{PROGRAMME}"' in mail.html


def test_the_pledge_is_said_in_chinese(joint):
    assert "承诺指标" in mail_to(joint.owner, language="zh-hans").text


@pytest.mark.parametrize("narrowed", [{"suppliers": ["S01"]}, {"parts": ["A-1"]}])
def test_a_narrowed_mail_tells_of_no_pledge(joint, narrowed):
    assert PROGRAMME not in mail_to(joint.owner, **narrowed).text


def test_nobody_else_is_told_what_the_members_reach_together(joint):
    for person in (joint.member, joint.outside, joint.other_buyer, joint.guest):
        assert PROGRAMME not in mail_to(person).text


def test_days_outside_the_report_period_have_no_pledge(joint):
    assert PROGRAMME not in mail_to(joint.owner, period=Period.parse("2025-06")).text
