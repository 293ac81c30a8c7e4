"""What every operation shares: problems, tokens at the door, limits, strict reading."""

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from aliquot.accounts import services
from aliquot.accounts.models import ApiToken, User
from aliquot.api.document import document
from aliquot.api.frame import Shape, Taken
from aliquot.infra.models import RateCount
from tests.api.program import Program
from tests.factories.catalog import published_course

pytestmark = pytest.mark.django_db
MakeProgram = Callable[..., Program]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing/of/the/kind", 404, "not_found"),
        ("GET", "/courses/NO-SUCH", 404, "not_found"),
        ("GET", "/courses/%00", 404, "not_found"),
        ("DELETE", "/courses", 405, "method_not_allowed"),
        ("GET", "/me", 401, "token"),
        ("GET", "/courses?colour=red", 422, "invalid"),
        ("GET", "/courses?q=a&q=b", 422, "invalid"),
        ("GET", "/courses?q=%00", 422, "invalid"),
        ("GET", "/courses?limit=0", 422, "invalid"),
        ("GET", "/courses?limit=101", 422, "invalid"),
        ("GET", "/courses?cursor=nothing", 422, "invalid"),
        ("GET", "/courses?subject=alchemy", 422, "invalid"),
        ("GET", "/courses?fills=ascp_mls:alchemy", 422, "invalid"),
    ],
)
def test_every_failure_is_a_problem(method: str, path: str, status: int, code: str) -> None:
    answer = Program("").send(method, path)
    assert (answer.status, answer.body["status"], answer.body["code"]) == (status, status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["type"] == f"/api/v1/docs#problem-{code}"
    assert len(answer.body["request_id"]) == 16


def test_a_method_that_is_not_offered_says_which_are() -> None:
    for method in ("DELETE", "OPTIONS"):
        answer = Program("").send(method, "/courses")
        assert (answer.status, answer.headers["Allow"]) == (405, "GET")


def test_a_mistake_of_ours_is_a_problem_that_tells_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("aliquot.catalog.queries.browse", broken)
    answer = Program("").get("/courses")
    assert (answer.status, answer.body["code"]) == (500, "our_mistake")
    assert b"secret" not in answer.raw


def test_a_database_that_is_away_is_a_problem_that_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("connection to server at 10.1.2.3 failed")

    monkeypatch.setattr("aliquot.catalog.queries.browse", away)
    answer = Program("").get("/courses")
    assert (answer.status, answer.body["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "10"
    assert b"10.1.2.3" not in answer.raw


@pytest.mark.one_database
@pytest.mark.parametrize("key", ["", "a key", "ü", "x" * 81])
def test_a_key_that_is_none_is_refused_and_nothing_is_done(
    rosa: User, program: MakeProgram, key: str
) -> None:
    answer = program(rosa).post("/me/subscription/renewal/off", Idempotency_Key=key)
    assert (answer.status, answer.body["field"]) == (422, "Idempotency-Key")


def test_a_host_that_is_not_ours_is_a_problem_too(client: Client) -> None:
    response = client.get("/api/v1/courses", headers={"host": "evil.example"})
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["/api/v1/nothing/of/the/kind", "/api/v1/me", "/api/v1/courses"])
def test_every_answer_carries_the_headers_of_pages(
    client: Client, settings: Any, path: str
) -> None:
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    answer = client.get(path, secure=True)
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_a_program_that_speaks_without_tls_is_refused_and_not_led_on(
    client: Client, settings: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    token = {"authorization": "Bearer alq_x"}
    answer = client.get("/api/v1/courses", headers=token)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert "Location" not in answer
    assert client.get("/api/v1/courses", secure=True).status_code == 200
    assert client.get("/courses/").status_code == 301


def test_a_token_is_kept_as_a_hash_and_remembers_only_the_day(
    rosa: User, program: MakeProgram
) -> None:
    mine = program(rosa)
    token = ApiToken.objects.get()
    assert mine.token.startswith(token.prefix)
    assert mine.token not in str(token.__dict__)
    assert token.last_used_on is None
    with time_machine.travel("2026-11-23T23:00:00Z", tick=False):
        ApiToken.objects.update(created_at="2026-11-01T00:00:00Z")
        assert mine.get("/me").status == 200
    token.refresh_from_db()
    assert str(token.last_used_on) == "2026-11-23"


@pytest.mark.parametrize("ended", ["revoked", "expired", "closed", "reset"])
def test_a_token_that_ended_opens_nothing(
    rosa: User, program: MakeProgram, ended: str, client: Client
) -> None:
    mine = program(rosa)
    assert mine.get("/me").status == 200
    token = ApiToken.objects.get()
    if ended == "revoked":
        services.revoke_token(token=token, now=token.created_at, actor_id=rosa.pk)
    elif ended == "expired":
        ApiToken.objects.update(expires_at=token.created_at + timedelta(microseconds=1))
    elif ended == "closed":
        User.objects.filter(pk=rosa.pk).update(is_active=False)
    else:
        services.end_all_tokens(person=rosa, now=token.created_at)
    answer = mine.get("/me")
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="api"')


def test_a_token_counts_its_requests(
    rosa: User, program: MakeProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aliquot.api.frame.doors.OF_A_TOKEN", 2)
    mine, other = program(rosa), program(rosa)
    assert [mine.get("/me").status for _ in range(3)] == [200, 200, 429]
    assert int(mine.get("/me").headers["Retry-After"]) >= 1
    assert other.get("/me").status == 200


def test_guessing_tokens_is_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aliquot.api.frame.doors.REFUSED_OF_A_NETWORK", 2)
    guesses = [Program(f"alq_guess{number}").get("/me").status for number in range(3)]
    assert guesses == [401, 401, 429]
    assert "guess" not in str(list(RateCount.objects.values()))


def test_the_catalog_is_asked_again_only_when_it_changed() -> None:
    published_course()
    first = Program("").get("/courses")
    again = Program("").get("/courses", If_None_Match=first.headers["ETag"])
    assert (again.status, again.raw) == (304, b"")


def test_the_document_is_openapi_3_1_and_names_every_problem(client: Client) -> None:
    response = client.get(reverse("api:openapi"))
    found = json.loads(response.content)
    assert found["openapi"] == "3.1.0"
    standing = found["paths"]["/api/v1/me/standing"]["get"]
    assert standing["security"] == [{"token": ["credentials:read"]}]
    assert sorted(standing["responses"]) == ["200", "401", "403", "422", "429", "default"]
    again = client.get(reverse("api:openapi"), headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304


def test_no_two_shapes_have_one_name() -> None:
    """In the document the later one would take the place of the earlier, unseen."""

    def below(kind: type) -> list[type]:
        return [each for sub in kind.__subclasses__() for each in (sub, *below(sub))]

    document()
    names = Counter(each.__name__ for each in {*below(Shape), *below(Taken)})
    assert [name for name, count in names.items() if count > 1 and "[" not in name] == []


def test_the_description_is_a_page_of_ours_without_foreign_or_inline_script(client: Client) -> None:
    page = client.get(reverse("api:docs")).content.decode()
    for name in ("get_standing", "list_courses", "verify_certificate"):
        assert f'id="{name}"' in page
    assert 'id="shape-VerdictShape"' in page
    # Closed, with the anchor inside: a browser that goes there opens it, without script.
    opened = re.compile(
        r"<details[^>]*>\s*<summary.*?</summary>\s*<div [^>]*id=\"get_standing\"", re.DOTALL
    )
    assert opened.search(page)
    places = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) - places == set()
    assert "<details open" not in page
    assert page.count("<script") == 1  # the site's own, with its nonce
    assert "https://" not in page.replace("https://localhost", "")
