"""Papers for an employer: a ZIP archive of the receipt and the certificates earned with it."""

from aliquot.interop.employer.writer import archive_name, sent

__all__ = ["archive_name", "sent"]
