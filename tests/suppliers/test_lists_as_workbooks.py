"""People and letters are lists like others: they can be saved as workbooks, by who may see them."""

import io

import pytest
from django.test import Client
from openpyxl import load_workbook

from tests.suppliers.test_letters_again import failed

pytestmark = pytest.mark.django_db


def rows_of(person, url: str) -> list[tuple]:
    client = Client()
    client.force_login(person.user)
    answer = client.get(url)
    if answer.status_code != 200:
        return [(answer.status_code,)]
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[1]
    return list(sheet.iter_rows(min_row=2, values_only=True))


def test_the_people_of_ones_own_organisation(chain):
    emails = {row[1] for row in rows_of(chain.owner, "/people/?as=xlsx")}
    assert {chain.owner.user.email, chain.buyer.user.email} <= emails
    assert chain.clerk.user.email not in emails


def test_the_letters_for_who_manages_people_alone(chain):
    failed(chain.buyer, "unsure")
    failed(chain.second_buyer, "bounced")
    assert [row[0] for row in rows_of(chain.owner, "/account/letters/?as=xlsx")] == [chain.buyer.user.email]
    assert rows_of(chain.buyer, "/account/letters/?as=xlsx") == [(403,)]
