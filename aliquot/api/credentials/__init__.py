"""Credentials: what is known of them, those held, their standing and plan, closing a cycle."""

from aliquot.api.credentials import (
    calendar,
    changed_rules,
    declarations,
    held,
    known,
    offers,
    pack,
    pins,
    plan,
    points,
    reminders,
    standing,
)

AREAS = (
    known.area,
    held.area,
    points.area,
    standing.area,
    plan.area,
    offers.area,
    pack.area,
    pins.area,
    declarations.area,
    changed_rules.area,
    reminders.area,
    calendar.area,
)
