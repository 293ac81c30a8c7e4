"""The way through a course: entitlements, enrollments, bookmarks, progress, completions.

Words: entitlement, enrollment, bookmark, furthest point, evaluation, completion. It never asks who
paid: somebody above grants an entitlement.
"""
