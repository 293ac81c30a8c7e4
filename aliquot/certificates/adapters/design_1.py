"""The words around the content in design 1. Frozen with the design: see data/certificate_1.typ."""

import re
from datetime import date
from typing import Any

from aliquot.certificates.facts import Content
from aliquot.lib import dates

LONGEST_TITLE = 180
MASK = 7
DARK = re.compile(b"\x01+")  # one row of the code has a byte for each square


def data_of(content: Content, *, paper: str) -> dict[str, Any]:
    """What the template is given, apart from the pictures."""
    participant = content["participant"]
    return {
        "content": {
            **content,
            "participant": {
                **participant,
                "licenses": [license_line(each) for each in participant["licenses"]],
            },
        },
        "paper": paper,
        "qr": qr_drawing(content["verification_address"]),
        "words": words_of(content),
    }


def license_line(entry: dict[str, str]) -> str:
    """``Florida, technologist: TN 12345``."""
    profession = f", {entry['profession']}" if entry["profession"] else ""
    return f"{entry['state_name']}{profession}: {entry['number']}"


def words_of(content: Content) -> dict[str, Any]:
    """Sentences, dates and text alternatives."""
    provider, title = content["provider"], content["course"]["title"]
    completed = dates.long_date(date.fromisoformat(content["completed_on"]))
    issued = dates.long_date(date.fromisoformat(content["issued_on"]))
    name = content["participant"]["name"]
    details = [line.strip() for line in provider["address"].splitlines() if line.strip()]
    if provider["provider_number"]:
        details.append(f"Provider number {provider['provider_number']}")
    replaces = f" Replaces certificate {content['replaces']}." if content["replaces"] else ""
    notice = f" {content['notice'].strip()}" if content["notice"].strip() else ""
    return {
        "kind": "Certificate of completion",
        "document_title": document_title(title, name),
        "document_description": f"{name} completed {title} on {completed}.",
        "logo": f"Logo of {provider['name']}",
        "signature": f"Signature of {content['administrator']['name']}",
        "qr": f"QR code that leads to {content['verification_address']}",
        "demonstration": "DEMONSTRATION, not a real certificate",
        "completed_on": completed,
        "version": f"Version {content['course']['version']}",
        "provider_details": details,
        "check": "Check that this certificate is genuine:",
        "verification_text": content["verification_address"].partition("://")[2],
        "closing": f"Issued on {issued}.{replaces}{notice}",
    }


def document_title(title: str, name: str) -> str:
    """What a window or a screen reader calls the file; a title that is too long names nothing."""
    whole = f"Certificate of completion: {title}, {name}"
    return (
        whole
        if len(whole) <= LONGEST_TITLE
        else f"Certificate of completion: {title}"[:LONGEST_TITLE]
    )


def qr_drawing(address: str) -> str:
    """The address as a QR code, an SVG drawing without a margin: the paper around is white.

    One of the eight masks for all. A reader undoes any of them; to judge all eight took three
    quarters of the time, and the best was at most a sixth better by the standard's count.
    """
    import segno

    rows = segno.make_qr(address, error="m", mask=MASK).matrix
    path = "".join(
        f"M{run.start()} {y}h{run.end() - run.start()}v1h{run.start() - run.end()}z"
        for y, row in enumerate(rows)
        for run in DARK.finditer(row)
    )
    side = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#1b1628" d="{path}"/></svg>'
    )
