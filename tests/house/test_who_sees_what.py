"""What was not shared answers like what does not exist: every address, asked by everybody.

See `world` for what there is, `routes` for what addresses, filters and bodies name.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client

from tests.house.routes import (
    ARGUMENTS,
    BODIES,
    BODIES_WITHOUT_IDS,
    FILTERS,
    PUBLIC_FILTERS,
    Body,
    Route,
    Word,
    every_route,
)
from tests.house.world import Thing, World, make_world

NOBODY_S = {  # of each kind something that is not there
    "organisation_code": "NOBODY",
    "organisation_name": "ZQ-NOBODY",
    "part_number": "ZQ-NOBODY-P",
    "lot_number": "ZQ-NOBODY-L",
    "characteristic_number": "ZQ-NOBODY-D1",
    "family": "ZQ-NOBODY",
    "email": "nobody@nowhere.example",
}
NO_ID = 987654321
VIEWERS = {
    "the customer": "LEAD",
    "the supplier": "S01",
    "its sibling": "S02",
    "its second customer": "CUST2",
    "a stranger": "OTHER",
}
OUTSIDE = {"account_logout", "seat", "sessions-end"}  # change the session that the walk goes on with
WRITES = re.compile(r"^\s*(INSERT INTO|UPDATE|DELETE FROM) \"?(?!django_session|core_cache)", re.IGNORECASE)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(chain) -> World:
    return make_world(chain)


class Walker:
    """Somebody of an organisation (None: nobody) who asks, and leaves everything as it was."""

    def __init__(self, world: World, organisation: str | None) -> None:
        self.world, self.organisation = world, organisation
        self.client = Client(raise_request_exception=False)
        if organisation:
            self.client.force_login(world.owners[organisation].user)

    def ask(self, method: str, url: str, **more: object) -> HttpResponseBase:
        cookies = self.client.cookies.copy()
        with transaction.atomic():
            response = getattr(self.client, method)(url, **more)
            response.body = text_of(response)
            transaction.set_rollback(True)
        self.client.cookies = cookies
        assert response.status_code < 500, f"{method} {url}: {response.status_code}"
        return response

    def arguments(self, route: Route) -> dict[str, object]:
        """Values for a route's arguments that this one may name, else some that are not there."""
        return {name: self.value(route.kind_of(name)) for name in route.arguments}

    def value(self, kind: str | Word) -> object:
        if isinstance(kind, Word):
            return kind.text
        seen = self.world.seen(kind, self.organisation or "")
        return seen.value if seen else nobody_s(kind)

    def foreign(self, kind: str | Word) -> list[Thing]:
        return [] if isinstance(kind, Word) else self.world.foreign(kind, self.organisation or "")


def nobody_s(kind: str) -> object:
    return NOBODY_S.get(kind, NO_ID)


