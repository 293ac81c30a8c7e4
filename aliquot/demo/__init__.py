"""The demonstration: a fictional provider, a fictional accreditor, a cast with some history.

In the production profile nothing here runs but the guard that refuses its people. Bulk writes are
allowed here.
"""
