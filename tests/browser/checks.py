"""What must hold on every screen: nothing for axe to find, no sideways scrolling."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCRIPT = Axe().axe_script
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A bar that stays in view covers half of something at every height: one scrolls, axe does not.
FIND = """async (rules) => {
  const bars = document.querySelectorAll(".tabbar, .masthead--player");
  bars.forEach((bar) => (bar.style.position = "static"));
  const options = { runOnly: rules, resultTypes: ["violations"], reporter: "v2" };
  const { violations } = await axe.run(options);
  bars.forEach((bar) => (bar.style.position = ""));
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target}`));
}"""
PHONE, DESK = 320, 1280
ALL_LOOKS = [(width, scheme) for width in (PHONE, DESK) for scheme in ("light", "dark")]
# Both widths and both schemes in half the looks; the frame is seen in all four by turns.
CROSSED_LOOKS = [[ALL_LOOKS[0], ALL_LOOKS[3]], [ALL_LOOKS[1], ALL_LOOKS[2]]]


def violations(page: Page) -> list[str]:
    """What axe finds, and a page wider than its window, one line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    page.emulate_media(reduced_motion="reduce")  # nothing is read in the middle of a fade
    lines: list[str] = page.evaluate(FIND, RULES)
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        lines.append("wider than the window")
    return lines


def violations_in_looks(page: Page, looks: list[tuple[int, str]]) -> list[str]:
    """What is found on the loaded page at these widths in these schemes, one line each."""
    page.mouse.move(0, 0)  # the pointer rests on nothing: no color of hovering
    lines = []
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        lines += [f"{scheme}, {width} px: {line}" for line in violations(page)]
    return lines
