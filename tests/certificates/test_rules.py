"""What a certificate says: every field a body wants, never more credit than was approved."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from aliquot.certificates import rules
from aliquot.certificates.facts import (
    ApprovalFacts,
    CompletedFacts,
    IssueFacts,
    IssuerFacts,
    LicenseFacts,
    PictureFact,
    Status,
    SubjectFacts,
)

PACE = ApprovalFacts(
    kind="pace",
    accreditor="Example Accreditor",
    provider_number="000",
    number="000-014-26",
    hours=Decimal("1.50"),
    valid_from=date(2026, 1, 1),
    valid_through=date(2027, 12, 31),
)
CMLE = replace(PACE, kind="cmle", accreditor="Another Accreditor", number="CM-7")
EMPLOYER = replace(PACE, kind="employer", number="E-1")
COMPLETED = CompletedFacts(
    full_name="Rosa Méndez",
    title="Interpreting the Peripheral Blood Smear",
    code="HEM-101",
    version=3,
    level="basic",
    delivery="self_study",
    notice="Drafted with AI assistance.",
    contact_hours=Decimal("1.50"),
    subjects=(
        SubjectFacts("hematology", "Hematology", "lavender", Decimal("1.00")),
        SubjectFacts("safety_lab", "Laboratory safety", "orange", Decimal("0.50")),
    ),
    approvals=(PACE,),
    completed_on=date(2026, 3, 12),
)
ISSUER = IssuerFacts(
    name="Example Laboratory CE",
    address="12 Sample St\nTampa, FL",
    provider_number="000",
    administrator_name="Amara Okafor",
    administrator_title="Program administrator",
    logo=PictureFact("a" * 64, "image/png"),
)
LICENSE = LicenseFacts("FL", "Florida", "Clinical laboratory technologist", "TN 00000")
ISSUE = IssueFacts(
    code="7QK2M9XD4TRA8HB3W",
    site_url="https://ce.example.org",
    issued_on=date(2026, 3, 13),
    is_demonstration=False,
)


CONTENT = {
    "format": 1,
    "code": "7QK2-M9XD-4TRA-8HB3-W",
    "verification_address": "https://ce.example.org/v/7QK2-M9XD-4TRA-8HB3-W",
    "issued_on": "2026-03-13",
    "replaces": None,
    "is_demonstration": False,
    "provider": {
        "name": "Example Laboratory CE",
        "address": "12 Sample St\nTampa, FL",
        "provider_number": "000",
        "logo": {"sha256": "a" * 64, "media_type": "image/png"},
    },
    "administrator": {
        "name": "Amara Okafor",
        "title": "Program administrator",
        "signature": None,
    },
    "participant": {
        "name": "Rosa Méndez",
        "licenses": [
            {
                "state": "FL",
                "state_name": "Florida",
                "profession": "Clinical laboratory technologist",
                "number": "TN 00000",
            }
        ],
    },
    "course": {
        "title": "Interpreting the Peripheral Blood Smear",
        "code": "HEM-101",
        "version": 3,
        "level": "Basic",
        "delivery": "Self-study, online",
    },
    "contact_hours": "1.5",
    "subjects": [
        {"area": "hematology", "name": "Hematology", "stopper": "lavender", "hours": "1"},
        {
            "area": "safety_lab",
            "name": "Laboratory safety",
            "stopper": "orange",
            "hours": "0.5",
        },
    ],
    "completed_on": "2026-03-12",
    "approvals": [
        {
            "kind": "pace",
            "accreditor": "Example Accreditor",
            "provider_number": "000",
            "number": "000-014-26",
            "hours": "1.5",
            "valid_from": "2026-01-01",
            "valid_through": "2027-12-31",
            "is_demonstration": False,
        }
    ],
    "approval_sentences": [
        (
            "Approved by Example Accreditor, provider 000: approval 000-014-26, "
            "1.5 contact hours, valid January 1, 2026 through December 31, 2027."
        )
    ],
    "credit_sentences": ["1 contact hour may be declared as 1 ASCP CMP point."],
    "notice": "Drafted with AI assistance.",
}


def content(completed: CompletedFacts = COMPLETED, issue: IssueFacts = ISSUE) -> dict[str, Any]:
    return rules.content_of(completed=completed, issuer=ISSUER, licenses=[LICENSE], issue=issue)


def test_the_content_holds_every_field_and_nothing_else() -> None:
    assert content() == CONTENT


@pytest.mark.parametrize(
    ("approvals", "sentences"),
    [
        ((), ["This course carries no accreditation."]),
        ((PACE,), ["1 contact hour may be declared as 1 ASCP CMP point."]),
        (
            (PACE, CMLE),
            ["1.5 ASCP CMLE credits.", "1 contact hour may be declared as 1 ASCP CMP point."],
        ),
        ((EMPLOYER,), []),
        ((replace(PACE, kind="other"),), []),
    ],
)
def test_credit_is_claimed_only_as_far_as_the_approvals_go(
    approvals: tuple[ApprovalFacts, ...], sentences: list[str]
) -> None:
    assert rules.credit_sentences(approvals) == sentences


@pytest.mark.parametrize("pack", ["ascp_mls", "ascp_mlt"])
def test_the_kinds_that_earn_points_are_those_of_the_rule_pack(pack: str) -> None:
    path = Path("aliquot/credentials/data/packs") / f"{pack}.yaml"
    accepted = YAML(typ="safe").load(path.read_text())["approvals_accepted"]
    assert set(accepted) == rules.ASCP_ACCEPTS


def test_an_accreditors_statement_is_printed_with_its_numbers_filled_in() -> None:
    stated = replace(PACE, statement="Approved as {number} for {hours} hours. {0.__class__} {code}")
    assert rules.approval_sentence(stated) == (
        "Approved as 000-014-26 for 1.5 hours. {0.__class__} {code}"
    )


def test_a_statement_without_the_number_gets_it() -> None:
    stated = replace(PACE, statement="This program is approved.")
    assert rules.approval_sentence(stated) == (
        "This program is approved. Approval 000-014-26, "
        "valid January 1, 2026 through December 31, 2027."
    )


def test_one_demonstration_approval_makes_the_certificate_a_demonstration() -> None:
    demonstration = replace(PACE, is_demonstration=True)
    assert content(replace(COMPLETED, approvals=(PACE, demonstration)))["is_demonstration"] is True
    assert content(issue=replace(ISSUE, is_demonstration=True))["is_demonstration"] is True
    assert content()["is_demonstration"] is False


def test_a_corrected_name_changes_only_name_code_and_issue() -> None:
    old = content()
    issue = replace(
        ISSUE, code="0000000000000000A", issued_on=date(2027, 1, 2), replaces=ISSUE.code
    )
    new = rules.renamed(old, full_name="Rosa Méndez Ortiz", issue=issue)
    assert {key for key in old if old[key] != new[key]} == {
        "code", "verification_address", "issued_on", "replaces", "participant",
    }  # fmt: skip
    assert new["participant"] == old["participant"] | {"name": "Rosa Méndez Ortiz"}
    assert new["replaces"] == "7QK2-M9XD-4TRA-8HB3-W"
    assert old["participant"]["name"] == "Rosa Méndez"


def test_the_hash_is_of_the_content_whatever_the_order_of_its_keys() -> None:
    shuffled = dict(reversed(content().items()))
    assert rules.digest_of(shuffled) == rules.digest_of(content())
    assert rules.digest_of(content() | {"contact_hours": "1.75"}) != rules.digest_of(content())


@pytest.mark.parametrize(
    ("is_revoked", "is_replaced", "status"),
    [
        (False, False, Status.VALID),
        (False, True, Status.SUPERSEDED),
        (True, False, Status.REVOKED),
        (True, True, Status.REVOKED),
    ],
)
def test_revoked_beats_superseded(is_revoked: bool, is_replaced: bool, status: Status) -> None:
    assert rules.status_of(is_revoked=is_revoked, is_replaced=is_replaced) is status


@pytest.mark.parametrize(
    ("number", "shown"),
    [("TN 00042", "••••••42"), ("123456", "••••56"), ("12345", "•••••"), ("", "")],
)
def test_a_license_number_is_masked_for_the_public(number: str, shown: str) -> None:
    assert rules.masked(number) == shown
