"""The pictures of the README, taken from a fresh demo: ``make screenshots``."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.browser.site import Site, running_copy, set_up_demo

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
ROSA = "rosa@example.org"
MARCUS = "marcus@example.org"  # he finished a course with his year
PASSWORD = "measured portions"


def device(browser: Browser, site: Site, *, width: int, height: int) -> Page:
    """A device with nobody signed in."""
    context = browser.new_context(
        base_url=site.url,
        viewport={"width": width, "height": height},
        locale="en-US",
        timezone_id="America/New_York",
        reduced_motion="reduce",
    )
    return context.new_page()


def sign_in(page: Page, address: str) -> None:
    """Sign in as a member of the demo's cast."""
    page.goto("/account/login/")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main form.form button.button").first.click()
    page.wait_for_url("**/learning/")


def take(page: Page, address: str, name: str) -> None:
    """Open an address and keep what the window shows."""
    page.goto(address, wait_until="networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")


def take_certificate(page: Page) -> None:
    """Draw the first page of a real certificate."""
    page.goto("/certificates/")
    href = page.locator("a[href$='.pdf']").first.get_attribute("href")
    pdf = page.context.request.get(str(href)).body()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "certificate.pdf"
        file.write_bytes(pdf)
        page.goto("about:blank")
        draw(file, FOLDER / "certificate.png")


def draw(pdf: Path, picture: Path) -> None:
    """The first page of a PDF as a picture."""
    import pymupdf

    with pymupdf.open(pdf) as document:
        document[0].get_pixmap(dpi=96).save(picture)


@contextmanager
def demo(folder: Path) -> Iterator[Site]:
    """The demo as ``make run`` shows it."""
    set_up_demo(folder)
    with running_copy(folder) as site:
        yield site


def main() -> None:
    """Make all pictures anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        demo(Path(folder)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        visitor = device(browser, site, width=1280, height=960)
        take(visitor, "/", "home")
        take(visitor, "/courses/", "catalog")
        take(visitor, "/courses/peripheral-blood-smear/", "course")
        take(visitor, "/for/ascp-mls/", "for-ascp-mls")
        take(visitor, "/pricing/", "pricing")
        rosa = device(browser, site, width=1280, height=960)
        sign_in(rosa, ROSA)
        take(rosa, "/learning/", "my-learning")
        take(rosa, "/learning/2/", "player")
        take(rosa, "/credentials/1/", "my-credentials")
        take_certificate(rosa)
        marcus = device(browser, site, width=1280, height=960)
        sign_in(marcus, MARCUS)
        marcus.goto("/orders/")
        order = marcus.get_by_role("link", name="Unlimited access for a year").get_attribute("href")
        take(marcus, f"{order}refund/", "refund-meter")
        phone = device(browser, site, width=390, height=844)
        sign_in(phone, ROSA)
        take(phone, "/credentials/1/", "phone")
        browser.close()
    if shutil.which("pngquant"):
        files = sorted(str(file) for file in FOLDER.glob("*.png"))
        subprocess.run(["pngquant", "--force", "--ext", ".png", *files], check=False)


if __name__ == "__main__":
    main()
