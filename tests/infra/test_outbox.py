"""A mail is owed exactly if its cause is committed, and is delivered once."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail
from django.db import connection, transaction

from aliquot.infra import delivery, outbox
from aliquot.infra.models import OutboxMail
from tests.infra.smtp_server import MailServer, mail_server

pytestmark = pytest.mark.django_db

LATER = timedelta(days=4000)  # clock.now() stamps new mails; tests deliver well after


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as running:
        settings.MAIL_URL = running.url
        yield running


@pytest.fixture
def due(now: datetime) -> datetime:
    return now + LATER


def owe(to: str = "rosa@example.org", subject: str = "Your certificate") -> OutboxMail:
    EmailMessage(subject, "Here it is.\n", to=[to]).send()
    return OutboxMail.objects.latest("id")


def test_sending_writes_a_row_and_talks_to_nobody(server: MailServer) -> None:
    message = EmailMultiAlternatives(
        "Your\n certificate",
        "Text",
        "Desk <desk@example.org>",
        ["rosa@example.org"],
        reply_to=["help@example.org"],
        headers={"X-Kind": "certificate"},
    )
    message.attach_alternative("<p>Text</p>", "text/html")
    assert message.send() == 1
    row = OutboxMail.objects.get()
    assert (row.recipients, row.sender, row.subject, row.text, row.html) == (
        ["rosa@example.org"],
        "Desk <desk@example.org>",
        "Your certificate",
        "Text",
        "<p>Text</p>",
    )
    assert row.headers == {"X-Kind": "certificate", "Reply-To": "help@example.org"}
    assert (row.attempts, row.sent_at, row.given_up_at) == (0, None, None)
    assert server.received == []


def test_a_line_break_smuggles_nothing_into_a_mail(server: MailServer, due: datetime) -> None:
    bad = owe("rosa@example.org\r\nBcc: stella@example.org")
    good = owe(subject="Hello\r\nBcc: stella@example.org")
    assert delivery.deliver_owed(now=due) == 1
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.sent_at, good.sent_at) == (None, due)
    [arrived] = server.received
    assert (arrived["Subject"], arrived["Bcc"]) == ("Hello Bcc: stella@example.org", None)


def test_a_mail_without_recipients_is_not_owed() -> None:
    assert EmailMessage("Nobody", "Text", to=[]).send() == 0
    assert OutboxMail.objects.count() == 0


def test_a_deed_that_fails_owes_no_mail() -> None:
    with pytest.raises(RuntimeError):
        failing_deed()
    assert OutboxMail.objects.count() == 0


def failing_deed() -> None:
    with transaction.atomic():
        owe()
        raise RuntimeError


def test_a_template_makes_subject_text_and_html(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "hello.subject.txt").write_text("Hello\n {{ name }}\n")
    (tmp_path / "hello.txt").write_text("{{ name }}: {{ site_url }}\n\n")
    (tmp_path / "hello.html").write_text("<p>{{ name }}</p>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    outbox.send_template(to="rosa@example.org", template="hello", context={"name": "O'Neil <x>"})
    row = OutboxMail.objects.get()
    assert row.subject == "Hello O'Neil <x>"
    assert row.text == "O'Neil <x>: http://localhost:8000\n"
    assert row.html == "<p>O&#x27;Neil &lt;x&gt;</p>"


def test_a_template_without_html_makes_a_plain_mail(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "hello.subject.txt").write_text("Hello")
    (tmp_path / "hello.txt").write_text("Text")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    outbox.send_template(to=["a@example.org", "b@example.org"], template="hello", context={})
    row = OutboxMail.objects.get()
    assert (row.recipients, row.html) == (["a@example.org", "b@example.org"], "")


def test_an_owed_mail_is_delivered_once(server: MailServer, due: datetime) -> None:
    row = owe()
    assert delivery.deliver_owed(now=due) == 1
    assert delivery.deliver_owed(now=due + timedelta(days=1)) == 0
    (message,) = server.received
    assert (message["To"], message["Subject"]) == ("rosa@example.org", "Your certificate")
    assert message["Message-ID"].startswith(f"<outbox.{row.pk}.")
    assert message["Auto-Submitted"] == "auto-generated"
    row.refresh_from_db()
    assert (row.sent_at, row.attempts, row.last_error) == (due, 1, "")


def test_attachments_and_html_arrive(server: MailServer, due: datetime) -> None:
    message = EmailMultiAlternatives("S", "Text", to=["rosa@example.org"])
    message.attach_alternative("<p>Text</p>", "text/html")
    message.attach("certificate.pdf", b"%PDF-1.7", "application/pdf")
    message.send()
    assert delivery.deliver_owed(now=due) == 1
    (arrived,) = server.received
    (attachment,) = arrived.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content()) == ("certificate.pdf", b"%PDF-1.7")
    html = arrived.get_body(("html",))
    assert html is not None
    assert html.get_content().strip() == "<p>Text</p>"


def test_a_mail_that_is_not_due_waits(server: MailServer, due: datetime) -> None:
    row = owe()
    OutboxMail.objects.filter(pk=row.pk).update(send_after=due + timedelta(seconds=1))
    assert delivery.deliver_owed(now=due) == 0
    assert server.received == []


def test_an_address_refused_for_good_is_given_up_and_the_next_mail_goes_out(
    server: MailServer, due: datetime
) -> None:
    server.refuse = {"gone@example.org": 550}
    gone, fine = owe("gone@example.org"), owe("rosa@example.org")
    assert delivery.deliver_owed(now=due) == 1
    gone.refresh_from_db()
    fine.refresh_from_db()
    assert (gone.given_up_at, gone.sent_at) == (due, None)
    assert "550" in gone.last_error
    assert fine.sent_at == due


def test_an_address_refused_for_now_is_tried_again_later(server: MailServer, due: datetime) -> None:
    server.refuse = {"rosa@example.org": 450}
    row = owe()
    assert delivery.deliver_owed(now=due) == 0
    row.refresh_from_db()
    assert (row.given_up_at, row.attempts) == (None, 1)
    assert due < row.send_after <= due + delivery.FIRST_WAIT
    server.refuse = {}
    assert delivery.deliver_owed(now=row.send_after) == 1


def test_a_dead_server_is_noted_once_and_stops_the_run(
    settings: Any, server: MailServer, due: datetime
) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:9?starttls=off"
    first, second = owe(), owe()
    with pytest.raises(delivery.ServerDownError, match="ConnectionRefusedError"):
        delivery.deliver_owed(now=due)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.attempts, second.attempts) == (1, 0)
    assert "ConnectionRefusedError" in first.last_error
    settings.MAIL_URL = server.url
    assert delivery.deliver_owed(now=due + timedelta(hours=1)) == 2


def test_a_silent_server_is_left_after_the_timeout(
    server: MailServer, due: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.silent = True
    monkeypatch.setattr(delivery, "SERVER_TIMEOUT_SECONDS", 0.2)
    row = owe()
    with pytest.raises(delivery.ServerDownError):
        delivery.deliver_owed(now=due)
    row.refresh_from_db()
    assert (row.attempts, row.sent_at) == (1, None)


def test_after_the_last_attempt_a_mail_is_given_up(server: MailServer, due: datetime) -> None:
    server.refuse = {"rosa@example.org": 450}
    row = owe()
    OutboxMail.objects.filter(pk=row.pk).update(attempts=delivery.MAX_ATTEMPTS - 1)
    delivery.deliver_owed(now=due)
    row.refresh_from_db()
    assert row.given_up_at == due
    assert delivery.deliver_owed(now=due + timedelta(days=30)) == 0


def test_the_waits_grow_and_are_capped() -> None:
    for attempts, step in [(1, 30), (2, 60), (5, 480), (16, 6 * 3600)]:
        wait = delivery.wait_after(attempts)
        assert timedelta(seconds=step / 2) <= wait <= timedelta(seconds=step)


def test_a_mail_claimed_by_a_worker_that_died_goes_out_after_the_lease(
    server: MailServer, due: datetime
) -> None:
    owe()
    claimed = delivery._claim(now=due)
    assert claimed is not None
    assert delivery.deliver_owed(now=due + delivery.LEASE - timedelta(seconds=1)) == 0
    assert delivery.deliver_owed(now=due + delivery.LEASE) == 1
    assert len(server.received) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_every_mail_once(server: MailServer, due: datetime) -> None:
    for number in range(12):
        owe(f"person{number}@example.org")

    def work() -> None:
        try:
            delivery.deliver_owed(now=due)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(message["To"] for message in server.received) == sorted(
        f"person{number}@example.org" for number in range(12)
    )
    assert OutboxMail.objects.filter(sent_at=None).count() == 0


def test_in_the_demonstration_owed_is_delivered(settings: Any, due: datetime) -> None:
    settings.MAIL_URL = ""
    row = owe()
    assert delivery.deliver_owed(now=due) == 1
    row.refresh_from_db()
    assert row.sent_at == due


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org:587", (True, False, 587, "", "")),
        ("smtps://u%40x:p%2Fw@mail.example.org", (False, True, None, "u@x", "p/w")),
        ("smtp://mail.example.org:25?starttls=off", (False, False, 25, "", "")),
    ],
)
def test_the_mail_server_is_read_from_its_address(url: str, expected: tuple[Any, ...]) -> None:
    options = delivery.server_options(url)
    assert options["host"] == "mail.example.org"
    got = [options[name] for name in ("use_tls", "use_ssl", "port", "username", "password")]
    assert tuple(got) == expected


@pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://x?tls=no", "mail.example.org"])
def test_a_wrong_mail_address_is_refused_in_one_sentence(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="ALIQUOT_MAIL_URL must look like"):
        delivery.server_options(url)


def test_django_mail_functions_end_in_the_outbox_too() -> None:
    send_mail("Hello", "Text", None, ["rosa@example.org"])
    assert OutboxMail.objects.get().subject == "Hello"
