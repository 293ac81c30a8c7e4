"""What a certificate says, its hash, and its status. Pure: facts in, facts out.

The fields are the union of what every readable rule of a body wants (domain: provider.md,
"Certificate"). A score, an e-mail address or a birth date are never among them.
"""

from collections.abc import Iterable
from typing import Any

from aliquot.certificates.facts import (
    ApprovalFacts,
    CompletedFacts,
    Content,
    IssueFacts,
    IssuerFacts,
    LicenseFacts,
    PictureFact,
    Status,
)
from aliquot.lib import canonical, codes, dates, decimals

CONTENT_FORMAT = 1
# Kinds of approval whose contact hours ASCP takes as CMP points (domain: credentials.md; a test
# compares this list with the rule pack of credentials, which stands beside this room).
ASCP_ACCEPTS = frozenset(
    {"pace", "cmle", "accme", "ca_agency", "fl_board", "state_board", "university", "society"}
)
CMP_SENTENCE = "1 contact hour may be declared as 1 ASCP CMP point."
NO_ACCREDITATION = "This course carries no accreditation."
DELIVERIES = {
    "self_study": "Self-study, online",
    "live_webinar": "Live webinar",
    "in_person": "In person",
}
LEVELS = {"basic": "Basic", "intermediate": "Intermediate", "advanced": "Advanced"}
_SHOWN_OF_A_NUMBER = 2


def content_of(
    *,
    completed: CompletedFacts,
    issuer: IssuerFacts,
    licenses: Iterable[LicenseFacts],
    issue: IssueFacts,
) -> dict[str, Any]:
    """Everything that is printed, as plain data: the PDF and all pages are drawn from it alone."""
    return {
        "format": CONTENT_FORMAT,
        **_issued(issue),
        "is_demonstration": issue.is_demonstration
        or any(approval.is_demonstration for approval in completed.approvals),
        **_issuer(issuer),
        "participant": {
            "name": completed.full_name,
            "licenses": [
                {
                    "state": each.state,
                    "state_name": each.state_name,
                    "profession": each.profession,
                    "number": each.number,
                }
                for each in licenses
            ],
        },
        **_completed(completed),
        "approvals": [_approval(each) for each in completed.approvals],
        "approval_sentences": [approval_sentence(each) for each in completed.approvals],
        "credit_sentences": credit_sentences(completed.approvals),
    }


def _issued(issue: IssueFacts) -> dict[str, Any]:
    code = codes.grouped(issue.code)
    return {
        "code": code,
        "verification_address": f"{issue.site_url}/v/{code}",
        "issued_on": issue.issued_on.isoformat(),
        "replaces": None if issue.replaces is None else codes.grouped(issue.replaces),
    }


def _issuer(issuer: IssuerFacts) -> dict[str, Any]:
    return {
        "provider": {
            "name": issuer.name,
            "address": issuer.address,
            "provider_number": issuer.provider_number,
            "logo": _picture(issuer.logo),
        },
        "administrator": {
            "name": issuer.administrator_name,
            "title": issuer.administrator_title,
            "signature": _picture(issuer.signature),
        },
    }


def _completed(completed: CompletedFacts) -> dict[str, Any]:
    return {
        "course": {
            "title": completed.title,
            "code": completed.code,
            "version": completed.version,
            "level": LEVELS.get(completed.level, completed.level),
            "delivery": DELIVERIES.get(completed.delivery, completed.delivery),
        },
        "contact_hours": decimals.shortest(completed.contact_hours),
        "subjects": [
            {
                "area": each.area,
                "name": each.name,
                "stopper": each.stopper,
                "hours": decimals.shortest(each.hours),
            }
            for each in completed.subjects
        ],
        "completed_on": completed.completed_on.isoformat(),
        "notice": completed.notice,
    }


def renamed(content: Content, *, full_name: str, issue: IssueFacts) -> dict[str, Any]:
    """The content of a certificate that replaces another: a new name, code and day of issue.

    What was completed, under which approvals, and who signed stay as they were.
    """
    participant = {**content["participant"], "name": full_name}
    return {
        **content,
        **_issued(issue),
        "is_demonstration": content["is_demonstration"] or issue.is_demonstration,
        "participant": participant,
    }


def digest_of(content: Content) -> str:
    """The hash that is stored at issue and must come out again for ever (invariant I5)."""
    return canonical.digest(dict(content))


def approval_sentence(approval: ApprovalFacts) -> str:
    """The accreditor's statement with its numbers; a plain one where it wants no words of its own.

    The statement is a provider's text: only {number} and {hours} are filled in, nothing else of
    it is interpreted.
    """
    hours = decimals.shortest(approval.hours)
    span = (
        f"valid {dates.long_date(approval.valid_from)} "
        f"through {dates.long_date(approval.valid_through)}"
    )
    if approval.statement.strip():
        words = approval.statement.strip()
        stated = words.replace("{number}", approval.number).replace("{hours}", hours)
        if approval.number in stated:
            return stated
        return f"{stated} Approval {approval.number}, {span}."
    provider = f", provider {approval.provider_number}" if approval.provider_number else ""
    unit = "contact hour" if approval.hours == 1 else "contact hours"
    return (
        f"Approved by {approval.accreditor}{provider}: approval {approval.number}, "
        f"{hours} {unit}, {span}."
    )


def credit_sentences(approvals: Iterable[ApprovalFacts]) -> list[str]:
    """What may be said of points: never more than the approvals of that day allow.

    CMLE is a credit of its own, said only by a CMLE approval. Without any approval the
    certificate says that it carries no accreditation.
    """
    approvals = list(approvals)
    if not approvals:
        return [NO_ACCREDITATION]
    sentences = []
    for each in approvals:
        if each.kind == "cmle":
            unit = "credit" if each.hours == 1 else "credits"
            sentences.append(f"{decimals.shortest(each.hours)} ASCP CMLE {unit}.")
    if any(each.kind in ASCP_ACCEPTS for each in approvals):
        sentences.append(CMP_SENTENCE)
    return sentences


def status_of(*, is_revoked: bool, is_replaced: bool) -> Status:
    """Revoked beats superseded: a withdrawn proof must never read as merely renewed."""
    if is_revoked:
        return Status.REVOKED
    return Status.SUPERSEDED if is_replaced else Status.VALID


def masked(number: str) -> str:
    """A license number for the public: its last two characters at most, never half of it."""
    shown = number[-_SHOWN_OF_A_NUMBER:] if len(number) >= _SHOWN_OF_A_NUMBER * 3 else ""
    return "•" * (len(number) - len(shown)) + shown


def _picture(picture: PictureFact | None) -> dict[str, str] | None:
    if picture is None:
        return None
    return {"sha256": picture.sha256, "media_type": picture.media_type}


def _approval(approval: ApprovalFacts) -> dict[str, Any]:
    return {
        "kind": approval.kind,
        "accreditor": approval.accreditor,
        "provider_number": approval.provider_number,
        "number": approval.number,
        "hours": decimals.shortest(approval.hours),
        "valid_from": approval.valid_from.isoformat(),
        "valid_through": approval.valid_through.isoformat(),
        "is_demonstration": approval.is_demonstration,
    }
