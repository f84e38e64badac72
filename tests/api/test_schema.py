"""The API and its description are one: no warning, nothing undocumented, pages that need no network."""

import json

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.api import schema
from core import clock
from suppliers import services
from tests.rows import make_rows

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def test_the_schema_is_openapi_3_1_and_is_drawn_without_a_warning(capsys):
    from drf_spectacular.drainage import GENERATOR_STATS
    from drf_spectacular.validation import validate_schema

    GENERATOR_STATS.reset()
    schema.cache_clear()
    drawn = schema()
    assert drawn["openapi"].startswith("3.1")
    assert not GENERATOR_STATS, capsys.readouterr().err
    validate_schema(drawn)


def test_the_schema_is_given_as_json_and_as_yaml(client, db):
    as_json = client.get("/api/v1/schema/")
    assert json.loads(as_json.content)["openapi"].startswith("3.1")
    as_yaml = client.get("/api/v1/schema/", headers={"Accept": "application/yaml"})
    assert as_yaml.text.startswith("openapi: 3.1")


def test_the_pages_about_the_api_load_nothing_from_elsewhere(client, db):
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "<style" not in page.text
    policy = page.headers["Content-Security-Policy"].split("; ")  # in any order
    assert "script-src 'self'" in policy
    script = client.get("/api/v1/docs/?script=")
    assert "javascript" in script.headers["Content-Type"]
    assert "/api/v1/schema/" in script.text


@pytest.fixture
def api(transactional_db, chain):
    """The API by its schema, asked with a key of the supplier that may write."""
    make_rows(chain.ours, chain.part, version=chain.length)
    _key, token = services.make_key(person=chain.engineer, name="test", may_write=True, now=clock.now())
    described = schemathesis.openapi.from_wsgi("/api/v1/schema/", get_wsgi_application())
    # Schemathesis reads the bytes of an answer as they come.
    return described, {"Authorization": f"Api-Key {token}", "Accept-Encoding": "identity"}


def ask_everything(api, examples: int) -> int:
    """Call every operation `examples` times with what its schema allows and does not; return how many."""
    described, headers = api
    operations = 0
    for found in described.get_all_operations():
        operation = found.ok()
        operations += 1

        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @_given(operation)
        def ask(case):
            case.call_and_validate(headers=headers, checks=CHECKS)

        ask()
    return operations


def _given(operation):
    from hypothesis import given

    modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
    strategies = [operation.as_strategy(generation_mode=mode) for mode in modes]
    return given(case=strategies[0] | strategies[1])


def test_no_question_is_answered_by_an_error_of_ours_or_by_what_is_not_described(api):
    assert ask_everything(api, examples=6) > 30


@pytest.mark.soak
def test_no_question_of_very_many_is(api):
    assert ask_everything(api, examples=80) > 30
