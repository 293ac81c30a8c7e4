"""The portable catalog: JSON in, plan out, as the contract of ``aliquot plan`` says.

``reader.read_catalog`` is strict and names every problem at once; ``writer.plan_document`` gives
plain data for JSON. No Django here: both work in a bare environment.
"""
