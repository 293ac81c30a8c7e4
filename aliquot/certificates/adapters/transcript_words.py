"""What the transcript's template is given."""

from datetime import date
from typing import Any

from aliquot.certificates.facts import IssuerFacts, Transcript, TranscriptLine
from aliquot.lib import dates, decimals


def data_of(transcript: Transcript, *, provider: IssuerFacts, paper: str) -> dict[str, Any]:
    """Sentences, rows and sums."""
    period = period_in_words(transcript.from_day, transcript.through_day)
    drawn = dates.long_date(transcript.drawn_at.date())
    return {
        "paper": paper,
        "title": f"Transcript of continuing education: {transcript.full_name[:120]}",
        "name": transcript.full_name,
        "provider": provider.name,
        "provider_details": [
            line
            for line in (*provider.address.splitlines(), _numbered(provider.provider_number))
            if line.strip()
        ],
        "period": period,
        "total": hours(transcript),
        "is_demonstration": any(line.is_demonstration for line in transcript.lines),
        "rows": [_row(line) for line in transcript.lines],
        "subjects": [
            {"name": name, "hours": decimals.shortest(amount)}
            for name, amount in transcript.subjects
        ],
        "closing": (
            f"Drawn on {drawn} from the certificates in force. Each certificate can be checked by "
            "its code. Many bodies ask for the single certificates, not for a transcript."
        ),
    }


def period_in_words(from_day: date | None, through_day: date | None) -> str:
    """``All completions``, or the days between which they lie."""
    if from_day and through_day:
        return f"Completed {dates.long_date(from_day)} through {dates.long_date(through_day)}"
    if from_day:
        return f"Completed on or after {dates.long_date(from_day)}"
    if through_day:
        return f"Completed on or before {dates.long_date(through_day)}"
    return "All completions"


def hours(transcript: Transcript) -> str:
    """``3.5 contact hours in 3 courses``."""
    amount, count = transcript.contact_hours, len(transcript.lines)
    return (
        f"{decimals.shortest(amount)} contact hour{'' if amount == 1 else 's'} "
        f"in {count} course{'' if count == 1 else 's'}"
    )


def _numbered(number: str) -> str:
    return f"Provider number {number}" if number else ""


def _row(line: TranscriptLine) -> dict[str, str]:
    return {
        "completed_on": dates.short_date(line.completed_on),
        "title": line.title,
        "course": f"{line.course_code}, version {line.version}",
        "provider": line.provider_name,
        "hours": decimals.shortest(line.contact_hours),
        "subjects": ", ".join(
            f"{name} {decimals.shortest(amount)}" for name, amount in line.subjects
        ),
        "approvals": "; ".join(line.approvals) or "no accreditation",
        "code": line.code,
    }
