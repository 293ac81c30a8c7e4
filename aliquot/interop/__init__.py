"""File formats, one folder each: read, check, write. Parsers know nothing of requests."""
