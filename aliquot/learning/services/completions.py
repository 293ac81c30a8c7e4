"""Finishing a course: the evaluation, and the completion with its frozen record.

Only ``flows.finish_course`` calls these: it holds the lock and has checked every condition.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from aliquot.assessment.models import Attempt
from aliquot.infra import audit, rows
from aliquot.infra.database import joined
from aliquot.learning import queries, rules
from aliquot.learning.errors import EvaluationInvalidError
from aliquot.learning.models import Completion, Enrollment, Evaluation
from aliquot.lib import canonical, dates


@joined
def record_evaluation(
    *, enrollment: Enrollment, answers: Mapping[str, Any], now: datetime
) -> Evaluation:
    """Keep what the learner said of the course. Raises EvaluationInvalidError by question."""
    objective_keys = [each.key for each in enrollment.version.objectives.all()]
    problems = rules.evaluation_problems(answers, objective_keys=objective_keys)
    if problems:
        raise EvaluationInvalidError(problems)
    evaluation = rows.insert(
        Evaluation(enrollment=enrollment, answers=dict(answers), submitted_at=now)
    )
    audit.record(action="evaluation.recorded", actor_id=enrollment.person_id, subject=evaluation)
    return evaluation


@joined
def record_completion(
    *,
    enrollment: Enrollment,
    attempt: Attempt,
    attempts: Iterable[Attempt],
    evaluation: Evaluation,
    now: datetime,
) -> Completion:
    """Write down that the course was completed, with everything an audit asks for years later.

    ``attempt`` is the one that passed, ``attempts`` are all. The completion's day is the learner's
    own: in the zone of the profile at this moment.
    """
    zone = enrollment.person.time_zone
    completed_on = dates.day_in_zone(now, zone)
    record = queries.completion_record(
        enrollment=enrollment,
        attempt=attempt,
        attempts=attempts,
        evaluation=evaluation,
        completed_on=completed_on,
        completed_at=now,
    )
    completion = rows.insert(
        Completion(
            enrollment=enrollment,
            person=enrollment.person,
            version=enrollment.version,
            completed_at=now,
            completed_on=completed_on,
            time_zone=zone,
            contact_hours=enrollment.version.contact_hours,
            record=record,
            record_hash=canonical.digest(record),
        )
    )
    enrollment.completed_at = now
    rows.change(enrollment, "completed_at")
    audit.record(
        action="course.completed",
        actor_id=enrollment.person_id,
        subject=completion,
        details={"course": enrollment.course.code, "record_hash": completion.record_hash},
    )
    return completion
