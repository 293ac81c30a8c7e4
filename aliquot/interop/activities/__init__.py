"""Activities as a table, CSV or XLSX: read row by row with every problem named, and written.

docs/activities-import.md describes the columns. What is read is judged by the ledger, not here.
"""
