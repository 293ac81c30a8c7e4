"""From verdicts to the plain data of the contract's JSON: amounts as text in the shortest form."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from aliquot.credentials.facts import RequirementVerdict, Verdict
from aliquot.lib.decimals import shortest


def verdict_document(as_of: date, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The whole answer, with the keys of the contract in the contract's order."""
    return {"as_of": as_of.isoformat(), "credentials": [_verdict(verdict) for verdict in verdicts]}


def _verdict(verdict: Verdict) -> dict[str, Any]:
    pack, rules = verdict.pack, verdict.rule_set
    window, declaration = verdict.window, verdict.declaration
    return {
        "id": pack.id,
        "title": pack.title,
        "body": pack.body,
        "confirmed": verdict.confirmed.value,
        "participation": {
            "required": verdict.participation.required,
            "because": verdict.participation.because,
        },
        "rule_set": {
            "renewals_from": _day(rules.renewals_from) if rules else None,
            "sources": [source.id for source in rules.sources] if rules else [],
        },
        "window": window and {"starts_on": _day(window.starts_on), "ends_on": _day(window.ends_on)},
        "declaration": declaration
        and {"opens_on": _day(declaration.opens_on), "closes_on": _day(declaration.closes_on)},
        "finish_by": _day(verdict.finish_by),
        "needed": _amount(verdict.needed),
        "counted": _amount(verdict.counted),
        "missing": _amount(verdict.missing),
        "surplus": _amount(verdict.surplus),
        "met": verdict.met,
        "requirements": [_requirement(row) for row in verdict.requirements],
        "allocations": [
            {
                "activity": row.activity,
                "requirement": row.requirement,
                "amount": _amount(row.amount),
                "because": row.because,
            }
            for row in verdict.allocations
        ],
        "not_counted": [
            {
                "activity": row.activity,
                "amount": _amount(row.amount),
                "reason": row.reason.value,
                "explain": row.explain,
            }
            for row in verdict.not_counted
        ],
        "warnings": [notice.text for notice in verdict.warnings],
    }


def _requirement(row: RequirementVerdict) -> dict[str, Any]:
    return {
        "id": row.id,
        "needed": _amount(row.needed),
        "counted": _amount(row.counted),
        "missing": _amount(row.missing),
        "accepts": "any" if row.accepts is None else list(row.accepts),
    }


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else shortest(amount)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
