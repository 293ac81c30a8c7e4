"""Credit as activities and courses state it: amount and areas or parts, and approvals."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from aliquot.catalog import data as catalog
from aliquot.credentials.facts import Part
from aliquot.interop.transcript.values import Path, Problems

CREDIT_KEYS = ("approvals", "amount", "areas", "parts")


def approvals_of(
    problems: Problems, members: Mapping[str, Any], path: Path
) -> frozenset[str] | None:
    """The approvals; None where they are not given: unknown."""
    if "approvals" not in members:
        return None
    at = (*path, "approvals")
    return frozenset(problems.words(members["approvals"], at, catalog.approvals()))


def parts_of(problems: Problems, members: Mapping[str, Any], path: Path) -> tuple[Part, ...]:
    """The provider's parts, or the one part that amount and areas make."""
    if "parts" not in members:
        for key in ("amount", "areas"):
            if key not in members:
                problems.note((*path, key), "is missing", "amount and areas, or parts")
    part = _part_of(problems, members, path)
    if "parts" not in members:
        return () if part is None else (part,)
    at = (*path, "parts")
    if "amount" in members or "areas" in members:
        what = "stands beside amount or areas"
        problems.note(at, what, "either parts, or amount and areas")
    if members["parts"] == []:
        problems.note(at, "is empty", "one part or more")
    return problems.each(members["parts"], at, lambda value, to: _part(problems, value, to))


def _part(problems: Problems, value: Any, path: Path) -> Part | None:
    members = problems.members(value, path, required=("amount", "areas"))
    return None if members is None else _part_of(problems, members, path)


def _part_of(problems: Problems, members: Mapping[str, Any], path: Path) -> Part | None:
    """Amount and areas; a missing one was noted before."""
    amount: Decimal | None = None
    areas: tuple[str, ...] = ()
    if "amount" in members:
        amount = problems.amount(members["amount"], (*path, "amount"))
    if "areas" in members:
        at = (*path, "areas")
        if members["areas"] == []:
            problems.note(at, "is empty", "one area or more")
        areas = problems.words(members["areas"], at, catalog.areas())
    return None if amount is None or not areas else Part(amount, areas)
