"""The same request many times at once: one effect each, and every copy is answered.

Checkout, submitting a test, the evaluation, logging an activity. Control: the copies of an activity
carry different idempotency keys, as a client without keys would send them.
"""

import argparse
import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from experiments import load, report
from experiments.site import Site, connect_django, site
from tests.web.ledger.reading import ANSWERS
from tests.web.shop.buying import ANSWERS as BUYER

Send = Callable[[int], int]


def main() -> int:
    """Run all kinds on one database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], required=True)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--copies", type=int, default=50)
    options = parser.parse_args()
    rounds, copies = options.rounds, options.copies
    rows = []
    with site(options.database, learners=rounds, courses=1) as place:
        connect_django(place.environment)
        place.start()
        people = place.cast["people"]
        for name, begin, count in (
            ("checkout", checkout, orders),
            ("submit a test", submit, submissions),
            ("evaluation", evaluate, completions),
            ("log an activity", activity, activities),
            ("control: other keys", activity_without_key, activities),
        ):
            before, answers = count(), []
            for person in people:
                send = begin(place, person)
                answers += at_once(send, copies)
            rows.append(
                {
                    "": name,
                    "rounds": rounds,
                    "copies at once": copies,
                    "effects": count() - before,
                    "answered as done": sum(status == 302 for status in answers),
                    "told to wait (409)": sum(status == 409 for status in answers),
                    "other answers": sum(status not in {302, 409} for status in answers),
                }
            )
        place.kill()
    report.write(
        f"duplicates-{options.database}",
        f"Duplicates in parallel, {options.database}",
        "Each round is one person whose request is sent so many times at the same moment, with the "
        "same key. One effect a round is right; the control must have more.",
        rows,
    )
    wrong = any(row["effects"] != rounds for row in rows[:-1])
    return int(wrong or rows[-1]["effects"] <= rounds)


def at_once(send: Send, copies: int) -> list[int]:
    """The statuses of all copies, released together."""
    gate = Barrier(copies)

    def one(number: int) -> int:
        gate.wait()
        return send(number)

    with ThreadPoolExecutor(copies) as pool:
        return list(pool.map(one, range(copies)))


def checkout(place: Site, person: dict[str, Any]) -> Send:
    """A cart with a year in it, its page opened, the button clicked many times."""
    client = load.Client(place, person["session"])
    client.post("/cart/add/", {"product": "unlimited-year"})
    page = client.get("/checkout/")
    fields = {
        **BUYER,
        "step": "pay",
        "key": re.search(r'name="key" value="([^"]*)"', page)[1],  # type: ignore[index]
        "agreed_total": re.search(r'name="agreed_total" value="([^"]*)"', page)[1],  # type: ignore[index]
    }
    return lambda _: client.post("/checkout/", fields).status


def submit(place: Site, person: dict[str, Any]) -> Send:
    """An open test."""
    client = load.Client(place, person["session"])
    enrollment, attempt, _ = person["testing"]
    return lambda _: client.post(f"/learning/{enrollment}/test/{attempt}/submit", {}).status


def evaluate(place: Site, person: dict[str, Any]) -> Send:
    """A course that only wants its evaluation."""
    client = load.Client(place, person["session"])
    path = f"/learning/{person['ready'][0]}/evaluation/"
    return lambda _: client.post(path, load.EVALUATION).status


def activity(place: Site, person: dict[str, Any]) -> Send:
    """One filled-in form."""
    client = load.Client(place, person["session"])
    fields = {
        **ANSWERS,
        "title": f"Activity {uuid.uuid4().hex}",
        "step": "do",
        "idempotency_key": uuid.uuid4().hex,
    }
    return lambda _: client.post("/activities/log/", fields).status


def activity_without_key(place: Site, person: dict[str, Any]) -> Send:
    """The same form, each copy with a key of its own."""
    client = load.Client(place, person["session"])
    fields = {**ANSWERS, "title": f"Activity {uuid.uuid4().hex}", "step": "do"}
    return lambda _: (
        client.post("/activities/log/", {**fields, "idempotency_key": uuid.uuid4().hex}).status
    )


def orders() -> int:
    """Orders and their payments at the gateway; both must be one."""
    from aliquot.commerce.models import FakeCharge, Order

    return max(Order.objects.count(), FakeCharge.objects.count())


def submissions() -> int:
    """Audit rows: one for each submission that took effect."""
    from aliquot.infra.models import AuditEntry

    return AuditEntry.objects.filter(action__in=["attempt.submitted", "test.submitted"]).count()


def completions() -> int:
    """Whatever finishing writes, the most of any kind."""
    from aliquot.certificates.models import Certificate
    from aliquot.infra.models import AuditEntry, OutboxMail
    from aliquot.learning.models import Completion

    return max(
        Completion.objects.count(),
        Certificate.objects.count(),
        AuditEntry.objects.filter(action="course.finished").count(),
        OutboxMail.objects.filter(subject__contains="certificate").count(),
    )


def activities() -> int:
    """Activities in the ledger that people logged."""
    from aliquot.ledger.models import Activity

    return Activity.objects.filter(origin="elsewhere").count()


if __name__ == "__main__":
    raise SystemExit(main())
