"""Reads of certificates: the facts they are made of, lists, verification, transcripts."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F, Q, QuerySet

from aliquot.accounts.facts import STATES
from aliquot.accounts.models import User
from aliquot.accounts.queries import licenses_printed_for
from aliquot.catalog.data import areas
from aliquot.catalog.queries import current_provider
from aliquot.certificates import rules
from aliquot.certificates.adapters import documents
from aliquot.certificates.facts import (
    ApprovalFacts,
    CertificateLine,
    CompletedFacts,
    Content,
    Drawable,
    IssuerFacts,
    LicenseFacts,
    PictureFact,
    Status,
    SubjectFacts,
    Transcript,
    TranscriptLine,
    Verification,
)
from aliquot.certificates.models import Certificate, Revocation
from aliquot.infra.models import StoredFile
from aliquot.infra.statements import Given, Statement
from aliquot.infra.streams import by_key
from aliquot.learning.models import Completion
from aliquot.lib import codes, dates, decimals
from aliquot.lib.invariants import Check, sentences


def completed_facts(completion: Completion) -> CompletedFacts:
    """What a completion froze, as far as a certificate prints it."""
    record = completion.record
    version = record["version"]
    return CompletedFacts(
        full_name=record["participant"]["full_name"],
        title=version["title"],
        code=record["course"]["code"],
        version=version["number"],
        level=version["level"],
        delivery=version["delivery"],
        notice=version["notice"],
        contact_hours=Decimal(record["hours"]["awarded"]),
        subjects=tuple(_subject(each) for each in record["hours"]["subjects"]),
        approvals=tuple(_approval(each) for each in record["approvals"]),
        completed_on=date.fromisoformat(record["completed_on"]),
    )


def _subject(entry: dict[str, Any]) -> SubjectFacts:
    area = areas().get(entry["area"])
    return SubjectFacts(
        area=entry["area"],
        name=area.title if area else entry["area"].replace("_", " ").capitalize(),
        stopper=area.stopper if area else "violet",
        hours=Decimal(entry["hours"]),
    )


def _approval(entry: dict[str, Any]) -> ApprovalFacts:
    return ApprovalFacts(
        kind=entry["kind"],
        accreditor=entry["name"],
        provider_number=entry["provider_number"],
        number=entry["number"],
        hours=Decimal(entry["hours"]),
        valid_from=date.fromisoformat(entry["valid_from"]),
        valid_through=date.fromisoformat(entry["valid_through"]),
        statement=entry.get("statement", ""),
        is_demonstration=entry["is_demonstration"],
    )


def issuer_facts() -> IssuerFacts:
    """The provider as it is now; before one was set up, the site's own name stands for it."""
    provider = current_provider()
    if provider is None:
        host = urlsplit(settings.SITE_URL).hostname or "this site"
        return IssuerFacts(host, "", "", "The provider", "Program administrator")
    return IssuerFacts(
        name=provider.name,
        address=provider.address,
        provider_number=provider.provider_number,
        administrator_name=provider.administrator_name,
        administrator_title=provider.administrator_title,
        logo=_picture(provider.logo),
        signature=_picture(provider.signature),
    )


def _picture(file: StoredFile | None) -> PictureFact | None:
    return None if file is None else PictureFact(file.sha256, file.media_type)


def license_facts_of(person: User) -> tuple[LicenseFacts, ...]:
    """The license numbers that the person asked to have printed: all in the profile, by state."""
    return tuple(
        LicenseFacts(each.state, STATES.get(each.state, each.state), each.profession, each.number)
        for each in licenses_printed_for(person)
    )


def certificate_in_force(completion: Completion) -> Certificate | None:
    """The certificate of a completion that no later one replaced, or None before the issue."""
    return Certificate.objects.filter(completion=completion, replaced_by=None).first()


def valid_codes(completions: Collection[Completion]) -> dict[int, str]:
    """The codes of the certificates that are valid now, by completion."""
    ids = [each.pk for each in completions]
    rows = Certificate.objects.filter(completion__in=ids, replaced_by=None, revocation=None)
    return dict(rows.values_list("completion_id", "code"))


def certificates_of(
    person: User, *, words: str = "", from_day: date | None = None, through_day: date | None = None
) -> QuerySet[Certificate]:
    """All certificates of a person, newest completion first, whatever became of access.

    ``words``: each must occur in the title, the course's code or the certificate's code.
    """
    found = Certificate.objects.filter(person=person)
    for word in words.split():
        typed = word.replace("-", "")
        found = found.filter(
            Q(completion__version__title__icontains=word)
            | Q(completion__version__course__code__icontains=word)
            | Q(code__icontains=typed or word)
        )
    if from_day is not None:
        found = found.filter(completion__completed_on__gte=from_day)
    if through_day is not None:
        found = found.filter(completion__completed_on__lte=through_day)
    return found.select_related("revocation", "replaced_by").order_by(
        "-completion__completed_on", "-pk"
    )


