"""Structured data for search engines: schema.org Course."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from aliquot.catalog.data import areas
from aliquot.catalog.models import Course, CourseVersion, Objective, Provider, SubjectHours
from aliquot.lib import markdown


def course_data(
    course: Course,
    version: CourseVersion,
    subjects: Iterable[SubjectHours],
    objectives: Iterable[Objective],
    provider: Provider | None,
) -> dict[str, Any]:
    """The course as schema.org says it. No rating, no accreditation: nothing that is not so."""
    workload = _duration(version.contact_hours)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Course",
        "name": version.title,
        "description": markdown.plain_text(version.description),
        "url": settings.SITE_URL + reverse("catalog:course", args=[course.slug]),
        "courseCode": course.code,
        "inLanguage": version.language,
        "educationalLevel": version.get_level_display(),
        "version": version.number,
        "dateModified": version.published_at.date().isoformat(),
        "teaches": [objective.text for objective in objectives],
        "about": [areas()[each.area].title for each in subjects if each.area in areas()],
        "isAccessibleForFree": course.is_free,
        "hasCourseInstance": {
            "@type": "CourseInstance",
            "courseMode": "Online",
            "courseWorkload": workload,
        },
    }
    if provider is not None:
        data["provider"] = {
            "@type": "Organization",
            "name": provider.name,
            "url": settings.SITE_URL,
        }
    if course.is_free:
        data["offers"] = {"@type": "Offer", "category": "Free"}
    return data


def script_safe(data: dict[str, Any]) -> SafeString:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(text)  # noqa: S308 (escaped just now)


def _duration(hours: Decimal) -> str:
    """Contact hours as an ISO 8601 duration: 1.25 is PT1H15M."""
    minutes = int(hours * 60)
    whole, rest = divmod(minutes, 60)
    return "PT" + (f"{whole}H" if whole else "") + (f"{rest}M" if rest or not whole else "")
