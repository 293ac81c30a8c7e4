"""The docs are part of the suite: their links lead somewhere, and they name no place of ours."""

import re
from pathlib import Path

import pytest

from tests.test_architecture import ROOT, tracked

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PAGES = [path for path in tracked("*.md") if "courses/" not in path.relative_to(ROOT).as_posix()]


def broken_links(page: Path, text: str) -> list[str]:
    """Links to files that are not there; pictures are links too."""
    return [
        target
        for target in LINK.findall(text)
        if "://" not in target
        and not target.startswith(("mailto:", "/", "figure:", "term:", "ref:", "page:"))
        and not (page.parent / target).exists()
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_of_the_docs_leads_to_a_file(page: Path) -> None:
    assert broken_links(page, page.read_text(encoding="utf-8")) == []


def test_a_broken_link_is_noticed() -> None:
    assert broken_links(ROOT / "README.md", "[x](docs/nothing.md) [y](docs/operations.md)") == [
        "docs/nothing.md"
    ]
