"""``aliquot check-invariants``: what must always be true of the data, I1 to I12."""

import argparse
import json
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from django.db import connection

from aliquot.flows.check_invariants import Examined, examined
from aliquot.infra import clock, seals, upkeep

_HOLDS, _BROKEN = "holds", "BROKEN"


def run(argv: Sequence[str]) -> int:
    """Check what must always be true of the data: a line for each invariant with what was counted,
    then every violation; exit 1 if there is any.
    """
    parser = argparse.ArgumentParser(prog="aliquot check-invariants", description=run.__doc__)
    parser.add_argument(
        "--trusted-head",
        default="",
        metavar="HASH",
        help="a head of the audit chain kept elsewhere, which the chain must still contain",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_args(argv)
    connection.ensure_connection()
    upkeep.refuse_without_migrations()
    found = examined(now=clock.now(), trusted_head=options.trusted_head)
    return _as_json(found) if options.json else _as_text(found)


def _as_text(found: Iterator[Examined]) -> int:
    violations = broken = 0
    for each in found:
        first = next(each.broken, None)  # the line says at its beginning whether there is any
        verdict = _HOLDS if first is None else _BROKEN
        print(f"{each.name:<4}{verdict:<7}{each.promise} ({_counts(each)})", flush=True)
        if first is None:
            continue
        broken += 1
        for sentence in chain([first], each.broken):
            violations += 1
            print(f"      {sentence}")
    if violations:
        print(f"{broken} of 12 invariants are broken: {_number(violations, 'violation')}.")
        return 1
    print(f"All 12 invariants hold. Head of the audit chain: {seals.head()}")
    return 0


def _as_json(found: Iterator[Examined]) -> int:
    """A line for each violation, then one for its invariant; the last is for the whole."""
    total = 0
    for each in found:
        violations = 0
        for sentence in each.broken:
            violations += 1
            _print(invariant=each.name, violation=sentence)
        total += violations
        _print(
            invariant=each.name,
            holds=not violations,
            promise=each.promise,
            counted=each.counted,
            violations=violations,
        )
    _print(holds=not total, violations=total, audit_head=seals.head())
    return 1 if total else 0


def _print(**fields: Any) -> None:
    print(json.dumps(fields, ensure_ascii=False), flush=True)


def _counts(each: Examined) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in each.counted.items())


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
