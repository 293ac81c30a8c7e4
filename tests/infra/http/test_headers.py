"""Headers of every response; sessions are stored nowhere; no query is spent on finding out."""

import re
from typing import Any

import pytest
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from aliquot.accounts.models import User
from aliquot.infra.http.requests import client_address, client_network

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database,
    pytest.mark.urls("tests.infra.sample_site"),
]


def test_every_response_carries_the_headers() -> None:
    answer = Client().get("/plain/")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert "camera=()" in answer["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in answer["Permissions-Policy"]


def test_the_policy_for_content_allows_nothing_that_is_not_named() -> None:
    policy = Client().get("/page/")["Content-Security-Policy"]
    rules = dict(part.split(" ", 1) for part in policy.split("; "))
    nonce = re.fullmatch(r"'nonce-[A-Za-z0-9_-]{16,}'", rules.pop("script-src"))
    assert nonce is not None
    assert rules == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "manifest-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "report-uri": "/csp-report",
    }


def test_the_page_of_a_session_is_stored_nowhere(rosa: User) -> None:
    hers = Client()
    hers.force_login(rosa)
    assert hers.get("/plain/")["Cache-Control"] == "no-store"
    assert "Cache-Control" not in Client().get("/plain/")


def test_a_page_that_asks_nothing_costs_a_visitor_no_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        Client().get("/raise/conflict/")


def test_every_request_has_an_id_of_its_own() -> None:
    ids = {Client().get("/plain/").wsgi_request.request_id for _ in range(3)}  # type: ignore[attr-defined]
    assert len(ids) == 3
    assert all(re.fullmatch(r"[0-9a-f]{16}", each) for each in ids)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "192.0.2.1"),  # nobody's word is taken
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "10.1.1.1, 203.0.113.9", "203.0.113.9"),  # the left part was typed by the client
        (2, "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", ""),
    ],
)
def test_the_address_is_what_our_last_proxy_saw(
    settings: Any, proxies: int, forwarded: str, expected: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == expected


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_limits_count_by_what_one_household_owns(address: str, network: str) -> None:
    assert client_network(RequestFactory().get("/", REMOTE_ADDR=address)) == network
