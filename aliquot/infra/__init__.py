"""What every room needs and no room owns: audit, outbox, jobs, storage, clock, cache, pdf, http.

It knows no business word. Its rows hold plain actor ids, never a foreign key upward.
"""
