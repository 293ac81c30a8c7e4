"""Access that ends soon is announced: hours of a pack never vanish silently."""

from datetime import datetime, timedelta

from aliquot.commerce.queries import shop_settings
from aliquot.infra import audit, outbox
from aliquot.learning.models import Entitlement
from aliquot.learning.queries import ending_rights, rights_of
from aliquot.learning.rules import hours
from aliquot.learning.services import note_end_notice
from aliquot.lib.dates import last_day, long_date

BOUGHT = ("order", "pack", "gift")


def warn_of_ending(*, now: datetime, limit: int = 500) -> int:
    """Tell holders once that what was bought ends within the seller's notice; how many were told.

    A pack without hours left is not worth a mail. Records and certificates stay, and it says so.
    """
    until = now + timedelta(days=shop_settings().expiry_notice_days)
    told = 0
    for entitlement in ending_rights(now=now, until=until).filter(source__in=BOUGHT)[:limit]:
        told += _warn(entitlement, now)
    return told


def _warn(entitlement: Entitlement, now: datetime) -> bool:
    with audit.story(action="entitlement.end_noticed", actor_id=None, subject=entitlement):
        if not note_end_notice(entitlement=entitlement, now=now):
            return False
        person = entitlement.person
        right = next(each for each in rights_of(person) if each.id == entitlement.pk)
        later = any(
            each.starts_at == right.ends_at and each.withdrawn_at is None
            for each in rights_of(person)
        )
        if right.hours_left == 0 or right.ends_at is None or later or not person.is_active:
            return False
        outbox.send_template(
            to=person.email,
            template="commerce/mail/access_ends",
            context={
                "name": person.full_name,
                "what": _what(entitlement),
                "hours_left": None if right.hours_left is None else hours(right.hours_left),
                "last_day": long_date(last_day(right.ends_at, person.time_zone)),
            },
        )
    return True


def _what(entitlement: Entitlement) -> str:
    if entitlement.hours_limit is not None:
        return "Your hour pack"
    course = entitlement.course
    if course is not None and course.current_version is not None:
        return f"Your access to “{course.current_version.title}”"
    return "Your access to all courses"
