"""Outgoing webhooks: owed with their cause, signed, tried again, never sent inside our network."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from aliquot.infra import webhooks
from aliquot.infra.models import AuditEntry, OutboxMail, WebhookDelivery, WebhookEndpoint
from aliquot.infra.webhooks import addresses, delivery, sending
from aliquot.infra.webhooks.addresses import AddressRefusedError

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
EVENT = "completion.recorded"


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it gets and answers what it was told to."""

    got: list[tuple[dict[str, str], bytes]] = []
    answers: list[int] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        status = self.answers.pop(0) if self.answers else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://receiver.example:{server.server_port}/hook?x=1"
    server.shutdown()
    server.server_close()


@pytest.fixture
def receiver(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A receiver on this machine that passes for a public one."""
    Receiver.got.clear()
    Receiver.answers.clear()
    names(monkeypatch, "127.0.0.1")
    monkeypatch.setattr(addresses, "is_public", lambda _: True)
    return server


def names(monkeypatch: pytest.MonkeyPatch, *found: str) -> None:
    """Let every host have these addresses."""

    def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", getaddrinfo)


def subscribed(url: str, *events: str) -> WebhookEndpoint:
    return webhooks.make_endpoint(
        url=url, events=events or (EVENT,), contact="amara@example.org", now=NOW, actor_id=1
    )


def owed(**data: Any) -> int:
    with transaction.atomic():
        return webhooks.emit(event=EVENT, data=data, now=NOW)


@pytest.mark.django_db
def test_a_message_is_signed_as_standard_webhooks_has_it(receiver: str) -> None:
    endpoint = subscribed(receiver)
    assert owed(completion_id=7) == 1
    assert webhooks.deliver_due(now=NOW) == 1
    ((headers, body),) = Receiver.got
    key = base64.b64decode(webhooks.secret_of(endpoint).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body.decode()}".encode()
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["host"].startswith("receiver.example:")
    assert json.loads(body) == {
        "type": EVENT, "timestamp": "2026-11-23T23:00:00+00:00", "data": {"completion_id": 7},
    }  # fmt: skip
    assert webhooks.deliver_due(now=NOW + timedelta(days=1)) == 0
    assert len(Receiver.got) == 1


@pytest.mark.django_db
def test_while_a_key_is_rotated_both_signatures_are_sent(receiver: str, settings: Any) -> None:
    endpoint = subscribed(receiver)
    old = webhooks.secret_of(endpoint)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key for tests, long enough to pass the length check"
    owed()
    webhooks.deliver_due(now=NOW)
    signatures = Receiver.got[0][0]["webhook-signature"].split()
    assert len(signatures) == len(set(signatures)) == 2
    assert webhooks.secret_of(endpoint) != old


@pytest.mark.django_db
def test_an_event_is_owed_exactly_if_its_cause_is_kept(receiver: str) -> None:
    subscribed(receiver)
    with transaction.atomic():
        owed()
        transaction.set_rollback(True)
    assert (WebhookDelivery.objects.count(), DBTaskResult.objects.count()) == (0, 0)
    owed()
    assert (WebhookDelivery.objects.count(), DBTaskResult.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_only_who_subscribed_is_told(receiver: str) -> None:
    subscribed(receiver, "certificate.revoked")
    assert owed() == 0
    with pytest.raises(ValueError, match="no event"):
        webhooks.emit(event="nothing.happened", data={}, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [302, 400, 429, 500])
def test_what_was_not_taken_is_tried_again_under_the_same_id(receiver: str, status: int) -> None:
    subscribed(receiver)
    owed()
    Receiver.answers = [status]
    assert webhooks.deliver_due(now=NOW) == 0
    row = WebhookDelivery.objects.get()
    assert (row.attempts, row.last_status, row.given_up_at) == (1, status, None)
    assert NOW < row.send_after <= NOW + timedelta(seconds=30)
    assert webhooks.deliver_due(now=NOW) == 0
    assert webhooks.deliver_due(now=NOW + timedelta(minutes=1)) == 1
    assert len({headers["webhook-id"] for headers, _ in Receiver.got}) == 1
    assert len(Receiver.got) == 2  # a redirect was not followed
    assert WebhookEndpoint.objects.get().failing_since is None


@pytest.mark.django_db
def test_a_dead_endpoint_is_switched_off_with_notice_and_loses_nothing(receiver: str) -> None:
    endpoint = subscribed(receiver)
    owed()
    moment = NOW
    for _ in range(3):
        Receiver.answers = [500]
        webhooks.deliver_due(now=moment)
        moment += timedelta(days=3)
    endpoint.refresh_from_db()
    assert endpoint.switched_off_at is not None
    assert OutboxMail.objects.get().recipients == ["amara@example.org"]
    assert AuditEntry.objects.filter(action="webhook.switched_off").count() == 1
    owed()
    assert webhooks.deliver_due(now=moment) == 0
    webhooks.switch_on(endpoint=endpoint, actor_id=1)
    assert webhooks.deliver_due(now=moment) == 2


@pytest.mark.django_db
def test_gone_is_believed_at_once(receiver: str) -> None:
    subscribed(receiver)
    owed()
    Receiver.answers = [410]
    webhooks.deliver_due(now=NOW)
    assert WebhookEndpoint.objects.get().switched_off_at == NOW
    assert WebhookDelivery.objects.get().given_up_at == NOW


@pytest.mark.django_db
def test_a_message_is_sent_again_on_demand(receiver: str) -> None:
    endpoint = subscribed(receiver)
    owed()
    webhooks.deliver_due(now=NOW)
    row = WebhookDelivery.objects.get()
    webhooks.replay(endpoint=endpoint, delivery_id=row.pk, now=NOW, actor_id=1)
    assert webhooks.deliver_due(now=NOW) == 1
    assert [headers["webhook-id"] for headers, _ in Receiver.got] == [row.message_id] * 2


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:c0a8:101::1", "fec0::1", "3fff::1",
        "192.88.99.1", "2001:20::1", "not an address", "",
    ],
)  # fmt: skip
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not addresses.is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34"])
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert addresses.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/",
        "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://localhost/",
    ],
)  # fmt: skip
def test_a_host_written_in_any_way_is_looked_through(url: str) -> None:
    with pytest.raises(AddressRefusedError):
        addresses.resolve(url)


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "93.184.216.34", "10.0.0.1")
    with pytest.raises(AddressRefusedError, match="not public"):
        addresses.resolve("https://both.example/")


@pytest.mark.django_db
def test_a_name_that_turns_inward_later_reaches_nobody(
    receiver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed(receiver)
    owed()
    monkeypatch.undo()
    names(monkeypatch, "127.0.0.1")
    assert webhooks.deliver_due(now=NOW) == 0
    assert Receiver.got == []
    assert "not public" in WebhookDelivery.objects.get().last_error


def test_the_connection_goes_to_the_address_that_was_checked(
    receiver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = addresses.resolve(receiver)

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("the name was asked a second time")

    known = socket.getaddrinfo
    monkeypatch.setattr(
        addresses.socket, "getaddrinfo",
        lambda host, *args, **more: known(host, *args) if host == "127.0.0.1" else never(),
    )  # fmt: skip
    assert sending.post(target, b"{}", {}).status == 200


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "ftp://example.org/", "https://", "https://user@example.org/",
        "https://u:p@example.org/", "https://example.org/#x", "https://example.org:22/",
        "https://example.org:99999/", "https://exa mple.org/", "https://example.org/\u00e9",
        "javascript:alert(1)", f"https://example.org/{'x' * 500}", "https://example.org/\r\nX: y",
    ],
)  # fmt: skip
def test_an_address_of_another_shape_is_refused_in_production(url: str, settings: Any) -> None:
    settings.IS_DEMO = False
    with pytest.raises(AddressRefusedError):
        addresses.check_shape(url)


def test_a_receiver_that_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """It accepts and says nothing: the watchdog ends it."""
    monkeypatch.setattr(sending, "TOTAL_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        target = addresses.Target("http", "silent.example", port, "/", ("127.0.0.1",))
        reply = sending.post(target, b"{}", {})
    assert (reply.status, reply.is_well) == (None, False)


def test_waits_grow_to_hours_and_end_after_days() -> None:
    longest = sum(
        (min(delivery.FIRST_WAIT * 2**n, delivery.LONGEST_WAIT) for n in range(17)), timedelta(0)
    )
    assert timedelta(days=1) < longest / 2 < longest < timedelta(days=4)
