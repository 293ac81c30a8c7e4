"""The demo cast and its data. Bulk writes are allowed here."""
