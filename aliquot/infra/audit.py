"""The audit trail: one row per deed, append-only at once, sealed into blocks by a job.

A deed calls ``record`` in its own transaction. A story that performs several deeds wraps them in
``story``: the inner rows become steps of the one row that the story writes when it ends well. So
the outermost deed owns the transaction and the row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from aliquot.infra import clock, rows, trace
from aliquot.infra.models import AuditEntry


@dataclass
class Story:
    """The row a story is about to write; ``subject`` and ``details`` may be set inside it."""

    action: str
    actor_id: int | None
    subject: Any = None
    details: dict[str, Any] = field(default_factory=dict)
    steps: list[dict[str, Any]] = field(default_factory=list)


_story: ContextVar[Story | None] = ContextVar("audit_story", default=None)


def record(
    *,
    action: str,
    actor_id: int | None,
    subject: Any,
    details: dict[str, Any] | None = None,
) -> None:
    """Write the audit row of one deed, in the deed's own transaction.

    ``subject`` is the saved model row the deed was about; ``actor_id`` None means the system
    itself; ``details`` may hold dates and decimals. Inside a story the deed becomes a step of the
    story's row instead. Outside of a transaction this raises: the row could outlive its deed.
    """
    outer = _story.get()
    if outer is not None:
        outer.steps.append(_step(action=action, subject=subject, details=details or {}))
        outer.subject = outer.subject if outer.subject is not None else subject
        return
    _write(Story(action=action, actor_id=actor_id, subject=subject, details=details or {}))


@contextmanager
def story(*, action: str, actor_id: int | None, subject: Any = None) -> Iterator[Story]:
    """One transaction and one audit row around several deeds.

    The row is about ``subject``, or whatever is set as ``story.subject`` inside, or else the
    subject of the first deed. A story in which nothing was recorded writes no row (an idempotent
    repetition did nothing), unless it was given details. A story inside a story is a step of it.
    If the story fails, nothing of it remains.
    """
    outer = _story.get()
    mine = Story(action=action, actor_id=actor_id, subject=subject)
    token = _story.set(mine)
    try:
        with transaction.atomic():
            yield mine
            if not mine.steps and not mine.details:
                return
            if outer is None:
                _write(mine)
    finally:
        _story.reset(token)
    if outer is not None:
        step = _step(action=action, subject=mine.subject, details=mine.details)
        outer.steps.append({**step, "steps": mine.steps} if mine.steps else step)
        outer.subject = outer.subject if outer.subject is not None else mine.subject


def _step(*, action: str, subject: Any, details: dict[str, Any]) -> dict[str, Any]:
    step: dict[str, Any] = {"action": action}
    if subject is not None:
        step["object"] = f"{subject._meta.label_lower}:{subject.pk}"
    if details:
        step["details"] = details
    return step


def _write(entry: Story) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError(f"{entry.action}: an audit row needs the transaction of its deed.")
    if entry.subject is None:
        raise ValueError(f"{entry.action}: an audit row needs a subject.")
    rows.insert(
        AuditEntry(
            recorded_at=clock.now(),
            actor_id=entry.actor_id,
            action=entry.action,
            object_type=entry.subject._meta.label_lower,
            object_id=str(entry.subject.pk),
            details={**entry.details, "steps": entry.steps} if entry.steps else entry.details,
            request_id=trace.current(),
        )
    )
