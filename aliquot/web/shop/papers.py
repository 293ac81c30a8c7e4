"""The papers of one's own orders: downloaded, sent once more, and put together for an employer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from aliquot.commerce import access, queries, services
from aliquot.commerce.facts.sending import MOST_PAPERS_SENT, PAPER_PERIOD
from aliquot.infra import clock, limits
from aliquot.infra.http.downloads import attached, paper_of, private
from aliquot.infra.idempotency import idempotent
from aliquot.interop import employer
from aliquot.web.own import reader


@login_required
@require_safe
def paper(request: HttpRequest, number: str, paper: str) -> HttpResponse:
    """A receipt, invoice or credit note as PDF, Letter unless the address asks for ``a4``."""
    document = access.document_for(reader(request), number, paper)
    content = queries.document_pdf(document, paper=paper_of(request))
    return attached(content, "application/pdf", queries.document_name(document))


@login_required
@require_POST
@idempotent
def paper_send(request: HttpRequest, number: str, paper: str) -> HttpResponse:
    """Send the link once more, to the address on the order."""
    person = reader(request)
    document = access.document_for(person, number, paper)
    limits.check(
        scope="paper_send",
        key=str(person.pk),
        limit=MOST_PAPERS_SENT,
        period=PAPER_PERIOD,
        now=clock.now(),
    )
    services.send_document(document=document, actor_id=person.pk)
    where = document.order.buyer["email"]
    messages.success(request, f"The link to {document.number} is on its way to {where}.")
    return redirect("shop:order", document.order.number)


@login_required
@require_safe
def for_employer(request: HttpRequest, number: str) -> HttpResponseBase:
    """A ZIP archive of the receipt and the certificates earned with this order.

    An order without a receipt has nothing to show an employer: 404.
    """
    order = access.order_for(reader(request), number)
    if order.paid_at is None:
        raise Http404
    pieces = employer.sent(order, paper=paper_of(request), now=clock.now())
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    return private(response, f"{employer.archive_name(order)}.zip")


_PAPER = "orders/<slug:number>/papers/<str:paper>"
urlpatterns = [
    path(f"{_PAPER}.pdf", paper, name="paper"),
    path(f"{_PAPER}/send/", paper_send, name="paper_send"),
    path("orders/<slug:number>/employer.zip", for_employer, name="employer"),
]
