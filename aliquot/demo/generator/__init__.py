"""Invented people by the thousand, the same ones for the same seed: for benchmarks and big demos.

``rows`` writes them as fast as the database takes them, ``learners`` invents them, ``command`` is
``aliquot demo generate``. Nobody generated can sign in: they have no password.
"""
