"""What must hold on every screen: nothing for axe to find, no sideways scrolling, one heading."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What can differ between light and dark; all other rules look at structure.
COLORS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def violations(page: Page, *, colors_only: bool = False) -> list[str]:
    """What axe finds, and a page wider than its window, one line each."""
    options = COLORS if colors_only else {"runOnly": RULES}
    found = AXE.run(page, options=options).response["violations"]
    lines = [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        lines.append("wider than the window")
    return lines