def text_of(response: HttpResponseBase) -> str:
    """All text of an answer, also of a workbook."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return content.decode("utf-8", "replace")


def answer(response: HttpResponseBase, *named: object) -> tuple[int, str, str, str]:
    """An answer without what it repeats of the question, and without what is new in every answer."""
    body, place = response.body, response.headers.get("Location", "")
    for value in sorted(map(str, named), key=len, reverse=True):
        for written in (value, quote(value), quote(quote(value))):
            body, place = body.replace(written, "§"), place.replace(written, "§")
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body)
    return response.status_code, response.headers.get("Content-Type", ""), place, body


@contextmanager
def written() -> Iterator[list[str]]:
    """What was written to the database meanwhile, but for sessions and counts of tries."""
    statements: list[str] = []

    def note(execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
        if WRITES.match(sql):
            statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


@pytest.fixture(params=[*VIEWERS, "nobody"])
def walker(request, world) -> Walker:
    return Walker(world, VIEWERS.get(request.param))


ROUTES = every_route()


def test_it_is_known_what_every_address_names():
    unknown = [
        f"{route.name}: {argument}"
        for route in ROUTES
        for argument in route.arguments
        if argument not in ARGUMENTS.get(route.name, {})
    ]
    assert unknown == [], "say in tests/house/routes.py what these arguments name"


def test_it_is_known_what_every_filter_names():
    unknown = {
        f"{route.name}: {name}"
        for route in ROUTES
        for name in route.filters - FILTERS.keys() - PUBLIC_FILTERS
    }
    assert unknown == set(), "say in tests/house/routes.py what these filters name"


def test_it_is_known_whether_ids_stand_in_the_body_of_every_post(world):
    walker = Walker(world, "LEAD")
    takes_posts = {
        route.name
        for route in ROUTES
        if walker.ask("post", route.url(**walker.arguments(route))).status_code not in {404, 405}
    }
    assert takes_posts - BODIES.keys() - BODIES_WITHOUT_IDS == set(), "say in tests/house/routes.py which ids"


def test_no_answer_holds_what_is_another_s(walker, world):
    mine = walker.organisation
    hidden = [mark for mark, seen_by in world.marks.items() if mine not in seen_by]
    leaks = []
    for route in ROUTES:
        for query in ("", "?as=xlsx", "?as=table", "?page_size=1000"):
            body = walker.ask("get", route.url(**walker.arguments(route)) + query).body
            leaks += [f"{route.name}{query}: {mark}" for mark in hidden if mark in body]
    assert leaks == []


def test_what_one_may_see_is_there(world):
    walker = Walker(world, "S01")
    for route in ROUTES:
        if route.name.startswith("api-") and route.arguments:
            status = walker.ask("get", route.url(**walker.arguments(route))).status_code
            assert status in {200, 405}, route.name


def test_an_address_of_what_is_another_s_is_like_one_of_nothing(walker):
    told = []
    for route in ROUTES:
        for argument in route.arguments:
            values = walker.arguments(route)
            nothing = nobody_s(str(route.kind_of(argument)))
            for thing in walker.foreign(route.kind_of(argument)):
                for method in ("get", "post", "put", "patch", "delete"):
                    with written() as statements:
                        theirs = walker.ask(method, route.url(**values | {argument: thing.value}))
                    nobodys = walker.ask(method, route.url(**values | {argument: nothing}))
                    if answer(theirs, thing.value) != answer(nobodys, nothing) or statements:
                        told.append(f"{method} {route.name}, {argument}={thing.value}: {statements}")
    assert told == []


def test_a_filter_by_what_is_another_s_finds_as_much_as_one_by_nothing(walker):
    told = []
    for route in ROUTES:
        url = route.url(**walker.arguments(route))
        if walker.ask("get", url).status_code != 200:
            continue
        for name in route.filters & FILTERS.keys() if route.filters else FILTERS:
            nothing = nobody_s(FILTERS[name])
            expected = answer(walker.ask("get", url, query_params={name: nothing}), nothing)
            for thing in walker.foreign(FILTERS[name])[:2]:
                found = walker.ask("get", url, query_params={name: thing.value})
                if answer(found, thing.value) != expected:
                    told.append(f"{route.name}?{name}={thing.value}")
    assert told == []


@pytest.mark.parametrize("name", ["ordering", "order", "sort", "by"])
def test_an_order_that_no_list_offers_changes_nothing(walker, name):
    for route in ROUTES:
        url = route.url(**walker.arguments(route))
        tries = ("partnership__supplier__name", "-customer__code", "nothing_of_the_kind")
        answers = {answer(walker.ask("get", url, query_params={name: column}), column) for column in tries}
        assert len(answers) == 1, f"{route.name}?{name}="


def test_a_body_that_names_what_is_another_s_is_like_one_that_names_nothing(walker):
    told = []
    for route in ROUTES:
        for body in BODIES.get(route.name, []):
            nothing = nobody_s(body.kind)
            expected = answer(_post(walker, route, body, nothing), nothing)
            for thing in walker.foreign(body.kind):
                with written() as statements:
                    theirs = _post(walker, route, body, thing.value)
                if answer(theirs, thing.value) != expected or statements:
                    told.append(f"{route.name}, {body.field}={thing.value}: {statements}")
    assert told == []


def _post(walker: Walker, route: Route, body: Body, value: object) -> HttpResponseBase:
    data = {body.field: body.form.format(value), **dict(body.with_)}
    more = {"content_type": "application/json"} if body.json else {}
    return walker.ask("post", route.url(**walker.arguments(route)), data=data, **more)


def test_a_grant_opens_one_partnership_until_it_is_revoked(chain, world):
    from suppliers.models import PartnershipGrant

    mark, lots = "ZQ-OURS-L", "/api/v1/lots/"
    walker = Walker(world, "OTHER")
    assert mark not in walker.ask("get", lots).body
    grant = PartnershipGrant.objects.create(
        partnership=chain.ours,
        viewer=chain.stranger,
        granted_by=chain.owner,
        granted_at=chain.ours.created_at,
    )
    assert mark in walker.ask("get", lots).body
    assert "ZQ-SIBLINGS" not in walker.ask("get", lots).body
    grant.revoked_at = chain.ours.created_at
    grant.save()
    assert mark not in walker.ask("get", lots).body
