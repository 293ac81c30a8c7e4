"""From a snapshot of a cycle to the contract's transcript: judged again, it gives the same verdict.

The rules are those that ship: where they changed since, the answer may be another one.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def transcript_document(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The transcript as plain data, with one credential."""
    activities = [_activity(row) for row in snapshot["activities"]]
    latest = max((row["completed_on"] for row in activities), default="")
    return {
        "as_of": max(snapshot["as_of"], latest),
        "credentials": [_credential(snapshot)],
        "activities": activities,
        "pins": _pins(snapshot),
    }


def _credential(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    held = {name: value for name, value in snapshot["held"].items() if value}
    return {"id": snapshot["credential"]["id"], **held}


def _activity(row: Mapping[str, Any]) -> dict[str, Any]:
    parts = row["parts"]
    known = {name: row[name] for name in ("id", "title", "provider", "completed_on", "kind")}
    approvals = {} if row["approvals"] is None else {"approvals": row["approvals"]}
    return {**known, **approvals, **(parts[0] if len(parts) == 1 else {"parts": parts})}


def _pins(snapshot: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The pins that hold: the contract calls one that does not an error."""
    counted = {
        (row["activity"], row["requirement"]): Decimal(row["amount"])
        for row in snapshot["verdict"]["allocations"]
    }
    largest: dict[tuple[str, str], dict[str, Any]] = {}
    for pin in snapshot["pins"]:
        key = (pin["activity"], pin["requirement"])
        amount = Decimal(pin["amount"])
        if amount > counted.get(key, Decimal(0)):
            continue
        if key not in largest or amount > Decimal(largest[key]["amount"]):
            largest[key] = {"credential": snapshot["credential"]["id"], **pin}
    return list(largest.values())
