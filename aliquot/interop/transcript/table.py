"""The transcript of one's certificates as a table that a spreadsheet opens without harm.

The columns are described in docs/certificates.md.
"""

from aliquot.certificates.facts import Transcript, TranscriptLine
from aliquot.lib import decimals
from aliquot.lib.spreadsheets import csv_of

COLUMNS = (
    "completed_on",
    "course_title",
    "course_code",
    "course_version",
    "provider",
    "contact_hours",
    "hours_by_subject",
    "approvals",
    "demonstration",
    "certificate_code",
    "verification_address",
)


def transcript_table(transcript: Transcript) -> bytes:
    """Comma-separated values, a row for each certificate."""
    return csv_of(COLUMNS, map(_cells, transcript.lines))


def _cells(line: TranscriptLine) -> tuple[str, ...]:
    return (
        line.completed_on.isoformat(),
        line.title,
        line.course_code,
        str(line.version),
        line.provider_name,
        decimals.shortest(line.contact_hours),
        "; ".join(f"{name} {decimals.shortest(hours)}" for name, hours in line.subjects),
        "; ".join(line.approvals) or "none",
        "yes" if line.is_demonstration else "no",
        line.code,
        line.verification_address,
    )
