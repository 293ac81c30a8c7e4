"""The rows of a save, written with as few statements as a database allows.

Plain SQL that both databases read: the framework knows no UPDATE … RETURNING. Values are bound.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from aliquot.infra.database import planning_once
from aliquot.learning.models import Enrollment, PageAnswer

_TAKE = """
    UPDATE learning_enrollment
    SET sequence = sequence + 1,
        furthest_position = CASE WHEN furthest_position < %s THEN %s ELSE furthest_position END
    WHERE id = %s AND version_id = %s
    RETURNING sequence, EXISTS (
        SELECT 1 FROM learning_pagevisit v
        WHERE v.enrollment_id = learning_enrollment.id AND v.page_id = %s
    )
"""
_PUT = """
    INSERT INTO learning_bookmark (enrollment_id, page_id, anchor, sequence, saved_at)
    VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (enrollment_id) DO UPDATE
    SET page_id = excluded.page_id, anchor = excluded.anchor, sequence = excluded.sequence,
        saved_at = excluded.saved_at
    WHERE learning_bookmark.sequence <= %s
"""
_PUT_ANSWER = """
    INSERT INTO learning_pageanswer
        (enrollment_id, question_id, answer, is_right, sequence, saved_at)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (enrollment_id, question_id) DO UPDATE
    SET answer = excluded.answer, is_right = excluded.is_right, sequence = excluded.sequence,
        saved_at = excluded.saved_at
    WHERE learning_pageanswer.sequence <= %s AND learning_pageanswer.answer <> excluded.answer
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """The number of a save, and whether its page was opened before."""

    sequence: int
    is_visited: bool


def take_number(enrollment: Enrollment, *, page_id: int = 0, position: int = 0) -> Taken | None:
    """The next number of the enrollment, whose row stays locked; None if there is no such row.

    The furthest point rises to ``position``, if at all.
    """
    with planning_once() as cursor:
        cursor.execute(_TAKE, [position, position, enrollment.pk, enrollment.version_id, page_id])
        row = cursor.fetchone()
    return None if row is None else Taken(row[0], bool(row[1]))


def put_bookmark(
    enrollment: Enrollment,
    *,
    page_id: int,
    anchor: str,
    sequence: int,
    newest: int,
    now: datetime,
) -> bool:
    """Keep the place unless what is stored has a number above ``newest``; whether it was kept."""
    moment = connection.ops.adapt_datetimefield_value(now)
    with planning_once() as cursor:
        cursor.execute(_PUT, [enrollment.pk, page_id, anchor, sequence, moment, newest])
        return bool(cursor.rowcount)


def put_answer(row: PageAnswer, *, newest: int) -> bool:
    """Keep the answer unless what is stored is the same or has a number above ``newest``; whether
    it was kept.
    """
    values: list[Any] = [
        row.enrollment_id,
        row.question_id,
        connection.ops.adapt_json_value(row.answer, None),
        row.is_right,
        row.sequence,
        connection.ops.adapt_datetimefield_value(row.saved_at),
        newest,
    ]
    with planning_once() as cursor:
        cursor.execute(_PUT_ANSWER, values)
        return bool(cursor.rowcount)
