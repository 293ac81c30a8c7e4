"""The portable transcript: JSON in, verdict out, as the contract of ``aliquot standing`` says.

``reader.read_transcript`` is strict and names every problem at once; ``writer.verdict_document``
gives plain data for JSON. No Django here: both work in a bare environment.
"""
