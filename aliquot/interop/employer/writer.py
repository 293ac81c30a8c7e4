"""The archive, written piece by piece; the same papers give the same bytes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from aliquot.commerce.models import Order
from aliquot.flows.employer_papers import employer_papers
from aliquot.infra import limits
from aliquot.lib.archives import ArchiveWriter

MOST_ARCHIVES, ARCHIVES_PERIOD = 10, timedelta(hours=1)  # of one person: each draws certificates


def archive_name(order: Order) -> str:
    """``for-my-employer-7QK2-M9XD``, also the folder inside."""
    return f"for-my-employer-{order.number}"


def sent(order: Order, *, paper: str, now: datetime) -> Iterator[bytes]:
    """The archive for its buyer, who asks now. Raises TooManyRequestsError before it is made."""
    limits.check(
        scope="employer_archive", key=str(order.person_id), limit=MOST_ARCHIVES,
        period=ARCHIVES_PERIOD, now=now,
    )  # fmt: skip
    return stream(order, paper=paper)


def stream(order: Order, *, paper: str) -> Iterator[bytes]:
    """The ZIP archive of an order's receipt, credit notes and certificates."""
    archive = ArchiveWriter()
    for each in employer_papers(order, paper=paper):
        archive.put(f"{archive_name(order)}/{each.name}", each.content, at=each.at)
        yield archive.taken()
    archive.close()
    yield archive.taken()
