"""A worker dies between the effect and its answer, or in the middle of its work; clients retry.

With the same key the retry succeeds within 60 seconds and there is one effect. Control: the client
retries with another key.
"""

import argparse
import http.client
import time
import uuid
from typing import Any

from experiments import load, report
from experiments.dying import HEADER
from experiments.site import connect_django, site
from tests.web.ledger.reading import ANSWERS

WITHIN_SECONDS = 60
SLACK_SECONDS = 5  # a poll, and a worker that is started anew


def main() -> int:
    """Crash at both points, and the control."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], required=True)
    parser.add_argument("--crashes", type=int, default=50)
    parser.add_argument("--crashes-at-work", type=int, default=10, help="each may wait for a lease")
    options = parser.parse_args()
    rows = []
    with site(options.database, learners=1, courses=1) as place:
        connect_django(place.environment)
        place.start(DJANGO_SETTINGS_MODULE="experiments.dying_settings")
        client = load.Client(place, place.cast["people"][0]["session"])
        for name, wish, crashes, is_same in (
            ("after the commit, before the answer", "answer", options.crashes, True),
            ("in the middle of the work", "work", options.crashes_at_work, True),
            ("control: retried with another key", "answer", options.crashes, False),
        ):
            rows.append(trial(client, name, wish, crashes, is_same=is_same))
        place.kill()
    report.write(
        f"crash-before-answer-{options.database}",
        f"A worker dies before its answer, {options.database}",
        "An activity is logged; the worker that does it is killed (SIGKILL) at the point named; "
        "the client sends the same form again until it is answered.",
        rows,
    )
    good = [row["effects"] == row["crashes"] and row["all answered in time"] for row in rows[:2]]
    return int(not all(good) or rows[2]["effects"] <= rows[2]["crashes"])


def trial(
    client: load.Client, name: str, wish: str, crashes: int, *, is_same: bool
) -> dict[str, Any]:
    """So many crashes, one after the other; then every retry until it is answered."""
    before, sent = activities(), []
    for _ in range(crashes):
        fields = {
            **ANSWERS,
            "title": f"Activity {uuid.uuid4().hex}",
            "step": "do",
            "idempotency_key": uuid.uuid4().hex,
        }
        try:
            client.post("/activities/log/", fields, headers={HEADER: wish})
            raise RuntimeError("The worker did not die.")
        except (OSError, http.client.HTTPException):
            sent.append((time.monotonic(), fields))
    waits = []
    for began, fields in sent:
        if not is_same:
            fields["idempotency_key"] = uuid.uuid4().hex
        waits.append(answered(client, fields) - began)
    return {
        "": name,
        "crashes": crashes,
        "effects": activities() - before,
        "longest wait for the answer": f"{max(waits):.1f} s",
        "all answered in time": max(waits) <= WITHIN_SECONDS + SLACK_SECONDS,
    }


def answered(client: load.Client, fields: dict[str, Any]) -> float:
    """Send until it is done; when that was."""
    while True:
        try:
            if client.post("/activities/log/", fields).status == 302:
                return time.monotonic()
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.5)


def activities() -> int:
    """Activities in the ledger."""
    from aliquot.ledger.models import Activity

    return Activity.objects.count()


if __name__ == "__main__":
    raise SystemExit(main())
