"""Addresses for machines and operators, and the demo's mailbox."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives, send_mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from aliquot.infra import clock
from aliquot.infra.models import OutboxMail, PolicyReport
from aliquot.web import operations

pytestmark = pytest.mark.django_db

REPORT = {
    "csp-report": {
        "document-uri": "http://localhost:8000/courses/",
        "effective-directive": "script-src-elem",
        "blocked-uri": "inline",
        "source-file": "",
    }
}


def test_the_process_says_it_lives_without_a_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_crawlers_are_told_what_is_not_for_search_and_where_the_map_is() -> None:
    lines = Client().get("/robots.txt").content.decode().splitlines()
    assert lines == [
        "User-agent: *",
        "Disallow: /account/",
        "Disallow: /demo/",
        "Sitemap: http://localhost:8000/sitemap.xml",
    ]


@pytest.mark.parametrize(
    ("contact", "line"),
    [
        ("https://example.org/security", "Contact: https://example.org/security"),
        ("security@example.org", "Contact: mailto:security@example.org"),
    ],
)
def test_a_finder_of_a_weakness_learns_whom_to_tell(settings: Any, contact: str, line: str) -> None:
    settings.SECURITY_CONTACT = contact
    fields = Client().get("/.well-known/security.txt").content.decode().splitlines()
    assert fields[0] == line
    expires = datetime.fromisoformat(fields[1].removeprefix("Expires: "))
    assert 0 < (expires - clock.now()).days < 365


def report(body: Any, **headers: str) -> int:
    text = body if isinstance(body, (str, bytes)) else json.dumps(body)
    answer = Client(enforce_csrf_checks=True).post(
        "/csp-report", text, content_type="application/csp-report", headers=headers
    )
    return answer.status_code


def test_a_violation_is_counted_by_kind() -> None:
    assert [report(REPORT), report(REPORT)] == [204, 204]
    row = PolicyReport.objects.get()
    assert (row.directive, row.blocked, row.document, row.count) == (
        "script-src-elem",
        "inline",
        "http://localhost:8000/courses/",
        2,
    )


def test_the_newer_format_is_understood_too() -> None:
    body = {"documentURL": "http://x/", "effectiveDirective": "img-src", "blockedURL": "http://y/"}
    assert report([{"type": "csp-violation", "body": body}]) == 204
    assert PolicyReport.objects.get().blocked == "http://y/"


@pytest.mark.parametrize(
    "body", ["[" * 16_000, "no json", "17", "[1, 2]", '{"csp-report": 5}', "{}", b"\xff"]
)
def test_what_is_no_report_is_ignored(body: str | bytes) -> None:
    assert report(body) == 204
    assert PolicyReport.objects.count() == 0


def test_a_huge_report_is_refused_and_long_words_are_cut() -> None:
    assert report("x" * 16_385) == 413
    half = {"csp-report": {"blocked-uri": "\ud800"}}
    assert report(half) == 204
    PolicyReport.objects.all().delete()
    long = {"csp-report": {"blocked-uri": "a" * 5000, "effective-directive": "\x00img-src"}}
    assert report(long) == 204
    assert len(PolicyReport.objects.get().blocked) == 300


def test_a_flood_of_reports_is_refused(now: datetime) -> None:
    with time_machine.travel(now, tick=False):  # in one minute, however long they take
        assert [report(REPORT) for _ in range(61)][-2:] == [204, 429]
    assert PolicyReport.objects.get().count == 60


def test_only_so_many_kinds_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations.policy_reports, "MOST_KINDS", 3)
    for number in range(5):
        report({"csp-report": {"blocked-uri": f"http://{number}/"}})
    assert PolicyReport.objects.count() == 3


@contextmanager
def production(settings: Any) -> Iterator[None]:
    settings.IS_DEMO = False
    yield
    settings.IS_DEMO = True


def owe(number: int) -> None:
    message = EmailMultiAlternatives(
        f"Mail {number}", "Read https://example.org/x\n<b>now</b>", to=["rosa@example.org"]
    )
    message.attach_alternative(
        '<p onclick="x()">Hello <script>alert(1)</script><b>Rosa</b></p>', "text/html"
    )
    message.send()


def test_the_mailbox_is_empty_at_first() -> None:
    assert b"No mail yet" in Client().get("/demo/mail/").content


def test_the_newest_mail_stands_first_and_pages_are_turned() -> None:
    for number in range(30):
        owe(number)
    first = Client().get("/demo/mail/").content.decode()
    assert first.index("Mail 29") < first.index("Mail 28")
    assert "Mail 4<" not in first
    second = Client().get("/demo/mail/?page=2").content.decode()
    assert "Mail 4<" in second
    assert "Mail 29" not in second


def test_the_list_costs_the_same_for_one_mail_and_for_three(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    Client().get("/demo/mail/")  # from here on the provider is cached
    for number in range(3):
        owe(number)
        if number in {0, 2}:
            with django_assert_num_queries(3):  # a count, the mails, the cache's generations
                Client().get("/demo/mail/")


def test_a_mail_shows_its_text_escaped_and_its_html_cleaned() -> None:
    owe(1)
    text = Client().get(f"/demo/mail/{OutboxMail.objects.get().pk}/").content.decode()
    assert "&lt;b&gt;now&lt;/b&gt;" in text
    assert '<a href="https://example.org/x"' in text
    assert "<p>Hello <b>Rosa</b></p>" in text
    assert "onclick" not in text
    assert "alert(1)" not in text


def test_an_unknown_mail_is_not_found() -> None:
    assert Client().get("/demo/mail/999/").status_code == 404


def test_nobody_reads_mail_outside_of_the_demo(settings: Any) -> None:
    send_mail("Secret", "Text", None, ["rosa@example.org"])
    number = OutboxMail.objects.get().pk
    with production(settings):
        for address in ("/demo/mail/", f"/demo/mail/{number}/"):
            answer = Client().get(address)
            assert answer.status_code == 404
            assert b"Secret" not in answer.content
