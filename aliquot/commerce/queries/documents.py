"""Receipts, invoices and credit notes: read, drawn, and checked against themselves."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from aliquot.commerce.adapters.papers import paper_pdf
from aliquot.commerce.models import Document, NumberSeries, Order
from aliquot.infra.streams import PAGE, by_key
from aliquot.lib import canonical

__all__ = ["broken_documents", "document_name", "document_pdf", "documents_of"]


def documents_of(order: Order) -> QuerySet[Document]:
    """The papers of an order, in the order they were issued."""
    return Document.objects.filter(order=order).order_by("issued_at", "pk")


def document_pdf(document: Document, *, paper: str) -> bytes:
    """The paper on ``letter`` or ``a4``, drawn from what was frozen at its issue."""
    content = {"kind": document.kind, **document.content}
    return paper_pdf(content, paper=paper)


def document_name(document: Document) -> str:
    """What the file of a paper is called."""
    return f"{document.kind.replace('_', '-')}-{document.number}.pdf"


def broken_documents() -> Iterator[str]:
    """One sentence for each paper that is not what was issued, and each number that is missing."""
    for document in by_key(Document.objects.all()):
        yield from _broken(document)
    for series in NumberSeries.objects.order_by("series", "year"):
        rows = Document.objects.filter(series=series.series, year=series.year)
        yield from _gaps(series, rows)


def _gaps(series: NumberSeries, rows: QuerySet[Document]) -> Iterator[str]:
    """Numbers that are missing, and those beyond the last one given out; a page at a time."""
    expected = 1
    name = f"{series.series}-{series.year}"
    while True:
        page = rows.filter(sequence__gte=expected).order_by("sequence")[:PAGE]
        given = list(page.values_list("sequence", flat=True))
        for number in given:
            for missing in range(expected, min(number, series.last + 1)):
                yield f"{name}-{missing:06d} breaks the numbers of its series."
            if number > series.last:
                yield f"{name}-{number:06d} breaks the numbers of its series."
            expected = number + 1
        if len(given) < PAGE:
            break
    for missing in range(expected, series.last + 1):
        yield f"{name}-{missing:06d} breaks the numbers of its series."


def _broken(document: Document) -> Iterator[str]:
    """A paper's content gives the hash of its issue, its row says the same, its lines sum up."""
    content: dict[str, Any] = document.content
    if canonical.digest(content) != document.content_hash:
        yield f"Document {document.number} does not give the hash stored when it was issued."
        return
    said = (content["number"], content["total"], content["currency"])
    if said != (document.number, document.total, document.currency):
        yield f"Document {document.number} prints another number or total than its row says."
    sums = {name: sum(line[name] for line in content["lines"]) for name in ("net", "tax")}
    adds_up = content["total"] == content["net"] + content["tax"]
    if not adds_up or (content["lines"] and sums != {name: content[name] for name in sums}):
        yield f"Document {document.number} has lines that do not sum to its total."
