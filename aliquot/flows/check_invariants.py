"""What must always be true of the data, all rooms together: I1 to I12 (docs/reliability.md).

Read-only but for ``check_and_tell``, which notes what was found and tells the operators.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any

from aliquot.accounts.queries import administrators
from aliquot.assessment import queries as assessment
from aliquot.certificates import queries as certificates
from aliquot.commerce import queries as commerce
from aliquot.flows.compare_rooms import comparing_checks
from aliquot.infra import clock, invariants, outbox, seals
from aliquot.infra.models import UpkeepRun
from aliquot.infra.upkeep_runs import note_run
from aliquot.learning import queries as learning
from aliquot.ledger import queries as ledger
from aliquot.lib.errors import in_one_line
from aliquot.lib.invariants import Check

PROMISES = {
    "I1": "an acknowledged write is in the database after any crash",
    "I2": "captured less refunded is paid; a paid line gave access once",
    "I3": "one live completion per enrollment, never changed",
    "I4": "the credit ledger only grows; a balance is the sum of its entries",
    "I5": "a certificate is what was issued, its code names one record",
    "I6": "a test is submitted once, its score comes out again",
    "I7": "a bookmark never moves completion backwards",
    "I8": "an event of a gateway is kept as it came and acts at most once",
    "I9": "a mail owed is a row, written with its cause, and is delivered",
    "I10": "the audit seals verify, and every deed has one row",
    "I11": "a stored file is there with its bytes",
    "I12": "what people were told is what is stored",
}
GUARDED = {  # a room's tables, and what their triggers and constraints hold up
    "accounts": "I1",
    "commerce": "I2",
    "learning": "I3",
    "ledger": "I4",
    "certificates": "I5",
    "catalog": "I6",
    "assessment": "I6",
    "infra": "I10",
    "credentials": "I12",
}
KEPT_SENTENCES = 20  # of each invariant, in the note and in the mail


@dataclass(frozen=True, slots=True)
class Examined:
    """One invariant: how many of what were looked at, and what is broken, read as it is asked."""

    name: str
    promise: str
    counted: dict[str, int]
    broken: Iterator[str]


def examined(*, now: datetime, trusted_head: str = "") -> Iterator[Examined]:
    """Each invariant in turn; its violations must be read before the next one is asked for.

    ``trusted_head`` is a head of the audit chain kept elsewhere. Nothing is held in memory.
    """
    every = checks(now=now, trusted_head=trusted_head)
    for name, promise in PROMISES.items():
        own = [check for check in every if check.invariant == name]
        counted: dict[str, int] = {}
        for check in own:
            counted[check.what] = counted.get(check.what, 0) + check.counted()
        yield Examined(name, promise, counted, chain.from_iterable(map(_broken, own)))


def check_and_tell(*, now: datetime) -> UpkeepRun:
    """Check everything, note what was found, and mail the administrators if anything is broken."""
    report = [_noted(each) for each in examined(now=now)]
    broken = [each for each in report if each["violations"]]
    run = note_run(
        kind=UpkeepRun.Kind.CHECK,
        began_at=now,
        ended_at=clock.now(),
        is_good=not broken,
        report={"invariants": report, "audit_head": seals.head()},
    )
    if broken and (to := administrators()):
        outbox.send_template(
            to=[person.email for person in to],
            template="infra/mail/invariants_broken",
            context={"broken": broken, "count": sum(each["violations"] for each in broken)},
        )
    return run


def checks(*, now: datetime, trusted_head: str = "") -> list[Check]:
    """The checks of all rooms, in no order."""
    return [
        *invariants.invariant_checks(now=now, trusted_head=trusted_head),
        *(invariants.guard_checks(room, name) for room, name in GUARDED.items()),
        *commerce.invariant_checks(now=now),
        *learning.invariant_checks(),
        *ledger.invariant_checks(),
        *certificates.invariant_checks(),
        *assessment.invariant_checks(),
        *comparing_checks(now=now),
    ]


def _broken(check: Check) -> Iterator[str]:
    """What a check finds; one that stumbles over a damaged row says so, and the others go on."""
    try:
        yield from check.broken()
    except Exception as error:  # noqa: BLE001 (whatever damage does to a check is a finding)
        words = in_one_line(error)
        yield f"The {check.what} could not be checked to their end: {type(error).__name__}: {words}"


def _noted(each: Examined) -> dict[str, Any]:
    first = list(islice(each.broken, KEPT_SENTENCES))
    return {
        "name": each.name,
        "promise": each.promise,
        "counted": each.counted,
        "violations": len(first) + _count(each.broken),
        "first": first,
    }


def _count(sentences: Iterable[str]) -> int:
    return sum(1 for _ in sentences)
