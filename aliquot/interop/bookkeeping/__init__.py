"""The books for a bookkeeper: a table of money and of what was sold, line by line."""

from aliquot.interop.bookkeeping.writer import COLUMNS, books_csv

__all__ = ["COLUMNS", "books_csv"]
