"""Violations of the content security policy as browsers report them: counted by kind.

Anyone can post anything there, so a report is bounded, counted per network, and at most a few
hundred kinds are kept.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F

from aliquot.infra.models import PolicyReport

LARGEST_BODY = 16 * 1024
MOST_KINDS = 500

logger = logging.getLogger("aliquot.csp")


def keep_reports(body: bytes, *, now: datetime) -> int:
    """Count the reports in a body of either format (report-uri, Reporting API); returns how many.

    What is no report is ignored.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return 0
    count = 0
    for report in _reports(document):
        _keep(report, now=now)
        count += 1
    return count


def _reports(document: Any) -> Iterator[dict[str, str]]:
    entries = document if isinstance(document, list) else [document]
    for entry in entries[:20]:
        if not isinstance(entry, dict):
            continue
        report = entry.get("csp-report") or entry.get("body")
        if isinstance(report, dict):
            yield {
                "directive": _text(report, "effective-directive", "effectiveDirective")[:80],
                "blocked": _text(report, "blocked-uri", "blockedURL")[:300],
                "document": _text(report, "document-uri", "documentURL")[:300],
                "source": _text(report, "source-file", "sourceFile")[:300],
            }


def _text(report: dict[str, Any], *names: str) -> str:
    found = next((report[name] for name in names if name in report), "")
    text = str(found).replace("\x00", "")
    return text.encode(errors="replace").decode()  # half a character is kept by no database


def _keep(report: dict[str, str], *, now: datetime) -> None:
    fingerprint = hashlib.sha256(repr(sorted(report.items())).encode()).hexdigest()
    known = PolicyReport.objects.filter(fingerprint=fingerprint)
    if known.update(count=F("count") + 1, last_at=now):
        return
    logger.warning(
        "content security policy violated: %s blocked %s on %s",
        report["directive"], report["blocked"], report["document"],
    )  # fmt: skip
    if PolicyReport.objects.count() < MOST_KINDS:
        PolicyReport.objects.get_or_create(
            fingerprint=fingerprint, defaults={**report, "first_at": now, "last_at": now}
        )
