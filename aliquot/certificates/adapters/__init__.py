"""Conversations with outside engines: typst draws the documents, segno the codes to scan."""
