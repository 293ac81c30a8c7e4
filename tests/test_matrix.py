"""The permission matrix: every route × every wrong actor that exists. A route without a row fails.

Actors: anonymous; Stella, another learner; Priya, staff with a second factor but without the
administrator's right; Amara, administrator without a second factor. Rosa owns the objects.
"""

from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse

from aliquot.accounts.models import User
from tests.factories.world import World, make_world
from tests.matrix import MATRIX, Row
from tests.routes import api_operations, database_state, routes

SECRETS = ("rosa@example.org", "TN 00000", "1234567")


@pytest.fixture
def world(rosa: User, stella: User, amara: User, now: datetime) -> World:
    """Rosa with an object of every kind."""
    return make_world(rosa, stella, amara, now)


def address(name: str, row: Row, values: dict[str, Any]) -> str:
    """The route's address for Rosa's object."""
    arguments = [values[key] for key in row.arguments] + list(row.fixed)
    return reverse(name, args=arguments)


def signed_in(who: User | None, *, csrf: bool = False) -> Client:
    """A browser of that person."""
    client = Client(enforce_csrf_checks=csrf)
    if who is not None:
        client.force_login(who)
    return client


def leaks(response: Any, row: Row, world: World) -> list[str]:
    """What of Rosa's a response shows that it must not."""
    if response.streaming:
        return []
    text = response.content.decode("utf-8", errors="replace")
    names = () if row.shows_name else (world.name_of_owner,)
    return [secret for secret in (*SECRETS, *names) if secret in text]


def goes_to_sign_in(response: Any) -> bool:
    """A redirect to the sign-in page."""
    return bool(
        response.status_code == 302 and response["Location"].startswith(reverse("account_login"))
    )


def test_every_route_has_a_row() -> None:
    names = {name for name, _ in routes()} - api_operations()
    assert sorted(names - MATRIX.keys()) == []
    assert sorted(MATRIX.keys() - names) == []


def wrong_actors(row: Row, world: World) -> tuple[User | None, ...]:
    """Who must not get through."""
    if row.guard in {"public", "library", "demo"}:
        return ()
    if row.guard == "own":
        return (None,)
    if row.guard in {"staff", "administrator"}:
        return (None, world.stranger)
    return (None, world.stranger, world.support, world.administrator)


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_wrong_actor_gets_through(world: World, method: str) -> None:
    people = (None, world.stranger, world.support, world.administrator)
    clients = {who: signed_in(who) for who in people}
    before = database_state()
    wrong: list[str] = []
    for name, row in MATRIX.items():
        url = address(name, row, world.values)
        for who in wrong_actors(row, world):
            response = getattr(clients[who], method)(url)
            refused = goes_to_sign_in(response) if who is None else response.status_code == 404
            if not (refused or response.status_code == 405):
                wrong.append(f"{who} {method} {name}: {response.status_code}")
            if who is not None:
                wrong += [f"{who} {name} shows {secret}" for secret in leaks(response, row, world)]
    assert wrong == []
    assert database_state() == before


@pytest.mark.one_database
def test_support_staff_do_not_get_what_administrators_do(world: World) -> None:
    client = signed_in(world.support)
    wrong = [
        name
        for name, row in MATRIX.items()
        if row.guard == "administrator"
        and client.get(address(name, row, world.values)).status_code not in {404, 405}
    ]
    assert wrong == []


@pytest.mark.one_database
def test_staff_without_a_second_factor_are_sent_to_set_one_up(world: World) -> None:
    client = signed_in(world.administrator)
    for name, row in MATRIX.items():
        if row.guard in {"staff", "administrator"}:
            response = client.get(address(name, row, world.values))
            if response.status_code != 405:
                assert (name, response.get("Location")) == (name, reverse("mfa_index"))


@pytest.mark.one_database
def test_ones_own_space_shows_nobody_elses_things(world: World) -> None:
    for name, row in MATRIX.items():
        if row.guard in {"own", "public"}:
            response = signed_in(world.stranger).get(address(name, row, world.values), follow=True)
            assert (name, leaks(response, row, world)) == (name, [])
            kind = response.get("Content-Type", "")
            assert "charset=utf-8" in kind or not kind.startswith("text/"), (name, kind)


@pytest.mark.one_database
def test_no_page_answers_a_method_for_tracing(world: World) -> None:
    client = signed_in(world.owner)
    answers = {
        client.trace(address(name, MATRIX[name], world.values)).status_code for name in MATRIX
    }
    assert answers == {405}


@pytest.mark.one_database
def test_the_owner_gets_through(world: World) -> None:
    shut = []
    for name, row in MATRIX.items():
        if row.guard == "owner":
            response = signed_in(world.owner).get(address(name, row, world.values))
            if response.status_code == 404 or goes_to_sign_in(response):
                shut.append(name)
    assert shut == []


@pytest.mark.one_database
def test_no_unsafe_request_passes_without_its_token(world: World) -> None:
    """The policy report takes nothing but text. The link that stops mail brings a signature of its
    own: mail programs post to it without a cookie. So does a gateway's event.
    """
    passed, client = [], signed_in(world.owner, csrf=True)
    for name, row in MATRIX.items():
        if name in {"operations:csp_report", "credentials:reminders_stop", "shop:webhook"}:
            continue
        url = address(name, row, world.values)
        response = client.post(url)
        if response.status_code not in {403, 405}:
            passed.append(f"{name}: {response.status_code}")
    assert passed == []


def test_reading_changes_nothing(world: World) -> None:
    """Walks all GET routes as each role and compares the whole database before and after. Only
    when they differ is every route asked once more, to say which one it was. Whoever is refused
    was compared above.
    """
    people = (None, world.owner, world.stranger, world.support)
    clients = {who: signed_in(who) for who in people}
    asked = [
        (client, name, address(name, row, world.values))
        for who, client in clients.items()
        for name, row in MATRIX.items()
        if who not in wrong_actors(row, world)
    ]
    before = database_state()
    for client, _, url in asked:
        client.get(url)
    after = database_state()
    changed = [table for table in after if after[table] != before[table]]
    names = [name for client, name, url in asked if changed and changes(client, url)]
    assert (changed, names) == ([], [])


def changes(client: Client, url: str) -> bool:
    """Whether reading this page changes any row."""
    before = database_state()
    client.get(url)
    return database_state() != before


@pytest.mark.one_database
def test_the_demo_mailbox_exists_in_the_demo_only(settings: Any, world: World) -> None:
    settings.IS_DEMO = False
    settings.PROFILE = "production"
    for name, row in MATRIX.items():
        if row.guard == "demo":
            response = Client().get(address(name, row, world.values))
            assert (name, response.status_code) == (name, 404)


def test_a_missing_row_would_be_noticed() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("learning:no_such_route")
    assert settings.ROOT_URLCONF == "aliquot.urls"
