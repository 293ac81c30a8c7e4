"""The archive, written piece by piece; the same papers give the same bytes."""

from collections.abc import Iterator

from aliquot.commerce.models import Order
from aliquot.flows.employer_papers import employer_papers
from aliquot.lib.archives import ArchiveWriter


def archive_name(order: Order) -> str:
    """``for-my-employer-7QK2-M9XD``, also the folder inside."""
    return f"for-my-employer-{order.number}"


def stream(order: Order, *, paper: str) -> Iterator[bytes]:
    """The ZIP archive of an order's receipt, credit notes and certificates."""
    archive = ArchiveWriter()
    for each in employer_papers(order, paper=paper):
        archive.put(f"{archive_name(order)}/{each.name}", each.content, at=each.at)
        yield archive.taken()
    archive.close()
    yield archive.taken()
