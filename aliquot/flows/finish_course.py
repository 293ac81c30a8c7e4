"""Finishing a course: the evaluation is submitted, and everything else follows or nothing does."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from aliquot.assessment.models import Attempt
from aliquot.assessment.queries import with_held_form
from aliquot.catalog.queries import current_provider
from aliquot.certificates.models import Certificate
from aliquot.certificates.services import issue_certificate
from aliquot.infra import audit, outbox, webhooks
from aliquot.learning import access, queries, services
from aliquot.learning.errors import NameMissingError, NotReadyError
from aliquot.learning.models import Completion, Enrollment
from aliquot.ledger.services import record_completion_credit
from aliquot.lib import codes, dates, decimals


def finish_course(
    *, enrollment: Enrollment, answers: Mapping[str, Any], now: datetime
) -> Certificate:
    """Complete a course: evaluation, completion, credit, certificate, audit and mail at once.

    One transaction, one audit row. Whatever a client sends, the conditions are read from the
    database under the lock of the enrollment: every page opened, the test passed, the name on the
    license present, the evaluation complete. Raises NotReadyError (NameMissingError),
    EvaluationInvalidError, and CourseNotOpenError once the course was given back or refunded.
    Repeated or parallel calls return the certificate that exists and change nothing.
    """
    with audit.story(action="course.finished", actor_id=enrollment.person_id) as story:
        locked = services.lock_enrollment(enrollment)
        existing = queries.completion_of(locked)
        if existing is not None:
            return _certificate_of(existing)
        access.check_finishable(locked, now)
        attempts = queries.attempts_of(locked)
        attempt = _passed_attempt_when_ready(locked, attempts)
        evaluation = services.record_evaluation(enrollment=locked, answers=answers, now=now)
        completion = services.record_completion(
            enrollment=locked,
            attempt=attempt,
            attempts=attempts,
            evaluation=evaluation,
            now=now,
        )
        story.subject = completion
        _record_credit(completion, now)
        certificate = issue_certificate(completion=completion, now=now, is_new=True)
        _owe_mail(completion, certificate)
        _tell(completion, certificate, now)
    return certificate


def _passed_attempt_when_ready(enrollment: Enrollment, attempts: Sequence[Attempt]) -> Attempt:
    """The attempt that passed, if all that must come before the evaluation holds."""
    attempt = queries.passed_attempt(attempts)
    unmet = queries.unmet_before_evaluation(enrollment, has_passed=attempt is not None)
    if attempt is None or any(each.key != "name" for each in unmet):
        raise NotReadyError(
            " ".join(each.words for each in unmet if each.key != "name"),
            missing=tuple(each.key for each in unmet),
        )
    if unmet:
        raise NameMissingError
    return with_held_form(attempt)


def _record_credit(completion: Completion, now: datetime) -> None:
    """Credit by the approvals frozen with the completion, so that both say the same for ever."""
    provider = current_provider()
    record_completion_credit(
        completion=completion,
        provider_name="" if provider is None else provider.name,
        approvals=sorted({each["kind"] for each in completion.record["approvals"]}),
        now=now,
        is_new=True,
    )


def _tell(completion: Completion, certificate: Certificate, now: datetime) -> None:
    """Owe the event to those who subscribed: ids and facts, nobody's name."""
    data = {
        "completion_id": completion.pk,
        "person_id": completion.person_id,
        "course": completion.enrollment.course.code,
        "version": completion.version.number,
        "contact_hours": decimals.shortest(completion.contact_hours),
        "completed_on": completion.completed_on.isoformat(),
        "certificate": codes.grouped(certificate.code),
    }
    webhooks.emit(event="completion.recorded", data=data, now=now)


def _certificate_of(completion: Completion) -> Certificate:
    """The certificate in force: the one that no later one replaced."""
    return completion.certificates.get(replaced_by=None)


def _hours_in_words(completion: Completion) -> str:
    amount = completion.contact_hours
    return f"{decimals.shortest(amount)} contact hour{'' if amount == 1 else 's'}"


def _owe_mail(completion: Completion, certificate: Certificate) -> None:
    outbox.send_template(
        to=completion.person.email,
        template="learning/mail/course_finished",
        context={
            "name": completion.person.full_name,
            "title": completion.version.title,
            "hours": _hours_in_words(completion),
            "completed_on": dates.long_date(completion.completed_on),
            "code": certificate.code,
        },
    )
