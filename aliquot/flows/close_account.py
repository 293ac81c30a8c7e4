"""Closing an account: it is shut at once, can be opened again for two weeks, and is then erased.

What may go goes; what others rely on stays, and the person reads which is which before. Prose:
docs/rules/accounts.md.
"""

from collections.abc import Mapping
from datetime import datetime

from aliquot.accounts import queries as accounts
from aliquot.accounts import services
from aliquot.accounts.models import AccountClosing, User
from aliquot.commerce.queries import renewal_of
from aliquot.commerce.services import erase_buying, switch_off_renewal
from aliquot.credentials.services import erase_credentials
from aliquot.infra import audit, outbox
from aliquot.learning.queries import rights_of
from aliquot.learning.services import erase_places
from aliquot.ledger.services import erase_papers
from aliquot.lib.dates import day_in_zone, long_date

# What a page and a mail say of it: (what, why or what it is).
ERASED = (
    ("Who you are", "your name, e-mail address, time zone, license and member numbers"),
    ("How you sign in", "password, passkeys, one-time codes, devices, API tokens"),
    (
        "Your credentials",
        "certifications and licenses, cycles, declarations, plans, reminders, the calendar address",
    ),
    ("Papers you uploaded", "proofs of activities and imported tables, with their files"),
    ("Your places in courses", "bookmarks and the answers you gave while reading"),
    ("Your cart and saved card", "the payment provider is never asked to charge it again"),
)
KEPT = (
    (
        "Certificates and completions",
        (
            "with the name they were issued to. Anybody who holds one can verify it, and "
            "accreditors ask for years who completed what."
        ),
    ),
    (
        "The credit ledger",
        (
            "what was earned, where and when, under a number instead of your name. It only ever "
            "grows, so that nobody can rewrite credit."
        ),
    ),
    ("Tests and evaluations", "under a number. They are the evidence behind a completion."),
    (
        "Orders, receipts and payments",
        "with the name and address on them. Tax and bookkeeping laws ask for them.",
    ),
    (
        "The audit trail",
        "which deed was done when, by which number. That it cannot be changed is what it is for.",
    ),
    (
        "Mails and backups, for a while",
        "mails we sent you for 90 days, backups until their time is over.",
    ),
)


def close_account(person: User, *, actor_id: int, now: datetime) -> AccountClosing:
    """Shut an account: nobody signs in, nothing renews, no mail is sent but the one that says so.

    Safe to repeat. Raises ClosingRefusedError.
    """
    with audit.story(action="account.closed", actor_id=actor_id, subject=person) as told:
        closing = services.close_account(person=person, now=now, actor_id=actor_id)
        renewal = renewal_of(person)
        if renewal is not None:
            switch_off_renewal(
                renewal=renewal, actor_id=actor_id, now=now, problem="The account was closed."
            )
        if told.steps:
            _tell(person, "closed", closing)
    return closing


def has_running_access(person: User, *, now: datetime) -> bool:
    """Whether closing would give up access that was paid or given."""
    return any(
        right.withdrawn_at is None and (right.ends_at is None or right.ends_at > now)
        for right in rights_of(person)
    )


def reopen_account(person: User, *, actor_id: int, now: datetime) -> AccountClosing:
    """Open a closed account again. Sessions, tokens and renewal stay ended.

    Raises ClosingRefusedError when there is nothing to open, or nothing left.
    """
    with audit.story(action="account.reopened", actor_id=actor_id, subject=person):
        closing = services.reopen_account(person=person, now=now, actor_id=actor_id)
        _tell(person, "reopened", closing)
    return closing


def erase_closed_accounts(*, now: datetime) -> int:
    """Erase every account whose time to think is over; returns how many. Safe to repeat."""
    return sum(erase_account(each, now=now) for each in accounts.closings_to_erase(now))


def erase_account(closing: AccountClosing, *, now: datetime) -> bool:
    """Erase what may go, all or nothing. False when it was opened again or erased already."""
    person = closing.person
    with audit.story(action="account.erased", actor_id=None, subject=person):
        last_words = (person.email, person.full_name)
        if not services.erase_person(closing=closing, now=now):
            return False
        erase_credentials(person=person)
        erase_papers(person=person)
        erase_places(person=person)
        erase_buying(person=person)
        _mail("erased", *last_words, {})
    return True


def _tell(person: User, what: str, closing: AccountClosing) -> None:
    last = long_date(day_in_zone(closing.erase_at, person.time_zone))
    context = {"erased_on": last, "erased": ERASED, "kept": KEPT}
    _mail(what, person.email, person.full_name, context)


def _mail(what: str, address: str, name: str, context: Mapping[str, object]) -> None:
    outbox.send_template(
        to=address, template=f"accounts/mail/account_{what}", context={"name": name, **context}
    )
