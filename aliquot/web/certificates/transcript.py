"""The transcript: all completions in a period as PDF, and as a table for a spreadsheet.

The columns of the table are described in docs/certificates.md.
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from aliquot.certificates import queries
from aliquot.certificates.facts import Transcript, TranscriptLine
from aliquot.infra import clock
from aliquot.infra.http.downloads import attached
from aliquot.lib import decimals
from aliquot.lib.spreadsheets import csv_of
from aliquot.web.certificates.forms import FilterForm, paper_of, reader

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


@login_required
@require_safe
def transcript_file(request: HttpRequest) -> HttpResponse:
    """The transcript as a PDF."""
    content = queries.transcript_pdf(_transcript(request), paper=paper_of(request))
    return attached(content, "application/pdf", "transcript.pdf")


@login_required
@require_safe
def transcript_csv(request: HttpRequest) -> HttpResponse:
    """The transcript as comma-separated values that a spreadsheet opens without harm."""
    table = csv_of(COLUMNS, map(_cells, _transcript(request).lines))
    return attached(table, "text/csv", "transcript.csv")


def _transcript(request: HttpRequest) -> Transcript:
    period = FilterForm(request.GET).period()
    return queries.transcript_of(reader(request), **period, now=clock.now())


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
