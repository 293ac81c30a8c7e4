"""People with certificates, made by the very story that makes them in life."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from aliquot.accounts.models import User
from aliquot.catalog.models import Course, Provider
from aliquot.certificates.models import Certificate
from aliquot.flows.finish_course import finish_course
from tests.factories.catalog import provider, published_course
from tests.factories.learning import EVALUATION, ready_to_finish


def finished(person: User, course: Course, now: datetime) -> Certificate:
    """Take a course from start to certificate."""
    enrollment = ready_to_finish(person, course, now)
    return finish_course(enrollment=enrollment, answers=EVALUATION, now=now)


def certificate(
    person: User, now: datetime, *, code: str = "HEM-101", **course: Any
) -> Certificate:
    """A certificate of one small course, with a provider."""
    if not Provider.objects.exists():
        provider()
    return finished(person, published_course(code, pages=1, **course), now)


LONG_NAMES = {
    "latin": ("María Guadalupe Wilhelmina " * 8)[:200],
    "greek": ("Παναγιώτης Παπαδόπουλος " * 9)[:200],
    "cyrillic": ("Екатерина Александровна Щербакова " * 6)[:200],
    "vietnamese": ("Nguyễn Thị Ánh Ngọc Phương " * 8)[:200],
    "simplified": ("张伟王芳李娜刘洋陈静杨磊赵敏黄丽" * 13)[:200],
    "traditional": ("歐陽娜娜司馬懿諸葛亮張偉劉備關羽" * 13)[:200],
    "kana": ("さくらももこタナカユウジ" * 17)[:200],
    "hangul": ("김민준이서연박지훈" * 23)[:200],
    "arabic": ("محمد بن عبد الله الأنصاري " * 8)[:200],
    "hebrew": ("שרה בת אברהם כהן " * 12)[:200],
    "devanagari": ("राजेश कुमार श्रीवास्तव " * 9)[:200],
    "thai": ("สมชาย วงศ์สวัสดิ์ " * 12)[:200],
    "one word": "W" * 200,
}


def content(**changes: Any) -> dict[str, Any]:
    """The content of a certificate, without a database."""
    values: dict[str, Any] = {
        "format": 1,
        "code": "7QK2-M9XD-4TRA-8HB3-W",
        "verification_address": "https://ce.example.org/v/7QK2-M9XD-4TRA-8HB3-W",
        "issued_on": "2026-11-23",
        "replaces": None,
        "is_demonstration": False,
        "provider": {
            "name": "Riverside Laboratory School",
            "address": "1 River Street\nAlbany, NY 12207",
            "provider_number": "000",
            "logo": None,
        },
        "administrator": {
            "name": "Amara Okafor",
            "title": "Program Administrator",
            "signature": None,
        },
        "participant": {"name": "Rosa Méndez", "licenses": []},
        "course": {
            "title": "Interpreting the Peripheral Blood Smear",
            "code": "HEM-101",
            "version": 3,
            "level": "Basic",
            "delivery": "Self-study, online",
        },
        "contact_hours": "1.25",
        "subjects": [
            {"area": "hematology", "name": "Hematology", "stopper": "lavender", "hours": "1.25"}
        ],
        "completed_on": "2026-11-23",
        "approvals": [],
        "approval_sentences": [],
        "credit_sentences": ["This course carries no accreditation."],
        "notice": "Drafted with AI assistance; not reviewed by a credentialed professional.",
    }
    return values | changes


def many_subjects(count: int = 12) -> list[dict[str, str]]:
    """So many subject areas with long names."""
    return [
        {
            "area": f"area_{number}",
            "name": f"Macroscopic examination and cancer staging {number}",
            "stopper": "violet",
            "hours": str(Decimal("0.25")),
        }
        for number in range(count)
    ]
