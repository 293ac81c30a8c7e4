"""The back office by program: people, access, completions, reports, webhooks.

A token for it exists only for people with a second factor, and works while they hold the role.
"""

from aliquot.api.staff import access, people, reports, webhooks

AREAS = (people.area, access.area, reports.area, webhooks.area)
