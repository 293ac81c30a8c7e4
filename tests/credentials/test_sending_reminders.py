"""Reminders are sent once, say what is true at that moment, and stop when nothing is left to do."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aliquot.accounts.models import User
from aliquot.credentials import access, services
from aliquot.credentials.errors import InvalidClaimError
from aliquot.credentials.facts import REMINDER_DAYS, MailKind
from aliquot.credentials.models import Declaration, Reminder, ReminderSettings
from aliquot.infra.models import AuditEntry, OutboxMail
from aliquot.lib.errors import NotFoundError
from tests.factories.catalog import approve, published_course
from tests.factories.credentials import ADDED, credit, holding
from tests.routes import database_state

pytestmark = pytest.mark.django_db

ALL = {
    "safety": Decimal(1), "ethics": Decimal(1), "blood_bank": Decimal(2), "chemistry": Decimal(2),
    "hematology": Decimal(2), "microbiology": Decimal(2), "remainder": Decimal(26),
}  # fmt: skip
# May 31, 2027, is the last sensible day; nine in the morning in New York on May 1.
THIRTY_DAYS = datetime(2027, 5, 1, 13, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def subjects() -> list[str]:
    return list(OutboxMail.objects.order_by("pk").values_list("subject", flat=True))


def declared(held: Any) -> Declaration:
    return Declaration.objects.create(
        cycle=held.cycles.get(), declared_on=date(2027, 4, 20), snapshot={}, recorded_at=ADDED
    )


def test_a_mail_says_the_fact_and_the_date_first(rosa: User) -> None:
    held = holding(rosa, opening_balances={**ALL, "hematology": Decimal("0.5")})
    approve(published_course("HEM-101", title="Reading the Smear", hours="1.5"))
    assert services.send_due_reminders(now=THIRTY_DAYS) == 1
    mail = OutboxMail.objects.get()
    assert mail.recipients == ["rosa@example.org"]
    assert mail.subject == "1.5 points to go for MLS(ASCP): declare by May 31, 2027"
    token = access.stop_token(rosa, MailKind.REMINDERS)
    stop = f"http://localhost:8000/credentials/reminders/stop/{token}/"
    assert mail.text == (
        "Rosa Méndez,\n\n"
        "MLS(ASCP): 34.5 of 36 points are in, 1.5 points to go.\n\n"
        "The last sensible day to finish and declare is May 31, 2027, in 30 days.\n"
        "ASCP has let you declare since April 1, 2027.\n"
        "Your cycle ends on June 30, 2027.\n\n"
        "Still missing:\n"
        "- Hematology: 1.5 of 2 points\n\n"
        "Courses here that would help:\n"
        "- Reading the Smear, 1.5 contact hours, for Hematology\n"
        "  http://localhost:8000/courses/hem-101/\n\n"
        "The shortest way to finish:\n"
        "http://localhost:8000/plan/\n\n"
        "Where every point counts, and what to do next:\n"
        f"http://localhost:8000/credentials/{held.pk}/\n\n"
        "Nothing here files with ASCP for you. Requirements change: check with ASCP before you "
        "rely on this.\n\n"
        "You get this because you chose a reminder 30 days before the last sensible day.\n"
        "Choose which reminders you get, and when: http://localhost:8000/credentials/reminders/\n"
        f"Stop all reminders at once: {stop}\n"
    )
    assert mail.headers == {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert "<strong>MLS(ASCP): 34.5 of 36 points are in, 1.5 points to go.</strong>" in mail.html
    assert f'href="{stop}"' in mail.html


SUBJECTS = [
    (180, {}, "36 points to go for MLS(ASCP): declare by May 31, 2027"),
    (180, ALL, "Declare MLS(ASCP) from April 1, 2027: all 36 points are in"),
    (30, ALL, "Declare MLS(ASCP) now, by May 31, 2027: all 36 points are in"),
    (1, ALL, "Declare MLS(ASCP) now, by May 31, 2027: all 36 points are in"),
]


@pytest.mark.parametrize(("days", "balances", "subject"), SUBJECTS)
def test_the_words_fit_what_is_left_to_do(
    rosa: User, days: int, balances: dict[str, Decimal], subject: str
) -> None:
    holding(rosa, opening_balances=balances)
    now = THIRTY_DAYS + (30 - days) * DAY + timedelta(hours=1)
    assert services.send_due_reminders(now=now) == 1
    assert subjects() == [subject]


def test_each_body_has_its_own_word_and_unit(rosa: User) -> None:
    said = {"first_certified_on": date(2011, 5, 14)}
    holding(rosa, "lic_ca", ends_on=date(2027, 5, 31))
    holding(
        rosa,
        "amt_mt",
        ends_on=date(2027, 5, 31),
        opening_balances={"remainder": Decimal(45)},
        **said,
    )
    services.send_due_reminders(now=THIRTY_DAYS)
    assert sorted(subjects()) == [
        "24 hours to go for California license: finish by May 31, 2027",
        "File MT(AMT) by May 31, 2027: all 45 points are in",
    ]  # fmt: skip


def test_tennessee_is_reminded_of_the_end_of_the_year_before(rosa: User) -> None:
    holding(rosa, "lic_tn", ends_on=date(2028, 10, 31))
    services.send_due_reminders(now=datetime(2027, 12, 1, 14, tzinfo=UTC))
    assert subjects() == ["24 hours to go for Tennessee license: finish by December 31, 2027"]
    assert "Your cycle ends on October 31, 2028." in OutboxMail.objects.get().text


def test_a_cycle_with_unknown_figures_is_reminded_of_without_claiming_any(rosa: User) -> None:
    holding(rosa, "ascp_at", ends_on=date(2027, 6, 30))
    services.send_due_reminders(now=THIRTY_DAYS)
    assert subjects() == ["AT(ASCP): the last sensible day is May 31, 2027"]
    assert "Ask ASCP what you need." in OutboxMail.objects.get().text


def test_the_job_twice_or_a_quarter_of_an_hour_later_sends_nothing_more(rosa: User) -> None:
    holding(rosa)
    assert services.send_due_reminders(now=THIRTY_DAYS) == 1
    before = database_state()
    assert services.send_due_reminders(now=THIRTY_DAYS) == 0
    assert services.send_due_reminders(now=THIRTY_DAYS + timedelta(minutes=15)) == 0
    assert services.send_due_reminders(now=THIRTY_DAYS + 10 * DAY) == 0
    assert database_state() == before


def test_a_cycle_over_its_whole_length_brings_five_mails(rosa: User) -> None:
    holding(rosa)
    last = datetime(2027, 5, 31, 14, 7, tzinfo=UTC)
    for days in (200, 181, 180, 179, 120, 91, 90, 31, 30, 29, 8, 7, 6, 2, 1, 0, -1, -29, -40):
        services.send_due_reminders(now=last - days * DAY)
    rows = Reminder.objects.order_by("queued_at")
    assert [row.days for row in rows] == list(REMINDER_DAYS)
    assert [row.queued_at.date() for row in rows] == [
        date(2027, 5, 31) - timedelta(days=days) for days in REMINDER_DAYS
    ]
    assert OutboxMail.objects.count() == 5


def test_reminder_mail_and_audit_row_are_one(rosa: User, monkeypatch: pytest.MonkeyPatch) -> None:
    holding(rosa)
    before = database_state()
    with monkeypatch.context() as broken:
        broken.setattr("aliquot.infra.outbox.send_template", _fails)
        with pytest.raises(RuntimeError):
            services.send_due_reminders(now=THIRTY_DAYS)
    assert database_state() == before
    services.send_due_reminders(now=THIRTY_DAYS)
    reminder = Reminder.objects.get()
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.actor_id, entry.object_id) == (
        "credential.reminder_sent", None, str(reminder.pk),
    )  # fmt: skip
    assert (reminder.finish_by, reminder.days) == (date(2027, 5, 31), 30)


def _fails(**_values: Any) -> None:
    raise RuntimeError


def test_nothing_is_sent_once_it_was_declared_until_that_is_withdrawn(rosa: User) -> None:
    row = declared(holding(rosa, opening_balances=ALL))
    assert services.send_due_reminders(now=THIRTY_DAYS) == 0
    row.withdrawn_at = THIRTY_DAYS
    row.save()
    assert services.send_due_reminders(now=THIRTY_DAYS) == 1


def test_nothing_is_sent_for_what_is_removed_closed_expired_or_voluntary(
    rosa: User, marcus: User, nadia: User, stella: User
) -> None:
    services.remove_credential(held=holding(rosa), now=ADDED, actor_id=rosa.pk)
    services.start_next_cycle(
        held=holding(marcus), ends_on=date(2030, 6, 30), now=ADDED, actor_id=marcus.pk
    )
    holding(nadia)
    nadia.is_active = False
    nadia.save()
    holding(stella, first_certified_on=date(1998, 5, 14))
    expired = holding(stella, "ascp_mlt")
    services.correct_credential(
        held=expired, ends_on=date(2027, 6, 30), first_certified_on=date(2011, 5, 14),
        formerly_nca=False, international=False, expired=True, now=ADDED, actor_id=stella.pk,
    )  # fmt: skip
    assert services.send_due_reminders(now=THIRTY_DAYS) == 0
    assert OutboxMail.objects.count() == Reminder.objects.count() == 0


def test_a_corrected_end_begins_anew(rosa: User) -> None:
    held = holding(rosa)
    services.send_due_reminders(now=THIRTY_DAYS)
    services.correct_credential(
        held=held, ends_on=date(2027, 7, 31), first_certified_on=date(2011, 5, 14),
        formerly_nca=False, international=False, expired=False, now=THIRTY_DAYS, actor_id=rosa.pk,
    )  # fmt: skip
    assert services.send_due_reminders(now=THIRTY_DAYS + DAY) == 1
    assert subjects()[-1] == "36 points to go for MLS(ASCP): declare by July 1, 2027"


def test_quiet_hours_and_days_switched_off_are_respected(rosa: User) -> None:
    holding(rosa)
    services.save_reminder_settings(
        person=rosa, days=[30, 1], rule_changes=True, quiet_from=time(8), quiet_until=time(16),
        now=ADDED, actor_id=rosa.pk,
    )  # fmt: skip
    assert services.send_due_reminders(now=THIRTY_DAYS) == 0
    assert services.send_due_reminders(now=THIRTY_DAYS + timedelta(hours=7)) == 1
    assert services.send_due_reminders(now=THIRTY_DAYS + 24 * DAY) == 0


def test_the_link_of_a_mail_stops_that_kind_alone(rosa: User) -> None:
    holding(rosa)
    token = access.stop_token(rosa, MailKind.REMINDERS)
    person, kind = access.person_stopping(token)
    assert (person, kind) == (rosa, MailKind.REMINDERS)
    services.stop_mail(person=person, kind=kind, now=ADDED)
    row = ReminderSettings.objects.get()
    assert (row.days, row.rule_changes) == ([], True)
    assert services.send_due_reminders(now=THIRTY_DAYS) == 0
    before = database_state()
    services.stop_mail(person=person, kind=kind, now=THIRTY_DAYS)
    assert database_state() == before


@pytest.mark.parametrize("token", ["", "x", "WzEsInJlbWluZGVycyJd:1abc:forged"])
def test_a_forged_link_stops_nothing(rosa: User, token: str) -> None:
    with pytest.raises(NotFoundError):
        access.person_stopping(token)


def test_settings_that_make_no_sense_are_refused_by_field(rosa: User) -> None:
    before = database_state()
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"days": [180, 12]}, "days"),
        ({"quiet_from": time(8)}, "quiet_until"),
        ({"quiet_until": time(8)}, "quiet_from"),
    ]
    for said, field in wrong:
        values: dict[str, Any] = {
            "days": [30], "rule_changes": True, "quiet_from": None, "quiet_until": None,
        }  # fmt: skip
        with pytest.raises(InvalidClaimError) as refused:
            services.save_reminder_settings(
                person=rosa, now=ADDED, actor_id=rosa.pk, **(values | said)
            )
        assert list(refused.value.problems) == [field]
    assert database_state() == before


def test_saving_what_holds_already_writes_nothing(rosa: User) -> None:
    before = database_state()
    services.save_reminder_settings(
        person=rosa, days=REMINDER_DAYS, rule_changes=True, quiet_from=None, quiet_until=None,
        now=ADDED, actor_id=rosa.pk,
    )  # fmt: skip
    assert database_state() == before


def test_one_cycle_that_cannot_be_judged_holds_up_nobody(
    rosa: User, marcus: User, caplog: pytest.LogCaptureFixture
) -> None:
    broken = holding(rosa, "lic_fl", ends_on=date(2028, 8, 31)).cycles.get()
    broken.ends_on = date(2027, 7, 1)  # no end of a Florida cycle
    broken.save()
    holding(marcus)
    assert services.send_due_reminders(now=THIRTY_DAYS) == 1
    assert OutboxMail.objects.get().recipients == ["marcus@example.org"]
    assert [record.name for record in caplog.records] == ["aliquot.reminders"]


IDLE, EACH = 2, 16  # statements of a run: for looking, and for each mail


def test_a_run_costs_a_few_statements_and_a_fixed_number_for_each_mail(
    rosa: User, marcus: User, nadia: User, django_assert_num_queries: Any
) -> None:
    people = (rosa, marcus, nadia)
    for person in people:
        holding(person)
        credit(person, hematology="1")
    approve(published_course())
    with django_assert_num_queries(1):
        services.send_due_reminders(now=THIRTY_DAYS - 200 * DAY)
    holding(people[0], "ascp_mlt", ends_on=date(2029, 6, 30))
    services.send_reminder(cycle=people[2].held_credentials.get().cycles.get(), now=THIRTY_DAYS)
    with django_assert_num_queries(IDLE + 2 * EACH):
        assert services.send_due_reminders(now=THIRTY_DAYS) == 2
    with django_assert_num_queries(1):
        services.send_due_reminders(now=THIRTY_DAYS)
