"""What an employer asks for before it pays back: the receipt, and what was learned with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from aliquot.certificates import queries as certificates
from aliquot.certificates.models import Certificate
from aliquot.commerce import queries
from aliquot.commerce.models import Document, Order


@dataclass(frozen=True, slots=True)
class Paper:
    """One PDF under a name made of numbers and codes only."""

    name: str
    content: bytes
    at: datetime


def certificates_of_order(order: Order) -> list[Certificate]:
    """The buyer's certificates in force of the courses completed with this order, by day."""
    return list(
        Certificate.objects.filter(
            person=order.person_id,
            completion__enrollment__entitlement__line_grant__line__order=order,
            replaced_by=None,
            revocation=None,
        ).order_by("completion__completed_on", "pk")
    )


def employer_papers(order: Order, *, paper: str) -> Iterator[Paper]:
    """Receipts and credit notes of an order, then the certificates; one in memory at a time.

    A credit note belongs to it: an employer pays back what was paid, not what was given back.
    """
    for document in queries.documents_of(order).exclude(kind=Document.Kind.INVOICE):
        yield Paper(
            queries.document_name(document),
            queries.document_pdf(document, paper=paper),
            document.issued_at,
        )
    for certificate in certificates_of_order(order):
        yield Paper(
            certificates.file_name(certificate),
            certificates.certificate_pdf(certificate, paper=paper),
            certificate.issued_at,
        )
