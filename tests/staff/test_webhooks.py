"""Webhooks in the office, by page and by program, and what makes an event."""

import json
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aliquot.accounts.adapters.second_factor import set_up_codes
from aliquot.accounts.models import User
from aliquot.accounts.services import make_token
from aliquot.credentials.services import refresh_verdicts
from aliquot.flows.revoke_completion import revoke_completion
from aliquot.infra import clock, webhooks
from aliquot.infra.models import WebhookDelivery, WebhookEndpoint
from tests.api.program import Program
from tests.factories.activities import logged
from tests.factories.certificates import certificate
from tests.factories.credentials import holding

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
URL = "https://hr.example.org/hook"
EVENTS = ["completion.recorded", "certificate.issued", "certificate.revoked", "standing.changed"]


@pytest.fixture(autouse=True)
def every_host_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]
    monkeypatch.setattr(
        "aliquot.infra.webhooks.addresses.socket.getaddrinfo", lambda *_, **__: found
    )


@pytest.fixture
def office(amara: User) -> Client:
    set_up_codes(person=amara)
    client = Client()
    client.force_login(amara)
    return client


def subscribed(*events: str) -> WebhookEndpoint:
    return webhooks.make_endpoint(
        url=URL, events=events or EVENTS, contact="a@example.org", now=NOW, actor_id=1
    )


def told() -> list[tuple[str, Any]]:
    rows = WebhookDelivery.objects.order_by("pk")
    return [(row.event, json.loads(row.body)["data"]) for row in rows]


def test_an_administrator_makes_reads_and_removes_a_webhook(office: Client) -> None:
    made = office.post(reverse("staff:webhook_add"), {"url": URL, "events": EVENTS[:1]})
    endpoint = WebhookEndpoint.objects.get()
    page = office.get(made["Location"]).content.decode()
    assert webhooks.secret_of(endpoint) in page
    assert "Webhook to " in page
    again = office.post(reverse("staff:webhook_add"), {"url": URL, "events": EVENTS})
    assert (again.status_code, WebhookEndpoint.objects.count()) == (422, 1)
    deed = reverse("staff:webhook_deed", args=[endpoint.pk])
    for name in ("off", "on"):
        office.post(deed, {"deed": name})
    assert office.post(deed, {"deed": "replay:99"}).status_code == 404
    office.post(deed, {"deed": "remove"})
    assert office.get(made["Location"]).status_code == 404
    assert "No webhook yet" in office.get(reverse("staff:webhooks")).content.decode()


def test_an_address_inside_our_network_is_refused(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    url = "https://127.0.0.1/"
    page = office.post(reverse("staff:webhook_add"), {"url": url, "events": EVENTS})
    assert (page.status_code, WebhookEndpoint.objects.count()) == (422, 0)
    assert "not public" in page.content.decode()


def test_finishing_and_revoking_tell_ids_and_no_names(rosa: User) -> None:
    subscribed()
    done = certificate(rosa, NOW)
    revoke_completion(
        certificate=done, reason="Mistake.", takes_credit_back=False, actor_id=None, now=NOW
    )
    assert [event for event, _ in told()] == [
        "certificate.issued", "completion.recorded", "certificate.revoked",
    ]  # fmt: skip
    completion = told()[1][1]
    assert completion == {
        "completion_id": done.completion_id,
        "person_id": rosa.pk,
        "course": "HEM-101",
        "version": 1,
        "contact_hours": "1.25",
        "completed_on": "2026-11-23",
        "certificate": done.content["code"],
    }
    text = json.dumps(told())
    assert "Rosa" not in text
    assert rosa.email not in text


def test_a_standing_that_changed_is_told_and_one_that_did_not_is_not(rosa: User) -> None:
    subscribed()
    held = holding(rosa)
    refresh_verdicts([rosa.pk], now=NOW)
    assert told() == []
    logged(rosa, NOW)
    refresh_verdicts([rosa.pk], now=NOW)
    ((event, data),) = told()
    assert (event, data["person_id"], data["held_id"]) == ("standing.changed", rosa.pk, held.pk)
    assert (data["before"]["counted"], data["now"]["counted"]) == ("0", "1.5")
    refresh_verdicts([rosa.pk], now=NOW, judged_before=NOW + timedelta(days=1))
    assert len(told()) == 1


def test_the_log_is_read_and_sent_again_by_program(amara: User, rosa: User) -> None:
    set_up_codes(person=amara)
    now = clock.now()
    _, secret = make_token(
        person=amara, name="ops", scopes=["staff-webhooks:read", "staff-webhooks:write"],
        expires_at=now + timedelta(days=1), now=now, actor_id=amara.pk,
    )  # fmt: skip
    program = Program(secret)
    made = program.post("/staff/webhooks", {"url": URL, "events": EVENTS[:1]})
    assert (made.status, made.body["secret"][:6]) == (201, "whsec_")
    mine = f"/staff/webhooks/{made.body['id']}"
    assert "secret" not in program.get(mine).body
    certificate(rosa, NOW)
    (row,) = program.get(f"{mine}/deliveries").body["items"]
    assert (row["event"], row["attempts"]) == ("completion.recorded", 0)
    assert program.post(f"{mine}/deliveries/{row['id']}/replay").status == 200
    assert program.post(f"{mine}/switch-off").body["switched_off_at"] is not None
    assert program.post(f"{mine}/switch-on").body["switched_off_at"] is None
    wrong = program.post("/staff/webhooks", {"url": "https://x.example/", "events": ["all"]})
    assert wrong.status == 422
    assert program.post(f"{mine}/remove").status == 204
    assert program.get(mine).status == 404
