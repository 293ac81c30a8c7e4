"""The mail server is gone, then silent, then back: learning goes on, and no mail is lost.

Control: mail sent while the person waits, without the outbox.
"""

import argparse
import threading
import time
from collections import Counter
from contextlib import ExitStack
from typing import Any

from experiments import load, report
from experiments.site import Site, connect_django, site
from tests.infra.smtp_server import Handler, MailServer, ThreadedServer
from tests.ports import free_port

LEARNERS = 6
RECOVERY_SECONDS, PHASES = 300, 4


def main() -> int:
    """Run the phases, then the control."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], required=True)
    parser.add_argument("--seconds", type=int, default=60, help="of each phase")
    parser.add_argument("--courses", type=int, default=20, help="to finish, for each learner")
    options = parser.parse_args()
    port = free_port()
    url = {"ALIQUOT_MAIL_URL": f"smtp://127.0.0.1:{port}?starttls=off"}
    rows: list[dict[str, Any]] = []
    with (
        ExitStack() as stack,
        site(options.database, learners=LEARNERS, courses=options.courses, **url) as place,
    ):
        connect_django(place.environment)
        for person in place.cast["people"]:
            person["courses"] = [person["ready"][first::PHASES] for first in range(PHASES)]
        place.start()
        rows.append(phase(place, "nobody listens", options.seconds))
        state = MailServer(port=port, silent=True)
        ThreadedServer.allow_reuse_address = True
        server = stack.enter_context(ThreadedServer(("127.0.0.1", port), Handler))
        server.state = state  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        stack.callback(server.shutdown)
        rows.append(phase(place, "takes connections, says nothing", options.seconds))
        state.silent = False
        rows.append(phase(place, "back again", options.seconds))
        delivered = wait_for_mail(state)
        place.kill()
        state.silent = True
        place.start(DJANGO_SETTINGS_MODULE="experiments.direct_mail_settings")
        rows.append(phase(place, "control: silent, and no outbox", options.seconds))
        place.kill()
    report.write(
        f"mail-server-{options.database}",
        f"A slow and a dead mail server, {options.database}",
        f"{LEARNERS} learners act over HTTP; finishing a course owes a mail. After the mail "
        f"server came back: {delivered}.",
        rows,
    )
    finished = [row["courses finished"] for row in rows]
    return int(not all(finished[:3]) or finished[3] > 0 or "0 lost" not in delivered)


def phase(place: Site, name: str, seconds: int) -> dict[str, Any]:
    """Learners act for so long; each phase has its own courses to finish."""
    for person in place.cast["people"]:
        person["ready"] = person["courses"].pop()
    log = load.Acknowledged(place.folder / f"{len(name)}.log")
    stop = threading.Event()
    crowd = [load.Learner(place, number, log, stop) for number in range(LEARNERS)]
    for learner in crowd:
        learner.start()
    stop.wait(seconds)
    stop.set()
    for learner in crowd:
        learner.join()
    kinds = Counter(kind for kind, _ in log.rows)
    return {
        "the mail server": name,
        "seconds": seconds,
        "acts acknowledged": f"{len(log.rows):,}",
        "courses finished": kinds["finish"],
        "refused or unanswered": log.refused + log.unanswered,
        "slowest act": f"{log.slowest:.1f} s",
        "acknowledged, then lost": len(load.lost(log.rows, with_totals=False)),
    }


def wait_for_mail(state: MailServer) -> str:
    """Until nothing is owed; what arrived beside what was owed."""
    from django.db import connection

    from aliquot.infra.models import OutboxMail

    began = time.monotonic()
    while OutboxMail.objects.filter(sent_at=None, given_up_at=None).exists():
        if time.monotonic() - began > RECOVERY_SECONDS:
            break
        time.sleep(1)
    with state.lock:
        arrived = {str(message["Message-ID"]) for message in state.received}
        copies = len(state.received)
    owed = OutboxMail.objects.count()
    connection.close()
    return (
        f"{owed} mails were owed, {len(arrived)} arrived ({copies} copies), "
        f"{owed - len(arrived)} lost, the last {time.monotonic() - began:.0f} s after the load"
    )


if __name__ == "__main__":
    raise SystemExit(main())
