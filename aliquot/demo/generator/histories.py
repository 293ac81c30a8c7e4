"""What invented learners did here: courses read, tests passed, certificates, and a few purchases.

Few people do much and many do little; a few courses are taken by most. Rows are such as the deeds
would have left, in ids, hashes and audit trail.
"""

import bisect
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from aliquot.assessment.models import Attempt, Response
from aliquot.certificates.models import Certificate
from aliquot.demo.generator.purchases import Purchases
from aliquot.demo.generator.rows import Table
from aliquot.demo.generator.stories import CourseStory, Sitting, Way
from aliquot.infra.models import AuditEntry
from aliquot.learning.models import (
    Bookmark,
    Completion,
    Enrollment,
    Entitlement,
    Evaluation,
    PageAnswer,
    PageVisit,
    TestAttempt,
)
from aliquot.lib import codes

MOST_COURSES = 5
_COUNTS = (0, 0, 0, 0, 0, 0, 0, 1, 1, 2)  # courses of a learner; the last one: up to the most
_MINUTE = timedelta(minutes=1)
_ZONES = {name: ZoneInfo(name) for name in ("America/New_York", "America/Chicago",
          "America/Los_Angeles", "Pacific/Honolulu", "Europe/London")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Learner:
    """Who a history is about."""

    id: int
    name: str
    email: str
    zone: str
    joined: datetime


@dataclass(frozen=True, slots=True)
class Tables:
    """What a history consists of."""

    entitlements: Table
    enrollments: Table
    bookmarks: Table
    visits: Table
    answers: Table
    attempts: Table
    ties: Table
    responses: Table
    evaluations: Table
    completions: Table
    certificates: Table
    audit: Table

    @classmethod
    def ready(cls) -> "Tables":
        """Tables whose ids go on after what is there."""
        models = (
            Entitlement, Enrollment, Bookmark, PageVisit, PageAnswer, Attempt, TestAttempt,
            Response, Evaluation, Completion, Certificate, AuditEntry,
        )  # fmt: skip
        return cls(*map(Table, models))

    def __iter__(self) -> Iterator[Table]:
        return iter(getattr(self, name) for name in self.__slots__)


class Histories:
    """Invents what learners did in these courses until a moment."""

    def __init__(
        self,
        tables: Tables,
        activities: Table,
        entries: Table,
        purchases: Purchases,
        *,
        stories: Sequence[CourseStory],
        until: datetime,
    ) -> None:
        self._tables, self._activities, self._entries = tables, activities, entries
        self._purchases, self._stories, self._until = purchases, stories, until
        weights = [1 / (place + 3) for place in range(len(stories))]  # the first are the favorites
        self._weights = list(itertools.accumulate(weights))

    def invent(self, person: Learner, chance: Random) -> None:
        """Access, then courses: finished, under way, or hardly begun."""
        count = chance.choice(_COUNTS)
        if count == _COUNTS[-1]:
            count = chance.randrange(count, MOST_COURSES + 1)
        if not count:
            return
        opened = person.joined + timedelta(minutes=chance.randrange(5, 60 * 24 * 20))
        if opened > self._until - timedelta(days=1):
            return
        if chance.random() < 0.6:
            entitlement, ends = self._purchases.buy(person, at=opened, chance=chance)
        else:
            entitlement, ends = self._grant(person, opened), self._until
        last = min(ends, self._until) - timedelta(hours=6)
        for story in self._chosen(count, chance):
            span = (last - opened) // _MINUTE
            started = opened + chance.randrange(max(1, span)) * _MINUTE
            self._take(person, story, started, None if story.is_free else entitlement, chance)

    def _chosen(self, count: int, chance: Random) -> list[CourseStory]:
        """Different courses, the favorites more often."""
        places: dict[int, None] = {}
        for _ in range(count * 3):
            places[bisect.bisect(self._weights, chance.random() * self._weights[-1])] = None
            if len(places) == min(count, len(self._stories)):
                break
        return [self._stories[min(place, len(self._stories) - 1)] for place in places]

    def _grant(self, person: Learner, at: datetime) -> int:
        entitlement = self._tables.entitlements.add(
            person_id=person.id, source="grant", source_reference="", course_id=None,
            starts_at=at, ends_at=None, hours_limit=None, granted_at=at, granted_by_id=None,
            withdrawn_at=None, end_noticed_at=None,
        )  # fmt: skip
        details = f'{{"person": {person.id}, "source": "grant", "course": null}}'
        self._audit(
            "entitlement.granted",
            ("learning.entitlement", entitlement),
            at=at,
            actor=None,
            details=details,
        )
        return entitlement

    def _audit(
        self,
        action: str,
        subject: tuple[str, int],
        *,
        at: datetime,
        actor: int | None,
        details: str,
    ) -> None:
        self._tables.audit.add(
            recorded_at=at, actor_id=actor, action=action, object_type=subject[0],
            object_id=str(subject[1]),
            details=details, request_id="",
        )  # fmt: skip

    # --- one course -------------------------------------------------------------------------------

    def _take(
        self,
        person: Learner,
        story: CourseStory,
        started: datetime,
        entitlement: int | None,
        chance: Random,
    ) -> None:
        finishes = chance.random() < 0.6
        count = len(story.page_ids)
        read = count if finishes else chance.randrange(1, count + 1)
        ended = started + (read * 6 + 45) * _MINUTE
        answered = sum(chance.random() < 0.8 for _ in range(min(read, len(story.questions))))
        enrollment = self._tables.enrollments.add(
            person_id=person.id, course_id=story.course_id, version_id=story.version_id,
            entitlement_id=entitlement, hours_drawn=Decimal(0), started_at=started,
            furthest_position=read - 1, sequence=read + answered,
            completed_at=ended if finishes else None, returned_at=None,
        )  # fmt: skip
        own = "null" if entitlement is None else entitlement
        details = f'{{"course": "{story.code}", "version": 1, "entitlement": {own}}}'
        kind = "learning.enrollment"
        self._audit(
            "course.started", (kind, enrollment), at=started, actor=person.id, details=details
        )
        taking = _Taking(person, story, enrollment, entitlement, started, ended, read, answered)
        self._read(taking, chance)
        if finishes:
            self._finish(taking, story.ways[chance.random() < 0.25], chance)

    def _read(self, taking: "_Taking", chance: Random) -> None:
        story, read, moment = taking.story, taking.read, taking.started
        for place in range(read):
            after = moment + 6 * _MINUTE
            is_last = place + 1 == read and read < len(story.page_ids)
            self._tables.visits.add(
                enrollment_id=taking.id, page_id=story.page_ids[place], opened_at=moment,
                finished_at=None if is_last else after,
            )  # fmt: skip
            if place < taking.answered:
                question, answer, is_right = story.questions[place][chance.random() < 0.3]
                self._tables.answers.add(
                    enrollment_id=taking.id, question_id=question, answer=answer,
                    is_right=is_right, sequence=2 * place + 2, saved_at=after,
                )  # fmt: skip
            moment = after
        self._tables.bookmarks.add(
            enrollment_id=taking.id, page_id=story.page_ids[read - 1], anchor="",
            sequence=read + taking.answered, saved_at=moment,
        )  # fmt: skip

    def _finish(self, taking: "_Taking", way: Way, chance: Random) -> None:
        person, ended, own = taking.person, taking.ended, taking.entitlement
        values = {
            "person": str(person.id), "enrollment": str(taking.id), "name": person.name,
            "entitlement": "null" if own is None else str(own), "zone": person.zone,
            "started": _text(taking.started), "completed": _text(ended),
            "day": ended.astimezone(_ZONES[person.zone]).date().isoformat(),
        }  # fmt: skip
        for place, sitting in enumerate(way.sittings):
            begun = ended - (40 - 15 * place) * _MINUTE
            values[f"b{place}"], values[f"s{place}"] = _text(begun), _text(begun + 12 * _MINUTE)
            attempt = self._sit(taking, sitting, begun)
            values["first" if place == 0 else "last"] = str(attempt)
        self._tables.evaluations.add(
            enrollment_id=taking.id, answers=way.evaluation, submitted_at=ended
        )
        completion = self._complete(taking, way, values)
        values["code"] = codes.grouped(codes.code_of(chance.getrandbits(codes.RANDOM_BITS)))
        content, content_hash = way.content.filled(values)
        certificate = self._tables.certificates.add(
            code=values["code"].replace("-", ""), person_id=person.id, completion_id=completion,
            content=content, content_hash=content_hash, design=1, issued_at=ended,
            replaces_id=None,
        )  # fmt: skip
        steps = (
            f'{{"action": "course.completed", "object": "learning.completion:{completion}"}}, '
            f'{{"action": "certificate.issued", "object": "certificates.certificate:{certificate}"'
            f', "details": {{"content_hash": "{content_hash}"}}}}'
        )
        details, kind = f'{{"steps": [{steps}]}}', "learning.completion"
        self._audit(
            "course.finished", (kind, completion), at=ended, actor=person.id, details=details
        )

    def _sit(self, taking: "_Taking", sitting: Sitting, at: datetime) -> int:
        submitted, person = at + 12 * _MINUTE, taking.person.id
        attempt = self._tables.attempts.add(
            person_id=person, version_id=taking.story.version_id, started_at=at,
            form=sitting.form, pass_mark=taking.story.pass_mark, submitted_at=submitted,
            points=sitting.points, points_possible=sitting.possible, score=sitting.score,
            passed=sitting.passed,
        )  # fmt: skip
        self._tables.ties.add(enrollment_id=taking.id, attempt_id=attempt)
        for sequence, (key, answer) in enumerate(sitting.answers, start=1):
            self._tables.responses.add(
                attempt_id=attempt, question_key=key, answer=answer, sequence=sequence,
                saved_at=at + sequence * _MINUTE,
            )  # fmt: skip
        kind, passed = "assessment.attempt", str(sitting.passed).lower()
        self._audit("attempt.started", (kind, attempt), at=at, actor=person, details="{}")
        result = f'{{"points": {sitting.points}, "score": "{sitting.score}", "passed": {passed}}}'
        self._audit(
            "attempt.submitted", (kind, attempt), at=submitted, actor=person, details=result
        )
        return attempt

    def _complete(self, taking: "_Taking", way: Way, values: dict[str, str]) -> int:
        """The completion and its credit."""
        person, story, ended = taking.person, taking.story, taking.ended
        record, record_hash = way.record.filled(values)
        completion = self._tables.completions.add(
            enrollment_id=taking.id, person_id=person.id, version_id=story.version_id,
            completed_at=ended, completed_on=values["day"], time_zone=person.zone,
            contact_hours=story.hours, record=record, record_hash=record_hash, corrects_id=None,
        )  # fmt: skip
        activity = self._activities.add(
            person_id=person.id, origin="completion", completion_id=completion, title=story.title,
            provider_name=story.provider_name, completed_on=values["day"], kind="contact_hours",
            approvals=list(story.approvals), course_number="", agency_number="", corrects_id=None,
            recorded_at=ended,
        )  # fmt: skip
        for part, (area, hours) in enumerate(story.subjects):
            self._entries.add(
                activity_id=activity, person_id=person.id, part=part, areas=[area], amount=hours,
                reverses_id=None, reason="", recorded_at=ended,
            )  # fmt: skip
        return completion


@dataclass(frozen=True, slots=True)
class _Taking:
    """One person taking one course."""

    person: Learner
    story: CourseStory
    id: int  # of the enrollment
    entitlement: int | None
    started: datetime
    ended: datetime
    read: int  # pages
    answered: int  # of their questions, from the first on


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
