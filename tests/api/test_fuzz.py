"""The API against its own document: schemathesis sends what fits and what does not.

A few seeded examples of each operation here; ``make fuzz-api`` sends hundreds, with
``ALIQUOT_FUZZ_ONLY="add_proof get_proof"`` to these alone. Half of the examples go to things that
exist, so that more than the 404 is seen.
"""

import os
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis.checks import load_all_checks
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from aliquot.accounts.adapters.second_factor import set_up_codes
from aliquot.accounts.facts import SCOPES, STAFF_SCOPES
from aliquot.accounts.models import User
from tests.api.conftest import token_for
from tests.api.matrix import MATRIX
from tests.factories.world import World, make_world

EXAMPLES = int(os.environ.get("ALIQUOT_FUZZ_EXAMPLES", "2"))
IS_LONG = EXAMPLES > 2
ONLY = set(os.environ.get("ALIQUOT_FUZZ_ONLY", "").split())  # names of operations; none: all
LIMITS = ("OF_A_NETWORK", "OF_A_TOKEN", "REFUSED_OF_A_NETWORK")


@pytest.fixture
def world(rosa: User, stella: User, amara: User, now: datetime) -> World:
    found = make_world(rosa, stella, amara, now)
    set_up_codes(person=amara)
    return found


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The web server's door would close the connection that the test's transaction is in."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LIMITS:
        monkeypatch.setattr(f"aliquot.api.frame.doors.{name}", 1_000_000)
    monkeypatch.setattr("aliquot.api.certificates.VERIFY_TRIES", 1_000_000)


@pytest.mark.one_database
def test_schemathesis_finds_nothing(world: World) -> None:
    load_all_checks()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    own = token_for(world.owner, *SCOPES)
    office = token_for(world.administrator, *STAFF_SCOPES)
    found: list[str] = []
    for result in schema.get_all_operations():
        operation = result.ok()
        name = operation.definition.raw["operationId"]
        if ONLY and name not in ONLY:
            continue
        token = office if operation.path.startswith("/api/v1/staff/") else own
        for mode in modes(operation.method):
            begun = time.monotonic()
            problem, sent = tried(operation, mode, token, name, world)
            if IS_LONG:  # seen with -s: what a run of an hour has done so far
                taken = time.monotonic() - begun
                sys.stderr.write(f"{name} {mode.value}: {sent} in {taken:.1f} s. {problem}\n")
            if problem:
                found.append(f"{name} {mode.value}: {problem}")
    assert "\n\n".join(found) == ""


def modes(method: str) -> list[GenerationMode]:
    """What fits and what does not. Wrong parameters of reads meet one check, which has its tests:
    making them up costs more than all else here, so ``make fuzz-api`` does.
    """
    fits, wrong = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
    return [fits] if method.upper() == "GET" and not IS_LONG else [fits, wrong]


def tried(
    operation: Any, mode: GenerationMode, token: str, name: str, world: World
) -> tuple[str, int]:
    """What is wrong with an operation (empty: nothing was found), and how often it was asked."""
    row = MATRIX[name]
    real = {member: str(world.values.get(value, value)) for member, value in row.values}
    sent, last = 0, ""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        nonlocal sent, last
        # A list of nothing is not sent at all, so nobody can refuse it.
        assume([] not in dict(case.query or {}).values())
        sent += 1
        if sent % 2 and case.path_parameters and mode is GenerationMode.POSITIVE:
            case.path_parameters.update(real)
        last = f"{case.path_parameters} ? {case.query} {case.body!r}"[:500]
        with transaction.atomic():
            case.call_and_validate(
                headers={"Authorization": f"Bearer {token}"},
                # What fits the shape may be refused for its meaning: a day ahead, no such cursor.
                excluded_checks=[positive_data_acceptance],
            )
            transaction.set_rollback(True)

    try:
        send()
    except BaseExceptionGroup as group:
        return "\n".join(str(each) for each in group.exceptions)[:1500] + f"\n{last}", sent
    except Exception as error:  # noqa: BLE001 (whatever it met is a finding)
        return f"{type(error).__name__}: {error}"[:1500] + f"\n{last}", sent
    return "", sent
