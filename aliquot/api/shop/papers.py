"""The papers of one's own orders."""

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from aliquot.api.frame import ApiRequest, Area, Code
from aliquot.api.frame.files import Paper
from aliquot.api.shop.orders import READ, WRITE
from aliquot.commerce import access, queries, services
from aliquot.commerce.errors import OrderNotFoundError
from aliquot.commerce.facts.sending import MOST_PAPERS_SENT, PAPER_PERIOD
from aliquot.infra import limits
from aliquot.infra.http.downloads import attached, private
from aliquot.interop import employer

area = Area("Orders")


@area.read(
    "/me/orders/{number}/papers/{paper_number}/pdf",
    scope=READ,
    gives=None,
    media="application/pdf",
)
def get_paper_pdf(
    request: ApiRequest, number: Code, paper_number: Code, paper: Paper = "letter"
) -> HttpResponse:
    """A receipt, an invoice or a credit note to print, on Letter or A4."""
    document = access.document_for(request.auth.person, number, paper_number)
    content = queries.document_pdf(document, paper=paper)
    name = queries.document_name(document)
    return attached(content, "application/pdf", name)


@area.read("/me/orders/{number}/employer/zip", scope=READ, gives=None, media="application/zip")
def get_employer_zip(
    request: ApiRequest, number: Code, paper: Paper = "letter"
) -> HttpResponseBase:
    """The receipt with the certificates earned by an order, for an employer. Unpaid: 404.

    At most ten an hour.
    """
    order = access.order_for(request.auth.person, number)
    if order.paid_at is None:
        raise OrderNotFoundError
    pieces = employer.sent(order, paper=paper, now=request.auth.now)
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    return private(response, f"{employer.archive_name(order)}.zip")


@area.deed("/me/orders/{number}/papers/{paper_number}/send", scope=WRITE, gives=None, status=204)
def send_paper(request: ApiRequest, number: Code, paper_number: Code) -> None:
    """Send the link to a paper once more, to the address on the order. At most five an hour."""
    key = request.auth
    document = access.document_for(key.person, number, paper_number)
    limits.check(
        scope="paper_send",
        key=str(key.person.pk),
        limit=MOST_PAPERS_SENT,
        period=PAPER_PERIOD,
        now=key.now,
    )
    services.send_document(document=document, actor_id=key.person.pk)
