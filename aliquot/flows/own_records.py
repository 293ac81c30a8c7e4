"""Everything that is kept about one person, for that person: rows of every room, and papers.

A test compares ``TABLES`` with the models: what belongs to a person is here. Left out are secrets
(passwords, keys, the gateway's name for a card), answer keys of tests, and which of the staff did
something.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Model, Q

from aliquot.accounts.models import AccountClosing, ApiToken, LicenseNumber, StaffRole, User
from aliquot.assessment.models import Attempt, Response
from aliquot.certificates.models import Certificate, Revocation
from aliquot.certificates.queries import certificate_pdf
from aliquot.commerce import models as shop
from aliquot.commerce.queries import document_pdf
from aliquot.credentials import models as credentials
from aliquot.infra import storage
from aliquot.infra.models import AuditEntry, StoredFile
from aliquot.infra.pdf import DrawingError
from aliquot.infra.streams import by_key
from aliquot.learning import models as learning
from aliquot.ledger import models as ledger
from aliquot.lib.papers import EXTENSIONS


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a model that are a person's. ``owner`` is the path to the person."""

    name: str
    model: type[Model]
    owner: str = "person"
    hidden: frozenset[str] = frozenset()


def _table(name: str, model: type[Model], owner: str = "person", hidden: str = "") -> Table:
    return Table(name, model, owner, frozenset(hidden.split()))


TABLES = (
    _table("profile", User, "pk", "password last_login"),
    _table("email_addresses", EmailAddress, "user"),
    _table("passkeys_and_codes", Authenticator, "user", "data"),
    _table("devices", UserSession, "user", "session_key data"),
    _table("staff_roles", StaffRole),
    _table("license_numbers", LicenseNumber),
    _table("api_tokens", ApiToken, hidden="digest"),
    _table("account_closings", AccountClosing),
    _table("credentials", credentials.HeldCredential),
    _table("cycles", credentials.Cycle, "held__person"),
    _table("opening_balances", credentials.OpeningBalance, "cycle__held__person"),
    _table("points_typed_at_the_body", credentials.CyclePin, "cycle__held__person"),
    _table("declarations", credentials.Declaration, "cycle__held__person"),
    _table("standings", credentials.CycleVerdict, "cycle__held__person"),
    _table("rule_changes_told", credentials.RuleChange, "cycle__held__person"),
    _table("reminders_sent", credentials.Reminder, "cycle__held__person"),
    _table("reminder_settings", credentials.ReminderSettings),
    _table("calendar_address", credentials.CalendarFeed, hidden="token_hash"),
    _table("offers_from_elsewhere", credentials.OutsideOffer),
    _table("access", learning.Entitlement),
    _table("courses_started", learning.Enrollment),
    _table("bookmarks", learning.Bookmark, "enrollment__person"),
    _table("pages_read", learning.PageVisit, "enrollment__person"),
    _table("answers_while_reading", learning.PageAnswer, "enrollment__person"),
    _table("tests", Attempt, hidden="form"),
    _table("answers_in_tests", Response, "attempt__person"),
    _table("evaluations", learning.Evaluation, "enrollment__person"),
    _table("completions", learning.Completion, hidden="record"),
    _table("certificates", Certificate),
    _table("revocations", Revocation, "certificate__person"),
    _table("activities", ledger.Activity),
    _table("credit", ledger.CreditEntry),
    _table("proofs", ledger.Proof, "activity__person"),
    _table("imports", ledger.ActivityImport),
    _table("cart", shop.CartItem, "cart__person"),
    _table("cart_settings", shop.Cart),
    _table("orders", shop.Order),
    _table("order_lines", shop.OrderLine, "order__person"),
    _table("payments", shop.Payment, "order__person", "address"),
    _table("money", shop.MoneyEntry, "order__person"),
    _table("refunds", shop.Refund, "order__person"),
    _table("papers", shop.Document, "order__person"),
    _table("renewals", shop.Renewal, hidden="method_reference"),
    _table("codes_used", shop.VoucherUse),
    _table("tax_exemptions", shop.TaxExemption),
    _table("gifts_given", shop.Gift, "line__order__person", "code_hash"),
    _table("gifts_opened", shop.Gift, "opened_by", "code_hash to message"),
)


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A paper. ``content`` None: it is damaged here, and said so instead of left out."""

    name: str
    at: datetime
    content: bytes | None


def own_rows(person: User) -> dict[str, list[dict[str, Any]]]:
    """Every row that is the person's, by table; and what was done, without by whom."""
    found = {each.name: _rows(each, person) for each in TABLES}
    about = Q(actor_id=person.pk) | Q(object_type=User._meta.label_lower, object_id=str(person.pk))
    deeds = AuditEntry.objects.filter(about).order_by("pk")
    told = [{"recorded_at": each.recorded_at, "action": each.action} for each in deeds]
    return {**found, "deeds": told}


def own_files(person: User) -> Iterator[OwnFile]:
    """Certificates and papers as PDF, proofs and tax papers as they were sent; one at a time."""
    for row in by_key(Certificate.objects.filter(person=person)):
        draw = partial(certificate_pdf, row, paper="letter")
        yield _drawn(f"certificates/{row.code}.pdf", row.issued_at, draw)
    for row in by_key(shop.Document.objects.filter(order__person=person)):
        draw = partial(document_pdf, row, paper="letter")
        yield _drawn(f"papers/{row.number}.pdf", row.issued_at, draw)
    proofs = ledger.Proof.objects.filter(activity__person=person).select_related("file")
    for row in by_key(proofs):
        yield _stored("proofs", row.pk, row.added_at, row.file)
    for row in by_key(shop.TaxExemption.objects.filter(person=person).select_related("file")):
        yield _stored("tax-exemptions", row.pk, row.added_at, row.file)


def _rows(table: Table, person: User) -> list[dict[str, Any]]:
    """Fields of the table itself; who of the staff did it is not told."""
    names = [
        field.attname
        for field in table.model._meta.concrete_fields
        if field.name not in table.hidden and not field.attname.endswith("_by_id")
    ]
    rows = table.model._base_manager.filter(**{table.owner: person.pk}).order_by("pk")
    return list(rows.values(*names))


def _drawn(name: str, at: datetime, draw: Callable[[], bytes]) -> OwnFile:
    try:
        return OwnFile(name, at, draw())
    except DrawingError:
        return OwnFile(name, at, None)


def _stored(folder: str, number: int, at: datetime, file: StoredFile) -> OwnFile:
    name = f"{folder}/{number}.{EXTENSIONS.get(file.media_type, 'bin')}"
    try:
        return OwnFile(name, at, storage.read(file))
    except storage.DamagedFileError:
        return OwnFile(name, at, None)
