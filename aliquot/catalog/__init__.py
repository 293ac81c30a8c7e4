"""What a provider publishes: courses, their immutable versions, approvals, people, search.

Words: provider, accreditor, course, course version, approval, subject area, objective. It does
not know who learns, nor what the questions of a test are (that is ``assessment``).
"""
