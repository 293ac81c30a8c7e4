"""Chromium and a running demo site, one of each per test process."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.site import Site, running_copy, set_up_demo
from tests.browser.stage import Staged, set_stage, staged_on
from tests.infra.own_site import alone

# The shell without windows draws the same with half the work; where it is not there, the whole one.
CHROMIUM = (
    os.environ.get("CHROMIUM")
    or shutil.which("chromium-headless-shell")
    or shutil.which("chromium")
    or "/usr/bin/chromium"
)
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PATIENCE = 15_000  # milliseconds; no test measures time, and two cores may have much else to do
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test, and may be slow."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The demo with its stage set, served. The first process of a run sets it up for all."""
    with alone():
        template = Path(os.environ["ALIQUOT_TEST_RUN"], "demo")
        if not template.exists():
            begun = template.with_name("demo-begun")
            set_up_demo(begun)
            set_stage(begun)
            begun.rename(template)
    with running_copy(template) as running:
        yield running


@pytest.fixture(scope="session")
def staged(site: Site) -> Staged:
    """People in every state of a course, signed in already."""
    return staged_on(site)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        # The driver runs an event loop in this thread; nothing here touches Django's ORM.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def device(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Makes a device: a page in a context of its own, with what the test asks of it.

    Any console error, failed resource or policy report fails the test.
    """
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def make(
        *, width: int = 1280, height: int = 900, base_url: str = site.url, **options: Any
    ) -> Page:
        context = chromium.new_context(
            base_url=base_url,
            viewport={"width": width, "height": height},
            locale="en-US",
            timezone_id="America/New_York",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"script error: {error}"))
        page.on(
            "console",
            lambda message: (
                troubles.append(f"{message.text} at {message.location}")
                if "Content Security Policy" in message.text
                else None
            ),
        )
        page.on(
            "request",
            lambda request: (
                troubles.append(f"policy report: {request.post_data}")
                if request.url.endswith("/csp-report")
                else None
            ),
        )
        return page

    yield make
    for context in contexts:
        context.close()
    assert troubles == []
