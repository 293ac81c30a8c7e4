"""The example of the standing contract, verbatim, through the command in a bare environment."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

TRANSCRIPT = """
{ "as_of": "2026-11-23",
  "credentials": [
    { "id": "ascp_mls", "first_certified_on": "2011-05-14", "cycle_ends_on": "2027-06-30",
      "formerly_nca": false, "international": false, "expired": false, "first_renewal": false,
      "licensed_on": null, "specialties": [], "roles": [] } ],
  "activities": [
    { "id": "a1", "title": "Interpreting the Peripheral Smear", "completed_on": "2026-03-12",
      "kind": "contact_hours", "amount": "1.5", "areas": ["hematology"], "approvals": ["pace"] },
    { "id": "a2", "title": "Annual update", "completed_on": "2025-10-09", "kind": "contact_hours",
      "approvals": ["university"], "parts": [ { "amount": "1", "areas": ["blood_bank"] }, { "amount": "0.5", "areas": ["safety_lab", "safety_patient"] } ] } ] }
"""  # noqa: E501 - the contract's own lines

RULES = "Rules for cycles that end from 2023-01-01; sources S14, S9, S1."

VERDICT = {
    "as_of": "2026-11-23",
    "credentials": [
        {
            "id": "ascp_mls",
            "title": "Medical Laboratory Scientist",
            "body": "ASCP",
            "confirmed": "yes",
            "participation": {
                "required": True,
                "because": "certified on 2011-05-14, on or after 2004-01-01",
            },
            "rule_set": {"renewals_from": "2023-01-01", "sources": ["S14", "S9", "S1"]},
            "window": {"starts_on": "2024-07-01", "ends_on": "2027-06-30"},
            "declaration": {"opens_on": "2027-04-01", "closes_on": "2027-05-31"},
            "finish_by": "2027-05-31",
            "needed": "36",
            "counted": "3",
            "missing": "33",
            "surplus": "0",
            "met": False,
            "requirements": [
                {
                    "id": "safety",
                    "needed": "1",
                    "counted": "0.5",
                    "missing": "0.5",
                    "accepts": ["safety_lab", "safety_patient"],
                },
                *(
                    {
                        "id": area,
                        "needed": needed,
                        "counted": counted,
                        "missing": missing,
                        "accepts": [area],
                    }
                    for area, needed, counted, missing in (
                        ("ethics", "1", "0", "1"),
                        ("blood_bank", "2", "1", "1"),
                        ("chemistry", "2", "0", "2"),
                        ("hematology", "2", "1.5", "0.5"),
                        ("microbiology", "2", "0", "2"),
                    )
                ),
                {
                    "id": "remainder",
                    "needed": "26",
                    "counted": "0",
                    "missing": "26",
                    "accepts": "any",
                },
            ],
            "allocations": [
                {
                    "activity": "a1",
                    "requirement": "hematology",
                    "amount": "1.5",
                    "because": f"Hematology counts toward Hematology (2 points needed). {RULES}",
                },
                {
                    "activity": "a2",
                    "requirement": "safety",
                    "amount": "0.5",
                    "because": "Laboratory safety or Patient safety counts toward Safety "
                    f"(1 point needed). {RULES}",
                },
                {
                    "activity": "a2",
                    "requirement": "blood_bank",
                    "amount": "1",
                    "because": f"Blood bank counts toward Blood bank (2 points needed). {RULES}",
                },
            ],
            "not_counted": [],
            "warnings": [],
        }
    ],
}


def standing(*arguments: str, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """The command as a stranger runs it: no settings, no environment at all."""
    return subprocess.run(
        [sys.executable, "-m", "aliquot.cli.main", "standing", *arguments],
        input=given, env={}, cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("from_standard_input", [True, False])
def test_the_example_of_the_contract_gets_its_verdict(
    from_standard_input: bool, tmp_path: Path
) -> None:
    file = tmp_path / "TRANSCRIPT.json"
    file.write_text(TRANSCRIPT)
    name, given = ("-", TRANSCRIPT.encode()) if from_standard_input else (str(file), None)
    done = standing(name, given=given)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout) == VERDICT


def test_the_keys_come_in_the_order_of_the_contract() -> None:
    document = json.loads(standing("-", given=TRANSCRIPT.encode()).stdout)
    assert list(document) == list(VERDICT)
    assert list(document["credentials"][0]) == list(VERDICT["credentials"][0])


def test_standing_loads_no_django() -> None:
    code = (
        "import sys; from aliquot.cli.credentials import standing; code = standing(['-']);"
        "assert not any(name.split('.')[0] == 'django' for name in sys.modules); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=TRANSCRIPT.encode(), env={}, cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
