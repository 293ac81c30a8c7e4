"""The transcript: all completions in a period as PDF, and as a table for a spreadsheet."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from aliquot.certificates import queries
from aliquot.certificates.facts import Transcript
from aliquot.infra import clock
from aliquot.infra.http.downloads import attached, paper_of
from aliquot.interop.transcript.table import transcript_table
from aliquot.web.certificates.forms import FilterForm
from aliquot.web.own import reader


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
    return attached(transcript_table(_transcript(request)), "text/csv", "transcript.csv")


def _transcript(request: HttpRequest) -> Transcript:
    period = FilterForm(request.GET).period()
    return queries.transcript_of(reader(request), **period, now=clock.now())
