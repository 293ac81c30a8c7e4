"""What must hold on every screen: nothing for axe to find, no sideways scrolling."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What can differ between light and dark; all other rules look at structure.
COLORS = ["color-contrast", "link-in-text-block"]
PHONE, DESK = 320, 1280
# A change of the scheme fades colors; what is read is where they end.
END_FADES = """() => document.getAnimations()
  .filter((animation) => animation instanceof CSSTransition)
  .forEach((animation) => animation.finish())"""


def violations(page: Page, *, colors_only: bool = False) -> list[str]:
    """What axe finds, and a page wider than its window, one line each."""
    wanted = {"type": "rule", "values": COLORS} if colors_only else {"type": "tag", "values": RULES}
    options = {"runOnly": wanted, "resultTypes": ["violations"]}
    found = AXE.run(page, options=options).response["violations"]
    lines = [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        lines.append("wider than the window")
    return lines


def violations_in_every_look(page: Page) -> list[str]:
    """What is found on the loaded page on a phone and at a desk, light and dark, one line each."""
    page.mouse.move(0, 0)  # the pointer rests on nothing: no color of hovering, or on the way to it
    lines = []
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.evaluate(END_FADES)
            found = violations(page, colors_only=scheme == "dark")
            lines += [f"{scheme}, {width} px: {line}" for line in found]
    return lines