def line_of(certificate: Certificate) -> CertificateLine:
    """A certificate as lists show it. Expects ``revocation`` and ``replaced_by`` to be loaded."""
    content = certificate.content
    subjects = content["subjects"]
    return CertificateLine(
        code=content["code"],
        title=content["course"]["title"],
        course_code=content["course"]["code"],
        provider_name=content["provider"]["name"],
        completed_on=date.fromisoformat(content["completed_on"]),
        contact_hours=Decimal(content["contact_hours"]),
        area=subjects[0]["area"] if subjects else "",
        status=status_of(certificate),
        is_demonstration=content["is_demonstration"],
    )


def status_of(certificate: Certificate) -> Status:
    """Valid, superseded or revoked, as of now."""
    return rules.status_of(
        is_revoked=hasattr(certificate, "revocation"),
        is_replaced=hasattr(certificate, "replaced_by"),
    )


def verification(code: str) -> Verification | None:
    """What anybody with the code may know, or None; one statement either way.

    ``code`` without hyphens, as ``lib.codes.parse`` gives it.
    """
    row = next(iter(_by_code.rows(code=code)), None)
    return None if row is None else _verification(row)


def standing_of(found: Certificate) -> Verification:
    """What became of a certificate, with the little of it that the public may know."""
    revocation: Revocation | None = getattr(found, "revocation", None)
    newer: Certificate | None = getattr(found, "replaced_by", None)
    return _verification(
        _Standing(
            found.content,
            found.completion.time_zone,
            revocation.revoked_at if revocation else None,
            revocation.reason if revocation else None,
            newer.code if newer else None,
            newer.issued_at if newer else None,
        )
    )


class _Standing(NamedTuple):
    content: Content
    zone: str
    revoked_at: datetime | None
    reason: str | None
    newer: str | None
    newer_at: datetime | None


_by_code = Statement(
    _Standing,
    lambda: Certificate.objects.filter(code=Given("code")).values_list(
        "content",
        "completion__time_zone",
        "revocation__revoked_at",
        "revocation__reason",
        "replaced_by__code",
        "replaced_by__issued_at",
    ),
)


def _verification(row: _Standing) -> Verification:
    content = row.content
    status = rules.status_of(
        is_revoked=row.revoked_at is not None, is_replaced=row.newer is not None
    )
    return Verification(
        code=content["code"],
        status=status,
        full_name=content["participant"]["name"],
        title=content["course"]["title"],
        contact_hours=Decimal(content["contact_hours"]),
        completed_on=date.fromisoformat(content["completed_on"]),
        issued_on=date.fromisoformat(content["issued_on"]),
        provider_name=content["provider"]["name"],
        licenses=tuple(
            f"{each['state_name']}, {rules.masked(each['number'])}"
            for each in content["participant"]["licenses"]
        ),
        is_demonstration=content["is_demonstration"],
        revoked_on=dates.day_in_zone(row.revoked_at, row.zone) if row.revoked_at else None,
        reason=row.reason or "",
        replaced_by=codes.grouped(row.newer) if row.newer else None,
        replaced_on=dates.day_in_zone(row.newer_at, row.zone) if row.newer_at else None,
    )


def printed(certificate: Certificate) -> dict[str, Any]:
    """What is printed, for a page: ``content``, ``words`` around it, ``qr`` (an SVG drawing)."""
    return documents.printed(certificate.content, design=certificate.design)


def shown_by(content: Content) -> tuple[str, ...]:
    """What an auditor can read on a certificate: ids as ``ledger.facts.PROOF_FACTS`` has them.

    Hours are itemized by subject on every certificate. Whether a license number is on it depends
    on the state, so ``license_number`` is not among them.
    """
    has_agency = any(each["provider_number"].strip() for each in content["approvals"])
    always = ("date", "title", "provider", "participant", "hours", "course_number")
    return (*always, "hours_by_specialty", *(("agency_number",) if has_agency else ()))


_drawable = Statement(
    Drawable,
    lambda: Certificate.objects.filter(code=Given("code"), person=Given("person")).values_list(
        *Drawable._fields
    ),
)


def drawable_of(person: User, code: str) -> Drawable | None:
    """What a certificate of this person is drawn from, by its code as it is kept."""
    return next(iter(_drawable.rows(code=code, person=person.pk)), None)


def file_name(certificate: Certificate | Drawable) -> str:
    """What the PDF is called where it is saved: numbers and codes only."""
    course = certificate.content["course"]["code"]
    return f"certificate-{course}-{codes.grouped(certificate.code)}.pdf"


