"""Aliquot: continuing education for the clinical laboratory. See docs/where-things-live.md."""

__version__ = "0.1.0"
