"""Every case of cases/*.yaml, through the strict reader, the engine and the writer."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aliquot.credentials.data import shipped
from aliquot.credentials.facts import Reason, Verdict
from aliquot.credentials.rules import judge
from aliquot.interop.transcript.reader import read_transcript
from aliquot.interop.transcript.writer import verdict_document
from aliquot.lib.packaged import read_yaml

FILES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['case']}")
    for path in FILES
    for case in read_yaml(path)
]
LIBRARY = shipped()
WARNINGS = {
    "allowance_once",
    "approvals_unknown",
    "before_duty",
    "before_oldest_rules",
    "expired_without_rule",
    "figures_unknown",
    "nothing_needed_unconfirmed",
    "participation_unknown",
    "pin_costs",
    "remainder_areas_unknown",
}


def transcript_of(case: dict[str, Any]) -> bytes:
    """The case as the JSON of a transcript."""
    credential = {"first_certified_on": "2011-05-14", **case["credential"]}
    credential["cycle_ends_on"] = credential.pop("ends")
    pins = [
        dict(zip(("activity", "requirement", "amount"), pin.split(), strict=True))
        for pin in case.get("pins", [])
    ]
    document = {
        "as_of": case.get("as_of", "2026-11-23"),
        "credentials": [credential],
        "activities": [activity_of(*entry) for entry in case.get("activities", {}).items()],
        "pins": [{"credential": credential["id"], **pin} for pin in pins],
    }
    return json.dumps(document, default=str).encode()


def activity_of(activity_id: str, given: dict[str, Any]) -> dict[str, Any]:
    activity = {"kind": "contact_hours", "approvals": ["pace"], **given, "id": activity_id}
    activity["completed_on"] = activity.pop("on", "2026-03-02")
    return activity


def judged(case: dict[str, Any]) -> Verdict:
    (verdict,) = judge(read_transcript(transcript_of(case), library=LIBRARY))
    return verdict


def found(verdict: Verdict) -> dict[str, Any]:
    """The verdict in the words of a case."""
    document = verdict_document(verdict.as_of, [verdict])["credentials"][0]
    window, declare = document["window"], document["declaration"]
    return {
        "required": document["participation"]["required"],
        "because": document["participation"]["because"],
        "confirmed": document["confirmed"],
        "rules_from": document["rule_set"]["renewals_from"],
        "window": window and f"{window['starts_on']} to {window['ends_on']}",
        "declare": declare and f"{declare['opens_on']} to {declare['closes_on']}",
        "finish_by": document["finish_by"],
        **{key: document[key] for key in ("needed", "counted", "missing", "surplus", "met")},
        "lines": {
            row["id"]: f"{row['counted']}/{row['needed']}" for row in document["requirements"]
        },
        "allocations": [
            f"{row['activity']} {row['requirement']} {row['amount']}"
            for row in document["allocations"]
        ],
        "not_counted": [
            f"{row['activity']} {row['amount']} {row['reason']}" for row in document["not_counted"]
        ],
        "warnings": [notice.code for notice in verdict.warnings],
    }


def plain(value: Any) -> Any:
    """Numbers and days of a YAML file as the text that JSON has."""
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return (
        str(value)
        if isinstance(value, int | float | date) and not isinstance(value, bool)
        else value
    )


@pytest.mark.parametrize("case", CASES)
def test_the_engine_answers_as_the_case_expects(case: dict[str, Any]) -> None:
    expected = {"not_counted": [], "warnings": [], **plain(case["expect"])}
    answer = found(judged(case))
    assert {key: answer[key] for key in expected} == expected


def test_every_rule_set_reason_and_warning_has_a_case() -> None:
    verdicts = [judged(case.values[0]) for case in CASES]
    judged_by = {
        (verdict.pack.id, verdict.rule_set.renewals_from)
        for verdict in verdicts
        if verdict.rule_set
    }
    assert judged_by == {
        (pack.id, rules.renewals_from) for pack in LIBRARY.all_packs() for rules in pack.rule_sets
    }
    assert {row.reason for verdict in verdicts for row in verdict.not_counted} == set(Reason)
    assert {notice.code for verdict in verdicts for notice in verdict.warnings} == WARNINGS
    assert len(CASES) >= 220


def test_no_two_cases_have_the_same_name() -> None:
    names = [case.id for case in CASES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("case", CASES)
def test_every_amount_of_a_case_is_accounted_for(case: dict[str, Any]) -> None:
    from aliquot.credentials.facts import KINDS

    transcript = read_transcript(transcript_of(case), library=LIBRARY)
    (verdict,) = judge(transcript)
    for activity in transcript.activities:
        given = sum(part.amount for part in activity.parts) * KINDS[activity.kind].factor
        rows = [*verdict.allocations, *verdict.not_counted]
        assert sum(row.amount for row in rows if row.activity == activity.id) == given
    assert sum(row.amount for row in verdict.allocations) == verdict.counted
    if verdict.needed is not None:
        assert verdict.counted + (verdict.missing or 0) == verdict.needed
        assert sum(row.needed or 0 for row in verdict.requirements) == verdict.needed
