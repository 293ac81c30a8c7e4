"""The back office by program: people, access, completions, orders, codes, reports, webhooks.

A token for it exists only for people with a second factor, and works while they hold the role.
"""

from aliquot.api.staff import access, orders, people, reports, selling, webhooks

AREAS = (people.area, access.area, orders.area, selling.area, reports.area, webhooks.area)
