"""The demonstration: a fictional provider, a fictional accreditor, a cast with some history.

Nothing here runs in the production profile. Bulk writes are allowed here.
"""
