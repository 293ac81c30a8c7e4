"""What a person reads on a page, and the day on which these tests happen."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from typing import Any

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
ALL = {
    "safety": Decimal(1), "ethics": Decimal(1), "blood_bank": Decimal(2), "chemistry": Decimal(2),
    "hematology": Decimal(2), "microbiology": Decimal(2), "remainder": Decimal(26),
}  # fmt: skip


def words(response: Any) -> str:
    """What a person reads in <main>, spaces folded."""
    page = response.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def heading(response: Any) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", response.content.decode(), re.DOTALL)
    assert found is not None
    return " ".join(unescape(found.group(1)).split())
