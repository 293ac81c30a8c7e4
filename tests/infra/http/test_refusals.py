"""What a deed refuses becomes a page or JSON with its status, and says no more than it may."""

import pytest
from django.test import Client

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database,
    pytest.mark.urls("tests.infra.sample_site"),
]


@pytest.mark.parametrize(
    ("name", "status", "text"),
    [
        ("not-found", 404, b"not here"),
        ("not-allowed", 403, b"Only an administrator may do this."),
        ("conflict", 409, b"The course is retired."),
        ("refused", 422, b"The date lies in the past."),
        ("too-many", 429, b"Too many tries in a short time. Wait a little and try again."),
    ],
)
def test_a_refusal_is_a_page_with_its_status(name: str, status: int, text: bytes) -> None:
    answer = Client().get(f"/raise/{name}/")
    assert (answer.status_code, answer.content) == (status, text)


def test_an_absent_thing_and_a_forbidden_one_tell_nothing_of_their_owner() -> None:
    for headers in ({}, {"accept": "application/json"}):
        answer = Client().get("/raise/not-found/", headers=headers)
        assert answer.status_code == 404
        assert b"Stella" not in answer.content


def test_a_script_gets_json() -> None:
    answer = Client().get("/raise/conflict/", headers={"accept": "application/json"})
    assert answer.status_code == 409
    assert answer.json() == {"code": "conflict", "message": "The course is retired."}


def test_who_sends_json_gets_json() -> None:
    answer = Client().post("/raise/refused/", "{}", content_type="application/json")
    assert answer.json() == {"code": "refused", "message": "The date lies in the past."}


def test_a_browser_gets_a_page() -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answer = Client().get("/raise/conflict/", headers={"accept": browser})
    assert answer.content == b"The course is retired."


def test_who_must_wait_is_told_how_long() -> None:
    assert Client().get("/raise/too-many/")["Retry-After"] == "42"
    assert "Retry-After" not in Client().get("/raise/conflict/")


def test_what_broke_is_not_a_refusal() -> None:
    client = Client(raise_request_exception=False)
    answer = client.get("/raise/anything/")
    assert answer.status_code == 500
    assert b"anything" not in answer.content
