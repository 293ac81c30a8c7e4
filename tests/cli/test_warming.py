"""What all processes read once before they part; that a real server does is in test_operations."""

import logging
import platform
import threading
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import override_settings

from aliquot.cli import warming


class Site:
    """An application that notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        scheme, host = environ["HTTP_X_FORWARDED_PROTO"], environ["HTTP_HOST"]
        path = environ["PATH_INFO"] + ("?" if environ["QUERY_STRING"] else "")
        self.asked.append(f"{scheme}://{host}{path}{environ['QUERY_STRING']}")
        start_response("200 OK", [])
        return Body([b""])


class Body(list[bytes]):
    """What an application gives back."""

    def close(self) -> None:
        """As the protocol wants it."""


@pytest.mark.django_db
@override_settings(SITE_URL="https://ce.example.org:8443")
def test_a_strangers_pages_are_asked_for_before_the_processes_part() -> None:
    site, before = Site(), threading.active_count()
    assert warming.warm(site) == ["200 OK", "200 OK"]
    assert site.asked == [
        "https://ce.example.org:8443/", "https://ce.example.org:8443/courses/?q=blood"
    ]  # fmt: skip
    assert threading.active_count() == before  # a thread would be missing after the fork


def test_without_a_database_the_server_starts_all_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> None:
        raise OperationalError("no such host\n")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    site = Site()
    with caplog.at_level(logging.WARNING):
        assert warming.warm(site) == []
    assert site.asked == []
    assert [record.getMessage() for record in caplog.records] == [
        "server.started_cold reason=no such host"
    ]


def test_all_threads_take_memory_from_one_heap() -> None:
    assert warming.one_heap() == (platform.libc_ver()[0] == "glibc")
