"""The permission matrix of the API: every operation × every wrong token. No row, no route.

Actors: nobody; Stella with every scope of her own; Priya, support; Amara, an administrator without
a second factor. Rosa owns the objects. Tokens with scopes of the back office are forged into the
database for people who could not make them.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from aliquot.accounts.adapters.second_factor import set_up_codes
from aliquot.accounts.facts import SCOPES, STAFF_SCOPES
from aliquot.accounts.models import ApiToken, User
from aliquot.accounts.queries import hash_of_secret
from aliquot.api.document import document
from aliquot.infra import clock
from tests.api.matrix import MATRIX, WEBHOOK, Row
from tests.api.program import Answer, Program
from tests.factories.world import World, make_world
from tests.routes import database_state, routes

SECRETS = ("rosa@example.org", "TN 00000", "1234567")
EVERY = (*SCOPES, *STAFF_SCOPES)
OFFICE = {"staff", "administrator"}
# What ends that which others are done to; at the very end the account.
LAST = [
    "correct_activity",
    "withdraw_activity",
    "start_next_cycle",
    "remove_held",
    "remove_cart_item",
    "close_own_account",
]


@pytest.fixture
def world(rosa: User, stella: User, amara: User, now: datetime) -> World:
    return make_world(rosa, stella, amara, now)


@pytest.fixture(autouse=True)
def no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole matrix is more than a minute's requests."""
    monkeypatch.setattr("aliquot.api.frame.doors.OF_A_NETWORK", 10_000)
    monkeypatch.setattr("aliquot.api.frame.doors.REFUSED_OF_A_NETWORK", 10_000)


def operations() -> Iterator[tuple[str, str, str, str]]:
    """Name, method, path and scope of every operation."""
    for path, methods in document()["paths"].items():
        for method, each in methods.items():
            yield each["operationId"], method.upper(), path, each.get("x-scope", "")


def forged(person: User, scopes: tuple[str, ...] = EVERY) -> Program:
    """A token with scopes that the person could not have chosen."""
    secret = f"alq_{person.pk}_{len(scopes)}_{ApiToken.objects.count()}"
    ApiToken.objects.create(
        person=person, name=secret, prefix=secret[:10], digest=hash_of_secret(secret),
        scopes=list(scopes), created_at=clock.now() - timedelta(days=1),
    )  # fmt: skip
    return Program(secret)


def in_order(operation: tuple[str, ...]) -> int:
    """Where an operation stands among all that are done one after the other."""
    return LAST.index(operation[0]) + 1 if operation[0] in LAST else 0


def sent(program: Program, name: str, method: str, path: str, world: World) -> Answer:
    row = MATRIX[name]
    address = path.removeprefix("/api/v1")
    for member, value in row.values:
        address = address.replace(f"{{{member}}}", str(world.values.get(value, value)))
    body = row.body
    if isinstance(body, dict):
        named = {f"{{{name}}}": value for name, value in world.values.items()}
        body = {key: named.get(str(value), value) for key, value in body.items()}
    return program.send(
        method, address + row.query, body, Content_Type=row.media, **dict(row.headers)
    )


def leaks(answer: Answer, row: Row, world: World) -> list[str]:
    text = answer.raw.decode("utf-8", errors="replace")
    names = () if row.shows_name else (world.name_of_owner,)
    return [secret for secret in (*SECRETS, *names) if secret in text]


def test_every_operation_has_a_row_and_the_scope_of_its_row() -> None:
    found = {name: scope for name, _, _, scope in operations()}
    assert found == {name: row.scope for name, row in MATRIX.items()}
    named = {name for name, _ in routes() if name.startswith("api:")}
    assert named == {f"api:{name}" for name in (*MATRIX, "openapi", "docs")}


@pytest.mark.one_database
def test_without_a_token_only_public_things_answer(world: World) -> None:
    browser = Program("")
    browser.client.force_login(world.owner)  # a cookie opens nothing
    for program in (Program(""), Program("alq_nothing"), browser):
        for name, method, path, _ in operations():
            answer = sent(program, name, method, path, world)
            expected = 200 if MATRIX[name].guard == "public" else 401
            assert (name, answer.status) == (name, expected)


@pytest.mark.one_database
def test_a_token_without_the_scope_is_refused(world: World) -> None:
    before = database_state()
    for name, method, path, scope in operations():
        row = MATRIX[name]
        if row.guard == "public":
            continue
        who = world.support if row.guard == "staff" else world.owner
        if row.guard == "administrator":
            continue  # nobody of the world may; tests/api/test_office.py has one who may
        program = forged(who, tuple(each for each in EVERY if each != scope))
        answer = sent(program, name, method, path, world)
        assert (name, answer.status, answer.body["code"]) == (name, 403, "scope")
    assert changed(before) == set()


def changed(before: dict[str, str]) -> set[str]:
    """The tables that differ, but for tokens: they remember the day of their last use."""
    after = database_state()
    return {table for table in after if after[table] != before[table]} - {"accounts.apitoken"}


def test_no_wrong_actor_gets_through(world: World) -> None:
    programs = {
        "Stella": forged(world.stranger),
        "Priya": forged(world.support),
        "Amara": forged(world.administrator),
    }
    before = database_state()
    wrong: list[Any] = []
    for name, method, path, _ in operations():
        row = MATRIX[name]
        for who, program in programs.items():
            if row.guard in {"public", "own"} or (row.guard == "staff" and who == "Priya"):
                continue
            answer = sent(program, name, method, path, world)
            if answer.status != 404:
                wrong.append((who, name, answer.status))
            wrong += [(who, name, "shows", secret) for secret in leaks(answer, row, world)]
    assert wrong == []
    assert changed(before) == set()


@pytest.mark.one_database
def test_ones_own_space_shows_nobody_elses_things(world: World) -> None:
    program = forged(world.stranger)
    for name, method, path, _ in operations():
        row = MATRIX[name]
        if row.guard in {"public", "own"} and method == "GET":
            answer = sent(program, name, method, path, world)
            expected = 422 if row.may_be_empty else 200
            assert (name, answer.status, leaks(answer, row, world)) == (name, expected, [])


@pytest.mark.one_database
def test_the_owner_gets_through(world: World) -> None:
    program = forged(world.owner)
    shut = []
    for name, method, path, _ in sorted(operations(), key=in_order):
        if MATRIX[name].guard in {"own", "owner"}:
            answer = sent(program, name, method, path, world)
            mended = {422} if MATRIX[name].may_be_empty else set()
            if answer.status in {401, 403, 404, 405, 415, 422, 500} - mended:
                shut.append((name, answer.status, answer.body))
    assert shut == []


@pytest.mark.one_database
def test_the_office_gets_through_with_a_second_factor(world: World) -> None:
    set_up_codes(person=world.administrator)
    program = forged(world.administrator)
    shut = []
    for name, method, path, _ in operations():
        row = MATRIX[name]
        # The world has no webhook, and no name is resolved in tests.
        is_webhook = row.values[:1] == WEBHOOK or name == "make_webhook"
        if row.guard in OFFICE and not is_webhook:
            answer = sent(program, name, method, path, world)
            if answer.status in {401, 403, 404, 405, 415, 422, 500}:
                shut.append((name, answer.status, answer.body))
    assert shut == []


@pytest.mark.one_database
def test_reading_changes_nothing(world: World) -> None:
    programs = [Program(""), forged(world.owner), forged(world.stranger), forged(world.support)]
    before = database_state()
    for program in programs:
        for name, method, path, _ in operations():
            if method == "GET":
                sent(program, name, method, path, world)
    assert changed(before) == set()
