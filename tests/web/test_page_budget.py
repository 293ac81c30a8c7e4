"""The page budget of docs/interface.md, in bytes as sent and in requests, never in time.

A cold page takes at most 150 KB in at most 12 requests: 25 KB of HTML (gzip, as nginx sends it), 25
of style sheets and 40 of scripts (Brotli, as they are stored), 60 of fonts. Every font that the
Latin alphabet may need is counted, whether the page uses it or not.
"""

import gzip
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from aliquot.accounts.models import User
from tests.factories.catalog import provider, published_course
from tests.factories.learning import started

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

KB = 1024
BUDGET = {"html": 25 * KB, "css": 25 * KB, "js": 40 * KB, "woff2": 60 * KB}
WHOLE, REQUESTS = 150 * KB, 12
LINK = re.compile(r'(?:href|src)="(/static/[^"]+|/courses/[^"]+/figures/[^"]+)"')
FONT = re.compile(r'url\("\.\./(fonts/(?:(?!-extended)[a-z-])+\.woff2)"\)')
IMPORT = re.compile(r'^import .* from "\.\./([^"]+)";', re.MULTILINE)


@dataclass
class Load:
    """What a browser fetches for a page: sizes as sent, by address."""

    sizes: dict[str, int] = field(default_factory=dict)

    def of(self, kind: str) -> int:
        return sum(size for name, size in self.sizes.items() if name.endswith(f".{kind}"))


@cache
def source(name: str) -> bytes:
    found = finders.find(name)
    assert found, f"the page names {name}, which is not there"
    return Path(found).read_bytes()


@cache
def sent(name: str) -> int:
    """How many bytes of a static file go over the wire."""
    content = source(name)
    return len(content) if name.endswith(".woff2") else len(brotli.compress(content))


def load_of(client: Client, path: str) -> Load:
    """Everything that a first visit to the page fetches."""
    response = client.get(path)
    assert response.status_code == 200
    load = Load({"page.html": len(gzip.compress(response.content, 5))})
    for link in LINK.findall(response.content.decode()):
        name = link.removeprefix("/static/")
        if name == link:  # a figure of the course, once however often it is named
            load.sizes[link] = len(gzip.compress(client.get(link).content, 5))
            continue
        load.sizes[name] = sent(name)
        if name.endswith(".css"):
            base = name.split("/")[0]
            fonts = [f"{base}/{font}" for font in FONT.findall(source(name).decode())]
            load.sizes |= {font: sent(font) for font in fonts}
        if name.endswith(".js"):
            load.sizes |= {other: sent(other) for other in IMPORT.findall(source(name).decode())}
    return load


def over(load: Load) -> list[str]:
    """Each part of the budget that a page exceeds."""
    parts = [kind for kind, most in BUDGET.items() if load.of(kind) > most]
    return parts + (["whole"] if sum(load.sizes.values()) > WHOLE else [])


@pytest.fixture
def learner(rosa: User, now: datetime) -> Client:
    """Rosa in the middle of a course, on a site with some courses."""
    provider()
    for number in range(5):
        published_course(f"SAF-10{number}", title="Chemical Hygiene", pages=1)
    started(rosa, published_course(), now)
    client = Client()
    client.force_login(rosa)
    return client


def test_a_cold_page_keeps_the_budget(learner: Client) -> None:
    visitor = Client()
    pages = {
        "home": (visitor, "/"),
        "catalog": (visitor, "/courses/"),
        "course": (visitor, "/courses/hem-101/"),
        "dashboard": (learner, "/learning/"),
    }
    loads = {name: load_of(*where) for name, where in pages.items()}
    assert {name: over(load) for name, load in loads.items()} == {key: [] for key in pages}
    too_many = {name: len(load.sizes) for name, load in loads.items() if len(load.sizes) > REQUESTS}
    assert too_many == {}
    assert all(load.of("css") and load.of("js") and load.of("woff2") for load in loads.values())


def test_the_player_keeps_the_budget_and_brings_little_that_is_not_there_yet(
    learner: Client,
) -> None:
    """Nobody comes to the player first: what the dashboard brought is kept for ever."""
    dashboard = load_of(learner, "/learning/")
    start = learner.post("/courses/hem-101/start", follow=True)
    player = load_of(learner, start.redirect_chain[-1][0])
    assert over(player) == []
    fresh = player.sizes.keys() - (dashboard.sizes.keys() - {"page.html"})
    assert "web/player.js" in fresh
    assert len(fresh) <= REQUESTS


def test_a_page_beyond_the_budget_would_be_noticed() -> None:
    load = Load({"page.html": 25 * KB, "a.css": 25 * KB, "b.js": 40 * KB + 1, "c.woff2": 60 * KB})
    assert over(load) == ["js", "whole"]
