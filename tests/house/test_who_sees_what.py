"""What was not shared answers like what does not exist: every address, asked by everybody.

See `world` for what there is, `routes` for what addresses, filters and bodies name.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client

from tests.cast import Chain, make_chain
from tests.house.programmes import join_programmes
from tests.house.routes import (
    ARGUMENTS,
    BODIES,
    BODIES_WITHOUT_IDS,
    FILTERS,
    FILTERS_OF_PAGES,
    PUBLIC_FILTERS,
    QUERIES,
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
    "programme_slug": "zq-nobody",
    "email": "nobody@nowhere.example",
}
NO_ID = 987654321
ORDERS = ("ordering", "order", "order_by", "sort")
VIEWERS = {
    "the customer": "LEAD",
    "the supplier": "S01",
    "its sibling": "S02",
    "its second customer": "CUST2",
    "a stranger": "OTHER",
}
NEW_EACH_TIME = re.compile(
    r'name="csrfmiddlewaretoken" value="\w+"|"(id|sha256|size|created_at|finished_at)":("[^"]*"|\d+)'
)
WRITES = re.compile(
    r"^\s*(INSERT INTO|UPDATE|DELETE FROM) (?!\"?(django_session|core_cache)\b)", re.IGNORECASE
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def chain(django_db_setup, django_db_blocker) -> Iterator[Chain]:
    """Made once: every test, and every question in it, is rolled back to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        ids_apart()
        yield make_chain()
        transaction.set_rollback(True)


def ids_apart() -> None:
    """Give each table ids of its own range: an id in an answer then says of what it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass,"
            " 1000000 * row_number() OVER ()) FROM pg_sequences WHERE schemaname = current_schema()"
        )


@pytest.fixture(scope="module")
def world(chain) -> World:
    made = make_world(chain)
    join_programmes(made, [chain.ours, chain.siblings, chain.second, chain.foreign, chain.books])
    return made


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
    body = NEW_EACH_TIME.sub("", body)
    place = re.sub(r"\d{7,}", "§", place)  # where something new stands
    return response.status_code, response.headers.get("Content-Type", ""), place, body


@contextmanager
def written() -> Iterator[list[str]]:
    """What was written to the database meanwhile, but for sessions and counts of tries."""
    statements: list[str] = []

    def note(execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
        outcome = execute(sql, params, many, context)
        if WRITES.match(sql) and context["cursor"].rowcount:
            statements.append(sql)
        return outcome

    with connection.execute_wrapper(note):
        yield statements


AT_ONCE = ("its sibling", "a stranger")  # the others walk under --soak


def each(*at_once: str) -> list[Any]:
    """Who walks: some whenever tests run, the rest of them under --soak."""
    return [who if who in at_once else pytest.param(who, marks=pytest.mark.soak) for who in VIEWERS]


@pytest.fixture(params=[*each(*AT_ONCE), "nobody"])
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
        url = route.url(**walker.arguments(route))
        for query in ("", "?page_size=1000") if route.is_api else ("", "?as=xlsx", "?as=table"):
            body = walker.ask("get", url + query).body
            leaks += [f"{route.name}{query}: {mark}" for mark in hidden if mark in body]
    assert leaks == []


def test_what_one_may_see_is_there(world):
    walker = Walker(world, "S01")
    for route in ROUTES:
        if route.name.startswith("api-") and route.arguments:
            query = {name: walker.value(kind) for name, kind in QUERIES.get(route.name, {}).items()}
            status = walker.ask("get", route.url(**walker.arguments(route)), data=query).status_code
            assert status in {200, 405}, route.name


def test_an_address_of_what_is_another_s_is_like_one_of_nothing(walker):
    told = []
    for route in ROUTES:
        for argument in route.arguments:
            values, kind = walker.arguments(route), route.kind_of(argument)
            nothing = nobody_s(str(kind))
            for method, most in (("get", 9), ("post", 2), ("delete", 1)):
                nobodys = walker.ask(method, route.url(**values | {argument: nothing}))
                for thing in walker.foreign(kind)[:most]:
                    with written() as statements:
                        theirs = walker.ask(method, route.url(**values | {argument: thing.value}))
                    if answer(theirs, thing.value) != answer(nobodys, nothing) or statements:
                        told.append(f"{method} {route.name}, {argument}={thing.value}: {statements}")
    assert told == []


def lists(walker: Walker) -> Iterator[tuple[Route, str]]:
    """Routes behind which rows stand, and their addresses: lists of the API, and pages."""
    for route in ROUTES:
        url = route.url(**walker.arguments(route))
        row_of_api = route.arguments and route.is_api
        if route.shows_rows and not row_of_api and walker.ask("get", url).status_code == 200:
            yield route, url


@pytest.mark.parametrize("walker", each("its sibling"), indirect=True)
def test_a_filter_or_an_order_by_what_is_another_s_is_like_one_by_nothing(walker):
    told = []
    for route, url in lists(walker):
        for name in sorted(route.filters & FILTERS.keys() or FILTERS_OF_PAGES):
            foreign, nothing = walker.foreign(FILTERS[name]), nobody_s(FILTERS[name])
            if foreign:
                theirs = walker.ask("get", url, query_params={name: foreign[0].value})
                nobodys = walker.ask("get", url, query_params={name: nothing})
                if answer(theirs, foreign[0].value) != answer(nobodys, nothing):
                    told.append(f"{route.name}?{name}={foreign[0].value}")
        ordered = {
            answer(walker.ask("get", url, query_params=dict.fromkeys(ORDERS, column)), column)
            for column in ("partnership__supplier__name", "nothing_of_the_kind")
        }
        if len(ordered) > 1:
            told.append(f"{route.name}, ordered")
    assert told == []


def test_a_body_that_names_what_is_another_s_is_like_one_that_names_nothing(walker):
    told = []
    for route in ROUTES:
        for number, body in enumerate(BODIES.get(route.name, [])):
            nothing = nobody_s(body.kind)
            with written() as for_nothing:
                expected = answer(_post(walker, route, body, nothing), nothing)
            for thing in walker.foreign(body.kind):
                with written() as for_theirs:
                    found = answer(_post(walker, route, body, thing.value), thing.value)
                if found != expected or len(for_theirs) != len(for_nothing):
                    told.append(f"{route.name}, body {number} with {body.kind}={thing.value}: {found}")
    assert told == []


def _post(walker: Walker, route: Route, body: Body, value: object) -> HttpResponseBase:
    more = {"content_type": "application/json"} if body.json else {}
    url = route.url(**walker.arguments(route))
    return walker.ask("post", url, data=body.form(value, walker.value), **more)


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
