"""Rates of the tax table, and the papers by which an institution pays no tax."""

from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from aliquot.accounts.models import User
from aliquot.commerce.errors import ExemptionRefusedError, TaxRateRefusedError
from aliquot.commerce.models import TaxExemption, TaxRate
from aliquot.infra import apart, audit, storage
from aliquot.lib.papers import OpenedPaper

_TAKEN = ("application/pdf", "image/jpeg", "image/png")
_MEGABYTE = 1024 * 1024
MOST_READ = settings.MAX_PROOF_BYTES + 1  # one more than may be: it tells of a file too large
MOST_WAITING = 5


@transaction.atomic
def add_tax_rate(
    *,
    jurisdiction: str,
    name: str,
    percent: Decimal,
    valid_from: date,
    actor_id: int | None,
    tax_code: str = "",
) -> TaxRate:
    """Enter a rate that holds from a day on; it is never edited, only ended and followed.

    The same rate again gives the row that is there. Raises TaxRateRefusedError for a percentage out
    of range, and while another rate of the same place and tax code holds on that day.
    """
    if not 0 <= percent < 100:
        raise TaxRateRefusedError("Enter a percentage from 0 to less than 100, such as 6.25.")
    rows = TaxRate.objects.select_for_update().filter(jurisdiction=jurisdiction, tax_code=tax_code)
    others = [row for row in rows if row.valid_through is None or row.valid_through >= valid_from]
    for row in others:
        if (row.name, row.percent, row.valid_from) == (name, percent, valid_from):
            return row
    if others:
        raise TaxRateRefusedError(
            f"“{others[0].name}” holds there then. End it first, on the day before."
        )
    rate = TaxRate.objects.create(
        jurisdiction=jurisdiction,
        name=name,
        tax_code=tax_code,
        percent=percent,
        valid_from=valid_from,
    )
    audit.record(
        action="tax_rate.added",
        actor_id=actor_id,
        subject=rate,
        details={"jurisdiction": jurisdiction, "percent": str(percent), "from": str(valid_from)},
    )
    return rate


@transaction.atomic
def end_tax_rate(*, rate: TaxRate, last_day: date, actor_id: int | None) -> TaxRate:
    """Let a rate hold through a day; orders placed before keep theirs.

    The same day again changes nothing. Raises TaxRateRefusedError when it has an end already, or
    would end before it began.
    """
    rate = TaxRate.objects.select_for_update().get(pk=rate.pk)
    if rate.valid_through == last_day:
        return rate
    if rate.valid_through is not None:
        raise TaxRateRefusedError("This rate has ended already. Enter a new one instead.")
    if last_day < rate.valid_from:
        raise TaxRateRefusedError("The last day is before the first.")
    rate.valid_through = last_day
    rate.save(update_fields=["valid_through"])
    audit.record(
        action="tax_rate.ended",
        actor_id=actor_id,
        subject=rate,
        details={"last_day": str(last_day)},
    )
    return rate


def opened_certificate(content: bytes) -> OpenedPaper:
    """The paper, judged by its bytes: PDF, JPEG or PNG, whole, and not too large.

    It may take seconds, so no transaction should wait for it. Raises ExemptionRefusedError.
    """
    most = settings.MAX_PROOF_BYTES
    if len(content) > most:
        raise ExemptionRefusedError(f"The file is larger than {most // _MEGABYTE} MB.")
    try:
        paper = apart.opened_paper(content)
    except apart.StoppedError as error:
        raise ExemptionRefusedError(error.message) from error
    if paper is None or paper.media_type not in _TAKEN:
        raise ExemptionRefusedError(
            "This is no whole PDF, JPEG or PNG. Send the certificate as one of these."
        )
    return paper


@transaction.atomic
def send_exemption(
    *,
    person: User,
    institution: str,
    jurisdiction: str,
    number: str,
    valid_through: date | None,
    paper: OpenedPaper,
    now: datetime,
) -> TaxExemption:
    """Keep the certificate of an institution that pays no tax; it counts once staff approved it.

    The same paper for the same place again gives the one that is there. Raises
    ExemptionRefusedError for one too many.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    file = storage.store(paper.content, media_type=paper.media_type, now=now)
    standing = TaxExemption.objects.filter(person=person, withdrawn_at=None)
    existing = standing.filter(file=file, jurisdiction=jurisdiction).first()
    if existing is not None:
        return existing
    if standing.filter(approved_at=None).count() >= MOST_WAITING:
        raise ExemptionRefusedError(
            f"{MOST_WAITING} certificates of yours wait to be looked at. Withdraw one first."
        )
    exemption = TaxExemption.objects.create(
        person=person,
        institution=institution,
        jurisdiction=jurisdiction,
        number=number,
        file=file,
        valid_through=valid_through,
        added_at=now,
    )
    audit.record(
        action="tax_exemption.sent",
        actor_id=person.pk,
        subject=exemption,
        details={"jurisdiction": jurisdiction, "sha256": file.sha256},
    )
    return exemption


@transaction.atomic
def approve_exemption(*, exemption: TaxExemption, actor_id: int, now: datetime) -> TaxExemption:
    """From now on the buyer pays no tax there, while the certificate is valid. Safe to repeat.

    Raises ExemptionRefusedError when it was withdrawn.
    """
    exemption = TaxExemption.objects.select_for_update().get(pk=exemption.pk)
    if exemption.withdrawn_at is not None:
        raise ExemptionRefusedError("This certificate was withdrawn. Ask for it anew.")
    if exemption.approved_at is not None:
        return exemption
    exemption.approved_at, exemption.approved_by_id = now, actor_id
    exemption.save(update_fields=["approved_at", "approved_by_id"])
    audit.record(action="tax_exemption.approved", actor_id=actor_id, subject=exemption)
    return exemption


@transaction.atomic
def withdraw_exemption(*, exemption: TaxExemption, actor_id: int, now: datetime) -> TaxExemption:
    """It no longer counts; orders placed with it stay as they are. Safe to repeat."""
    exemption = TaxExemption.objects.select_for_update().get(pk=exemption.pk)
    if exemption.withdrawn_at is not None:
        return exemption
    exemption.withdrawn_at = now
    exemption.save(update_fields=["withdrawn_at"])
    audit.record(action="tax_exemption.withdrawn", actor_id=actor_id, subject=exemption)
    return exemption
