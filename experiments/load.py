"""Learners who act over HTTP, and a log outside of the server of what was acknowledged to them."""

import http.client
import json
import random
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from experiments.site import Site
from tests.web.ledger.reading import ANSWERS

CSRF = "experiment" * 3 + "ab"
EVALUATION = {
    "objective_choose-area": "met", "objective_count-cells": "partly", "author": "5",
    "content": "4", "methods": "4", "facilities": "5", "experience": "3", "bias": "no",
    "bias_noted": "", "minutes": "75", "comment": "",
}  # fmt: skip


@dataclass
class Acknowledged:
    """What was acknowledged: written to a file at once, kept by kind for the comparison."""

    path: Path
    rows: list[tuple[str, Any]] = field(default_factory=list)
    unanswered: int = 0
    refused: int = 0
    slowest: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, what: Any) -> None:
        """An answer came: this must never be lost from now on."""
        with self.lock, self.path.open("a") as log:
            log.write(json.dumps([kind, what]) + "\n")
            self.rows.append((kind, what))


class Client:
    """One learner's browser."""

    def __init__(self, site: Site, session: str) -> None:
        self.port, self.cookie = site.port, f"session={session}; csrf={CSRF}"

    def post(
        self, path: str, body: Any, *, timeout: float = 60, headers: dict[str, str] | None = None
    ) -> http.client.HTTPResponse:
        """One POST on a connection of its own; the body of the answer is read."""
        is_form = not isinstance(body, str)
        kind = "application/x-www-form-urlencoded" if is_form else "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(
                "POST", path, urlencode(body, doseq=True) if is_form else body,
                {"Content-Type": kind, "Cookie": self.cookie, "X-CSRFToken": CSRF,
                 "Host": "localhost", **(headers or {})},
            )  # fmt: skip
            response = connection.getresponse()
            response.text = response.read().decode(errors="replace")  # type: ignore[attr-defined]
            return response
        finally:
            connection.close()

    def get(self, path: str) -> str:
        """A page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers={"Cookie": self.cookie, "Host": "localhost"})
            return connection.getresponse().read().decode()
        finally:
            connection.close()


class Learner(threading.Thread):
    """Saves places and answers, logs activities, finishes courses, until told to stop."""

    def __init__(self, site: Site, number: int, log: Acknowledged, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.me, self.pages = site.cast["people"][number], site.cast["pages"]
        self.client = Client(site, self.me["session"])
        self.log, self.stop_event = log, stop
        self.chance = random.Random(time.time_ns() + number)

    def run(self) -> None:
        """One act after the other; a dead server is asked again."""
        acts = [self.bookmark, self.bookmark, self.answer, self.activity]
        while not self.stop_event.is_set():
            act = self.finish if self.me["ready"] and self.chance.random() < 0.1 else None
            began = time.monotonic()
            try:
                (act or self.chance.choice(acts))()
                self.log.slowest = max(self.log.slowest, time.monotonic() - began)
            except (OSError, http.client.HTTPException):
                self.log.unanswered += 1
                self.stop_event.wait(0.05)

    def bookmark(self) -> None:
        """The place to resume; the server's number of the save is what was acknowledged."""
        page = self.chance.choice(self.pages)
        body = {"name": "bookmark", "page": page["slug"], "anchor": "", "sequence": 10**9}
        response = self.client.post(f"/learning/{self.me['reading']}/save", json.dumps(body))
        if response.status == 200:
            self.log.note("bookmark", [self.me["reading"], json.loads(response.text)["sequence"]])
        else:
            self.log.refused += 1

    def answer(self) -> None:
        """One answer of an open test."""
        enrollment, attempt, keys = self.me["testing"]
        key, right = self.chance.choice(keys)
        given = str(self.chance.randrange(10**6)) if right is None else right
        body = {"name": key, "answer": given, "sequence": 10**9}
        response = self.client.post(
            f"/learning/{enrollment}/test/{attempt}/answer", json.dumps(body)
        )
        if response.status == 200:
            number = json.loads(response.text)["sequence"]
            self.log.note("answer", [attempt, key, number])
        else:
            self.log.refused += 1

    def activity(self) -> None:
        """An activity from elsewhere: a row of the ledger, with an audit row."""
        title = f"Activity {uuid.uuid4().hex}"
        fields = {**ANSWERS, "title": title, "step": "do", "idempotency_key": uuid.uuid4().hex}
        self.expect_redirect("activity", title, self.client.post("/activities/log/", fields))

    def finish(self) -> None:
        """Evaluation, completion, credit, certificate and mail in one."""
        enrollment = self.me["ready"][0]
        response = self.client.post(f"/learning/{enrollment}/evaluation/", EVALUATION)
        if self.expect_redirect("finish", enrollment, response):
            self.me["ready"].pop(0)

    def expect_redirect(self, kind: str, what: Any, response: http.client.HTTPResponse) -> bool:
        """A redirect is the acknowledgement of a form, unless it leads to signing in."""
        target = response.getheader("Location", "")
        if response.status == 302 and not target.startswith("/account/"):
            self.log.note(kind, what)
            return True
        self.log.refused += 1
        return False


def lost(rows: list[tuple[str, Any]], *, with_totals: bool = True) -> list[str]:
    """Which of the acknowledged are not in the database; needs ``connect_django``."""
    from django.db import connection

    from aliquot.assessment.models import Response
    from aliquot.infra.models import AuditEntry, OutboxMail
    from aliquot.learning.models import Bookmark, Completion
    from aliquot.ledger.models import Activity, CreditEntry

    connection.close()
    places = dict(Bookmark.objects.values_list("enrollment_id", "sequence"))
    answers = {
        (attempt, key): number
        for attempt, key, number in Response.objects.values_list(
            "attempt_id", "question_key", "sequence"
        )
    }
    credited = CreditEntry.objects.values_list("activity_id", flat=True)
    titles = set(Activity.objects.filter(pk__in=credited).values_list("title", flat=True))
    finished = dict(Completion.objects.values_list("enrollment_id", "pk"))
    there: dict[str, Callable[[Any], bool]] = {
        "bookmark": lambda what: places.get(what[0], -1) >= what[1],
        "answer": lambda what: answers.get((what[0], what[1]), -1) >= what[2],
        "activity": titles.__contains__,
        "finish": finished.__contains__,
    }
    gone = [f"{kind} {what}" for kind, what in rows if not there[kind](what)]
    count = len(finished)
    for name, other in with_totals * (
        ("audit rows of finishes", AuditEntry.objects.filter(action="course.finished").count()),
        ("mails of finishes", OutboxMail.objects.filter(subject__contains="certificate").count()),
    ):
        if other != count:
            gone.append(f"{count} completions, {other} {name}")
    connection.close()
    return gone
