"""Light courses to plan with, and what a page of a plan lists."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from aliquot.accounts.models import User
from aliquot.catalog.models import Course, SubjectHours
from aliquot.credentials.models import OutsideOffer
from aliquot.infra.models import AuditEntry
from tests.factories.catalog import add_version, approve
from tests.factories.credentials import outside_offer
from tests.web.credentials.reading import ALL, NOW

ALL_BUT_HEMATOLOGY = ALL | {"hematology": Decimal(0)}
FLORIDA = date(2028, 8, 31)


def course(
    code: str, title: str = "", *, is_free: bool = True, approvals: tuple[str, ...] = ("pace",),
    valid_through: date = date(2030, 12, 31), **areas: str,
) -> Course:  # fmt: skip
    """An open course without pages: ``course("HEM-1", hematology="1.5")``."""
    row = Course.objects.create(code=code, slug=code.lower(), availability="open", is_free=is_free)
    hours = sum(map(Decimal, areas.values()))
    version = add_version(row, number=1, title=title or f"Course {code}", hours=hours)
    SubjectHours.objects.bulk_create(
        SubjectHours(version=version, position=position, area=area, hours=Decimal(amount))
        for position, (area, amount) in enumerate(areas.items())
    )
    for kind in approvals:
        approve(row, kind=kind, valid_through=valid_through, is_demonstration=False)
    return row


def outside(person: User, **said: Any) -> OutsideOffer:
    return outside_offer(person, NOW, **said)


def whole_catalog(*, molecular: int) -> None:
    """Two hours of each named area, and so many courses of two hours about molecular diagnostics.

    Safety and ethics need one point each: what is left spills into any area.
    """
    areas = ("safety_lab", "ethics", "blood_bank", "chemistry", "hematology", "microbiology")
    for area in areas:
        course(f"{area[:3].upper()}-1", f"About {area}", **{area: "2"})
    for number in range(molecular):
        course(f"MOL-{number:02}", f"Molecular {number}", molecular="2")


def rows() -> tuple[int, int]:
    return OutsideOffer.objects.count(), AuditEntry.objects.count()


def listed(response: Any) -> list[str]:
    """Titles of the courses of the plan, in order."""
    page = response.content.decode()
    found = re.findall(r'<p class="entry__title"><a href="[^"]*">(.*?)</a>', page)
    return [title.replace("&amp;", "&") for title in found]
