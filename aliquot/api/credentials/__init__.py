"""Credentials: what is known of them, those held, their standing and plan, closing a cycle."""

from aliquot.api.credentials import (
    declarations,
    held,
    known,
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
    pack.area,
    pins.area,
    declarations.area,
    reminders.area,
)