def certificate_pdf(certificate: Certificate | Drawable, *, paper: str) -> bytes:
    """The certificate on ``letter`` or ``a4`` paper, drawn from its frozen content alone."""
    return documents.certificate_pdf(
        content=certificate.content,
        design=certificate.design,
        issued_at=certificate.issued_at,
        paper=paper,
    )


def transcript_of(
    person: User, *, from_day: date | None, through_day: date | None, now: datetime
) -> Transcript:
    """Completions in a period, oldest first, each by its certificate in force; no revoked ones."""
    certificates = [
        each
        for each in certificates_of(person, from_day=from_day, through_day=through_day)
        if status_of(each) is Status.VALID
    ]
    newest = certificates[0].content["participant"]["name"] if certificates else ""
    lines = tuple(_transcript_line(each) for each in reversed(certificates))
    return _transcript(person.full_name or newest, lines, now, from_day, through_day)


def transcript_of_certificates(
    person: User, *, only: Collection[str], full_name: str, drawn_at: datetime
) -> Transcript:
    """These of the person's certificates, oldest first, whatever became of them since."""
    rows = certificates_of(person).filter(code__in=only)
    lines = tuple(_transcript_line(each) for each in reversed(rows))
    return _transcript(full_name, lines, drawn_at)


def _transcript(
    full_name: str,
    lines: tuple[TranscriptLine, ...],
    drawn_at: datetime,
    from_day: date | None = None,
    through_day: date | None = None,
) -> Transcript:
    hours: dict[str, Decimal] = {}
    for line in lines:
        for name, amount in line.subjects:
            hours[name] = hours.get(name, Decimal(0)) + amount
    return Transcript(
        full_name=full_name,
        from_day=from_day,
        through_day=through_day,
        drawn_at=drawn_at,
        lines=lines,
        subjects=tuple(sorted(hours.items())),
        contact_hours=sum((line.contact_hours for line in lines), Decimal(0)),
    )


def _transcript_line(certificate: Certificate) -> TranscriptLine:
    content = certificate.content
    course = content["course"]
    return TranscriptLine(
        code=content["code"],
        verification_address=content["verification_address"],
        title=course["title"],
        course_code=course["code"],
        version=course["version"],
        provider_name=content["provider"]["name"],
        completed_on=date.fromisoformat(content["completed_on"]),
        contact_hours=Decimal(content["contact_hours"]),
        subjects=tuple((each["name"], Decimal(each["hours"])) for each in content["subjects"]),
        approvals=tuple(f"{each['accreditor']} {each['number']}" for each in content["approvals"]),
        is_demonstration=content["is_demonstration"],
    )


def transcript_pdf(transcript: Transcript, *, paper: str) -> bytes:
    """The transcript as a tagged PDF on ``letter`` or ``a4`` paper."""
    provider = issuer_facts()
    return documents.transcript_pdf(transcript, provider=provider, paper=paper)


def certificates_with_other_content() -> Iterator[str]:
    """Codes whose content no longer gives the hash stored at issue (I5); none, or tampering."""
    rows = Certificate.objects.only("code", "content", "content_hash")
    for row in by_key(rows):
        is_same = rules.digest_of(row.content) == row.content_hash
        if not is_same or row.content["code"] != codes.grouped(row.code):
            yield row.code


def invariant_checks() -> tuple[Check, ...]:
    """A certificate is what was issued (I5), and says what its completion says (I12)."""
    return (
        Check("I5", "certificates", Certificate.objects.count, _broken_certificates),
        Check("I12", "certificates", Certificate.objects.count, _untrue_certificates),
    )


def broken_invariants() -> Iterator[str]:
    """What must be true of certificates and is not, one sentence each."""
    yield from sentences(invariant_checks())


def _broken_certificates() -> Iterator[str]:
    for code in certificates_with_other_content():
        yield f"Certificate {codes.grouped(code)} no longer has the content it was issued with."
    without = Completion.objects.filter(corrects=None, certificates=None)
    for completion in by_key(without.only("pk")):
        yield f"Completion {completion.pk} has no certificate."
    strange = Certificate.objects.exclude(person=F("completion__person"))
    for row in by_key(strange.only("code")):
        yield f"Certificate {codes.grouped(row.code)} is of another person than its completion."


def _untrue_certificates() -> Iterator[str]:
    """Hours and day as printed are those of the completion."""
    rows = Certificate.objects.select_related("completion").defer("completion__record")
    for row in by_key(rows):
        completion = row.completion
        stored = (decimals.shortest(completion.contact_hours), str(completion.completed_on))
        if (row.content["contact_hours"], row.content["completed_on"]) != stored:
            yield (
                f"Certificate {codes.grouped(row.code)} says other hours or another day than "
                f"completion {row.completion_id}."
            )
