"""docs/api.md is run: its examples answer as they say, and it names every scope and event."""

import contextlib
import io
import json
import re
import shlex
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from aliquot.accounts.facts import SCOPES, STAFF_SCOPES
from aliquot.accounts.models import User
from aliquot.infra import webhooks
from aliquot.infra.models import WebhookEndpoint
from aliquot.infra.webhooks.signing import headers_for
from aliquot.interop.activities.writer import activities_csv
from aliquot.ledger.facts import CreditPart
from tests.api.conftest import token_for
from tests.factories.activities import CLAIM, logged
from tests.factories.catalog import published_course
from tests.factories.credentials import holding
from tests.factories.papers import pdf
from tests.factories.shop import open_shop

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
SITE = "http://localhost:8000"
NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
COMMANDS = re.findall(r"^\$ (curl [^\n]+)\n([^\n$`]+)\n", PAGE, re.MULTILINE)
PART = CreditPart(Decimal("1.5"), ("hematology",))
TABLED = replace(CLAIM, amount=None, areas=(), parts=(PART,))
FILES = {"@scan.pdf": pdf("scan"), "@mine.csv": activities_csv([TABLED])}
PROGRAMS = re.findall(r"```python\n(.*?)```\n\n```output\n(.*?)```", PAGE, re.DOTALL)


def answer_of(command: str, known: dict[str, Any]) -> str:
    """What ``curl`` would print: its own options, sent through the test client."""
    for name, value in known.items():
        command = command.replace(f"${name}", str(value))
    words = shlex.split(command)[1:]
    method, headers, url = "GET", {}, ""
    body: str | bytes = ""
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = words.pop(0)
        elif word == "--data-binary":
            body = FILES[words.pop(0)]
        elif word != "-s":
            url = word
    kind = headers.pop("Content-Type", "application/octet-stream")
    response = Client().generic(
        method, url.removeprefix(SITE), body, content_type=kind, headers=headers
    )
    return response.content.decode()


@pytest.mark.django_db
def test_the_examples_answer_as_they_say(rosa: User) -> None:
    published_course()
    open_shop()
    known = {
        "TOKEN": token_for(rosa, *SCOPES),
        "SITE": SITE,
        "ACTIVITY": logged(rosa, NOW).pk,
        "HELD": holding(rosa, "ascp_mlt").pk,
    }
    assert len(COMMANDS) == PAGE.count("\n$ curl")
    for command, expected in COMMANDS:
        # Ids differ from database to database.
        tidy = re.sub(r'(\{"id":|"activity_id":)\d+', r"\g<1>1", answer_of(command, known))
        assert tidy.startswith(expected.removesuffix("…").rstrip(" ")), command


@pytest.mark.django_db
def test_the_programs_print_what_they_say(rosa: User, monkeypatch: pytest.MonkeyPatch) -> None:
    holding(rosa)
    token = token_for(rosa, *SCOPES)
    client = Client()

    def urlopen(request: Any) -> io.BytesIO:
        path = request.full_url.removeprefix(SITE)
        return io.BytesIO(client.get(path, headers=dict(request.header_items())).content)

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    endpoint = WebhookEndpoint(salt="a salt")
    body = json.dumps({"type": "completion.recorded"})
    moment = int(NOW.timestamp())
    known = {
        "SITE": SITE,
        "TOKEN": token,
        "SECRET": webhooks.secret_of(endpoint),
        "HEADERS": headers_for(endpoint, message_id="msg_1", moment=moment, body=body),
        "BODY": body.encode(),
        "NOW": moment,
    }
    assert len(PROGRAMS) == 2
    for source, expected in PROGRAMS:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(source, "docs/api.md", "exec"), dict(known))
        assert printed.getvalue() == expected


def test_every_scope_and_every_event_is_explained() -> None:
    explained = set(re.findall(r"^\| `([a-z.:-]+)` \|", PAGE, re.MULTILINE))
    assert explained == {*SCOPES, *STAFF_SCOPES, *settings.WEBHOOK_EVENTS}
