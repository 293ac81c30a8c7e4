"""Pages as words, and the answers of the form."""

import re
from typing import Any

ANSWERS: dict[str, Any] = {
    "kind": "contact_hours",
    "title": "Blood bank update",
    "provider_name": "State laboratory society",
    "completed_on": "3/12/2026",
    "lines": "1",
    "part_0_amount": "2.5",
    "part_0_areas": ["blood_bank", ""],
    "approved": "some",
    "approvals": ["pace"],
    "course_number": "",
    "agency_number": "",
    "step": "check",
}


def words_of(response: Any) -> str:
    """The main part of a page without its tags."""
    html = response.content.decode()
    inner = html.split("<main", 1)[1].partition(">")[2].split("</main>", 1)[0]
    return " ".join(re.sub(r"<[^>]+>|&nbsp;", " ", inner).split())
