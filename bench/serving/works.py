"""What is measured: each work with its goals, and the requests that make one unit of it."""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.serving.client import TOKEN, Connection, Reply, Unit, as_json, request

_SEQUENCE = re.compile(rb'name="sequence\.([a-z0-9-]+)"')
_PASS = re.compile(rb'data-pass="([^"]+)"')
FORM = "application/x-www-form-urlencoded"


class WrongAnswerError(Exception):
    """The site answered something else than it should."""


@dataclass(frozen=True)
class Work:
    """A kind of work. ``must`` and ``aim``: CPU milliseconds of one unit; None: no goal."""

    key: str
    title: str
    must: float | None
    aim: float | None
    units: int  # of one run
    make: Callable[[dict[str, Any]], Iterator[Unit]]
    requests: int = 1  # in one unit
    warm: int = 5  # units before the first that counts, for each process to have seen all of it

    @property
    def first(self) -> int:
        """How many units only warm up."""
        return max(self.units // 5, self.warm)


def asked(connection: Connection, sent: bytes, *statuses: int) -> Reply:
    """The reply, if its status is one of these."""
    reply = connection.ask(sent)
    if reply.status not in (statuses or (200,)):
        words = reply.body[:200].decode(errors="replace")
        raise WrongAnswerError(f"{sent[:80]!r} gave {reply.status} {reply.location} {words}")
    return reply


def _always(sent: bytes) -> Iterator[Unit]:
    def unit(connection: Connection) -> int:
        return asked(connection, sent).size

    return itertools.repeat(unit)


def _path(path: str) -> Callable[[dict[str, Any]], Iterator[Unit]]:
    return lambda prepared: _always(request(path.format(**prepared)))


def _by_readers(path: str) -> Callable[[dict[str, Any]], Iterator[Unit]]:
    """Each reader in turn asks for a page of their own."""

    def make(prepared: dict[str, Any]) -> Iterator[Unit]:
        for reader in itertools.cycle(prepared["readers"]):
            sent = request(path.format(**reader), cookie=reader["session"])
            yield lambda connection, sent=sent: asked(connection, sent).size

    return make


def _verifications(prepared: dict[str, Any]) -> Iterator[Unit]:
    """Each from a network of its own, as strangers come."""
    for number, each in enumerate(itertools.cycle(prepared["certificates"])):
        address = f"10.{number // 65025 % 255}.{number // 255 % 255}.{number % 255}"
        sent = request(f"/v/{each['code']}", address=address)
        yield lambda connection, sent=sent: asked(connection, sent).size


def _papers(prepared: dict[str, Any]) -> Iterator[Unit]:
    for each in itertools.cycle(prepared["certificates"]):
        sent = request(f"/certificates/{each['code']}.pdf", cookie=each["session"])
        yield lambda connection, sent=sent: asked(connection, sent).size


# --- saves ----------------------------------------------------------------------------------------


def _saves(payload: Callable[[dict[str, Any], int], dict[str, Any]]) -> Any:
    """One save after the other, by readers in turn; each knows the newest sequence."""

    def make(prepared: dict[str, Any]) -> Iterator[Unit]:
        for number, reader in enumerate(itertools.cycle(prepared["readers"])):
            body = as_json({**payload(reader, number), "sequence": 10**9})
            path = f"/learning/{reader['enrollment']}/save"
            cookie = f"{reader['session']}; __Host-csrf={TOKEN}"
            sent = request(path, cookie=cookie, body=body, more=reader.get("pass", ""))
            yield lambda connection, sent=sent: asked(connection, sent).size

    return make


def _bookmark(reader: dict[str, Any], number: int) -> dict[str, Any]:
    anchors = reader["anchors"]
    anchor = anchors[(number // 40) % len(anchors)]
    return {"name": "bookmark", "page": reader["page"], "anchor": anchor}


def _answer(reader: dict[str, Any], number: int) -> dict[str, Any]:
    answers = reader["answers"]
    return {
        "name": f"answer:{reader['question']}", "answer": answers[(number // 40) % len(answers)]
    }  # fmt: skip


# --- longer stories -------------------------------------------------------------------------------


def _attempts(prepared: dict[str, Any]) -> Iterator[Unit]:
    """Start, show, ten saves, submit, results: by somebody who never took the test."""
    while prepared["takers"]:
        taker = prepared["takers"].pop()
        yield lambda connection, taker=taker: _take_test(connection, taker, prepared["right"])


def _take_test(connection: Connection, taker: dict[str, Any], right: dict[str, Any]) -> int:
    session = taker["session"]

    def post(path: str, body: bytes, *statuses: int, kind: str = FORM) -> Reply:
        sent = request(path, cookie=session, body=body, content_type=kind)
        return asked(connection, sent, *statuses)

    started = post(f"/learning/{taker['enrollment']}/test/", b"", 302)
    path = urlsplit(started.location).path
    shown = asked(connection, request(path, cookie=session))
    size = started.size + shown.size
    found = _PASS.search(shown.body)
    given = f"X-Save-Pass: {found[1].decode()}" if found else ""
    keys = [key.decode() for key in _SEQUENCE.findall(shown.body)]
    for key in keys:
        body = as_json({"name": key, "answer": right[key], "sequence": 0})
        sent = request(f"{path}answer", cookie=session, body=body, more=given)
        size += asked(connection, sent).size
    submitted = post(f"{path}submit", b"", 302)
    results = asked(connection, request(urlsplit(submitted.location).path, cookie=session))
    return size + submitted.size + results.size


def _finishes(prepared: dict[str, Any]) -> Iterator[Unit]:
    """The evaluation of somebody who has passed: completion, credit, certificate, mail."""
    while prepared["finishers"]:
        each = prepared["finishers"].pop()
        sent = request(
            f"/learning/{each['enrollment']}/evaluation/", cookie=each["session"],
            body=urlencode(each["form"]).encode(), content_type=FORM,
        )  # fmt: skip
        yield lambda connection, sent=sent: asked(connection, sent, 302).size


WORKS = (
    Work("home", "Home, anonymous, warm", 2, 1.5, 800, _path("/")),
    Work("catalog", "Catalog, anonymous, warm", 2, 1.5, 800, _path("/courses/")),
    Work("course", "Course page, anonymous, warm", 2, 1.5, 800, _path("/courses/{course}/")),
    Work("home_miss", "Home, on a miss", 15, 8, 300, _path("/?miss")),
    Work("catalog_miss", "Catalog, on a miss", 15, 8, 300, _path("/courses/?miss")),
    Work("course_miss", "Course page, on a miss", 15, 8, 300, _path("/courses/{course}/?miss")),
    Work("search", "Search with a typo", 10, 4, 300, _path("/courses/?q=hematolgy+patern")),
    Work("verify", "Verification of a certificate", 15, 8, 300, _verifications),
    Work("dashboard", "Dashboard with standing", 10, 4, 300, _by_readers("/learning/")),
    Work("player", "Player page", 10, 4, 300,
         _by_readers("/learning/{enrollment}/pages/{page}/")),
    Work("bookmark", "Bookmark save", 4, 1.5, 600, _saves(_bookmark)),
    Work("answer", "Answer save", 4, 1.5, 600, _saves(_answer)),
    Work("attempt", "Ten-question attempt", 60, 30, 12, _attempts, requests=14, warm=20),
    Work("finish", "Finish a course", 25, 10, 30, _finishes),
    Work("pdf", "Certificate PDF with QR code", 15, 8, 100, _papers),
)  # fmt: skip
