"""All that is kept about a person: a ZIP archive of ``records.json`` and every paper.

``records.json`` has a list of rows for each table, in the order of ``flows.own_records.TABLES``,
and under ``damaged`` the papers that could not be read. Moments are UTC, money is in cents.
"""

from aliquot.interop.ownrecords.writer import archive_name, stream

__all__ = ["archive_name", "stream"]
