"""The frozen record of a completion (domain: provider.md, "Frozen at completion")."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from aliquot.assessment.models import Attempt
from aliquot.assessment.queries import record_of
from aliquot.catalog.models import Approval, CourseVersion
from aliquot.catalog.queries import approvals_on, current_provider
from aliquot.learning.models import Enrollment, Evaluation
from aliquot.lib import canonical

RECORD_FORMAT = 1


def completion_record(
    *,
    enrollment: Enrollment,
    attempt: Attempt,
    attempts: Iterable[Attempt],
    evaluation: Evaluation,
    completed_at: datetime,
    completed_on: date,
) -> dict[str, Any]:
    """Everything an audit years later asks for, as plain data; later changes never reach it.

    ``attempt`` is the one that passed, ``attempts`` are all, first to last.
    """
    version = enrollment.version
    record = {
        "format": RECORD_FORMAT,
        "completed_at": completed_at,
        "completed_on": completed_on,
        "time_zone": enrollment.person.time_zone,
        "participant": {"id": enrollment.person_id, "full_name": enrollment.person.full_name},
        "enrollment": {
            "id": enrollment.pk,
            "started_at": enrollment.started_at,
            "entitlement_id": enrollment.entitlement_id,
        },
        "provider": _provider(),
        "course": {"code": enrollment.course.code, "slug": enrollment.course.slug},
        "version": _version(version),
        "objectives": [{"key": each.key, "text": each.text} for each in version.objectives.all()],
        "hours": _hours(version),
        "people": [
            {
                "role": each.role,
                "name": each.name,
                "credentials": each.credentials,
                "biography": each.biography,
                "disclosure": each.disclosure,
            }
            for each in version.people.all()
        ],
        "approvals": [_approval(each) for each in approvals_on(enrollment.course, completed_on)],
        "test": record_of(attempt),
        "attempts": [_attempt(each) for each in attempts],
        "evaluation": evaluation.answers,
    }
    plain: dict[str, Any] = canonical.plain(record)
    return plain


def _provider() -> dict[str, str] | None:
    provider = current_provider()
    if provider is None:
        return None
    return {
        "name": provider.name,
        "address": provider.address,
        "provider_number": provider.provider_number,
    }


def _version(version: CourseVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "content_hash": version.content_hash,
        "published_at": version.published_at,
        "title": version.title,
        "subtitle": version.subtitle,
        "description": version.description,
        "language": version.language,
        "audience": version.audience,
        "level": version.level,
        "delivery": version.delivery,
        "notice": version.notice,
        "what_changed": version.what_changed,
        "references": version.references,
        "test_questions": version.test_questions,
        "pass_mark": version.pass_mark,
        "attempts_allowed": version.attempts_allowed,
        "retake_wait_hours": version.retake_wait_hours,
    }


def _hours(version: CourseVersion) -> dict[str, Any]:
    return {
        "awarded": version.contact_hours,
        "computed": version.computed_hours,
        "method": version.hours_method,
        "inputs": version.hours_inputs,
        "by": version.hours_by,
        "on": version.hours_on,
        "reason": version.hours_reason,
        "subjects": [{"area": each.area, "hours": each.hours} for each in version.subjects.all()],
    }


def _approval(approval: Approval) -> dict[str, Any]:
    accreditor = approval.accreditor
    return {
        "accreditor": accreditor.code,
        "name": accreditor.name,
        "kind": accreditor.approval_kind,
        "provider_number": accreditor.provider_number,
        "statement": accreditor.statement,
        "is_demonstration": accreditor.is_demonstration,
        "number": approval.number,
        "hours": approval.hours,
        "valid_from": approval.valid_from,
        "valid_through": approval.valid_through,
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "id": attempt.pk,
        "started_at": attempt.started_at,
        "submitted_at": attempt.submitted_at,
        "score": attempt.score,
        "passed": attempt.passed,
    }
