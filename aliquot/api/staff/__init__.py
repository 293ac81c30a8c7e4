"""The back office by program: people, access, completions, courses, shop, reports, webhooks.

A token for it exists only for people with a second factor, and works while they hold the role.
"""

from aliquot.api.staff import access, courses, orders, people, products, reports, selling, webhooks

AREAS = (
    people.area,
    access.area,
    courses.area,
    orders.area,
    products.area,
    selling.area,
    reports.area,
    webhooks.area,
)
