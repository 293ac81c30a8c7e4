"""Reading the tables of a page of docs/rules."""

from pathlib import Path

RULES = Path(__file__).resolve().parents[2] / "docs/rules"


def rows(page: str, *headings: str) -> list[list[str]]:
    """The rows of the page's table whose first columns have these headings."""
    start = "| " + " | ".join(headings) + " |"
    lines = (RULES / page).read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(start))
    found = []
    for line in lines[first + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found
