"""Certificates and transcripts as PDF: chooses the design, fetches pictures, asks the engine."""

import logging
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from aliquot.certificates.adapters import design_1, transcript_words
from aliquot.certificates.facts import Content, IssuerFacts, Transcript
from aliquot.infra import pdf, storage

DATA = Path(__file__).parent.parent / "data"
ENDINGS = {
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
}
# An issued certificate is drawn with the design of its day: a number, a template, its words.
DESIGNS = {1: (DATA / "certificate_1.typ", design_1.data_of)}
TRANSCRIPT = DATA / "transcript_1.typ"

logger = logging.getLogger(__name__)


def certificate_pdf(*, content: Content, design: int, issued_at: datetime, paper: str) -> bytes:
    """Draw a certificate; the same content, design and paper give the same bytes.

    Pictures that are gone or broken are left out with an alert: a certificate is never lost.
    """
    template, data_of = DESIGNS[design]
    files: dict[str, bytes] = {}
    logo = _picture("logo", content["provider"]["logo"], files)
    signature = _picture("signature", content["administrator"]["signature"], files)
    data = {**data_of(content, paper=paper), "logo": logo, "signature": signature}
    try:
        return _fitted(template, data, files=files, at=issued_at)
    except pdf.DrawingError:
        if not files:
            raise
        logger.exception("certificate.without_pictures code=%s", content["code"])
    return _fitted(template, {**data, "logo": None, "signature": None}, files={}, at=issued_at)


def _fitted(
    template: Path, data: dict[str, Any], *, files: Mapping[str, bytes], at: datetime
) -> bytes:
    """Draw in full size; where that is more than a page, measured until it fits one."""
    try:
        return pdf.render(template, {**data, "is_tight": False}, files=files, at=at)
    except pdf.GivenUpError:
        return pdf.render(template, {**data, "is_tight": True}, files=files, at=at)


def printed(content: Content, *, design: int) -> dict[str, Any]:
    """What the design prints, without pictures: the content, the words around it, the QR code."""
    _, data_of = DESIGNS[design]
    return data_of(content, paper="letter")


def _picture(name: str, picture: Mapping[str, Any] | None, files: dict[str, bytes]) -> str | None:
    """Put a stored picture among the files; returns its name there, or None without it."""
    if picture is None:
        return None
    ending = ENDINGS.get(picture["media_type"])
    if ending is None:
        logger.error("certificate.picture_unknown name=%s type=%s", name, picture["media_type"])
        return None
    try:
        files[f"{name}.{ending}"] = storage.read_bytes(picture["sha256"])
    except storage.DamagedFileError:
        logger.exception("certificate.picture_missing name=%s", name)
        return None
    return f"{name}.{ending}"


def transcript_pdf(transcript: Transcript, *, provider: IssuerFacts, paper: str) -> bytes:
    """Draw a transcript on as many pages as it needs."""
    data = transcript_words.data_of(transcript, provider=provider, paper=paper)
    return pdf.render(TRANSCRIPT, data, at=transcript.drawn_at)
