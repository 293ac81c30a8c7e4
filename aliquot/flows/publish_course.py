"""Publishing a course: a new version with its questions, or nothing when nothing changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aliquot.assessment.facts import QuestionFacts
from aliquot.assessment.services import store_questions
from aliquot.catalog import rules
from aliquot.catalog.errors import PublishingRefusedError
from aliquot.catalog.facts import CoursePack, HoursSettings, Problem
from aliquot.catalog.models import Accreditor, Course, CourseVersion
from aliquot.catalog.queries import course_by_code
from aliquot.catalog.services import publish_version
from aliquot.flows.course_content import proposals_of
from aliquot.flows.judge_course import problems_of_course
from aliquot.infra import audit

DEFAULT_HOURS = HoursSettings()


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did. ``differing`` are proposals that the office has decided otherwise."""

    version: CourseVersion
    is_new: bool
    differing: tuple[str, ...] = ()


def refusals(
    pack: CoursePack[QuestionFacts], *, settings: HoursSettings = DEFAULT_HOURS
) -> list[Problem]:
    """Why this course cannot be published here and now: its own errors, and what stands here."""
    found = [each for each in problems_of_course(pack, settings=settings) if not each.is_warning]
    course = course_by_code(pack.code)
    if course is None:
        return found + _refusals_of_new(pack)
    return found + _refusals_of_change(pack, course)


def publish_course(
    *,
    pack: CoursePack[QuestionFacts],
    actor_id: int | None,
    now: datetime,
    settings: HoursSettings = DEFAULT_HOURS,
) -> Published:
    """Publish a course: one transaction, one audit row. Raises PublishingRefusedError.

    Unchanged content publishes nothing. Proposals count only for a course that is not there yet;
    later they are compared and left to the office.
    """
    with audit.story(action="course.published", actor_id=actor_id) as story:
        problems = refusals(pack, settings=settings)
        if problems:
            raise PublishingRefusedError(problems)
        course = course_by_code(pack.code)
        differing = () if course is None else _differing(pack, course)
        if course is not None and course.current_version and _is_unchanged(pack, course):
            return Published(course.current_version, is_new=False, differing=differing)
        version = publish_version(pack=pack, settings=settings, actor_id=actor_id, now=now)
        store_questions(version=version, questions=pack.questions)
        story.subject = version
        story.details = {
            "course": pack.code,
            "version": version.number,
            "content_hash": version.content_hash,
            "contact_hours": version.contact_hours,
        }
    return Published(version, is_new=True, differing=differing)


def publish_courses(
    *,
    packs: Sequence[CoursePack[QuestionFacts]],
    actor_id: int | None,
    now: datetime,
    settings: HoursSettings = DEFAULT_HOURS,
) -> list[Published]:
    """Publish several courses or none of them. Raises PublishingRefusedError."""
    with audit.story(action="courses.published", actor_id=actor_id):
        return [
            publish_course(pack=pack, actor_id=actor_id, now=now, settings=settings)
            for pack in packs
        ]


def _refusals_of_new(pack: CoursePack[QuestionFacts]) -> list[Problem]:
    found = []
    owner = Course.objects.filter(slug=pack.slug).first()
    if owner is not None:
        found.append(
            Problem(
                ("course", "slug"),
                f"the address {pack.slug!r} belongs to {owner.code}; accepted: one of its own",
            )
        )
    known = sorted(Accreditor.objects.values_list("code", flat=True))
    for index, approval in enumerate(pack.proposals.approvals):
        if approval.accreditor not in known:
            found.append(
                Problem(
                    ("course", "proposals", "approvals", index, "accreditor"),
                    f"accreditor {approval.accreditor!r} is not entered here; accepted: "
                    f"{', '.join(known) or 'none yet'}",
                )
            )
    return found


def _refusals_of_change(pack: CoursePack[QuestionFacts], course: Course) -> list[Problem]:
    found = []
    if pack.slug != course.slug:
        found.append(
            Problem(
                ("course", "slug"),
                f"the address of {course.code} is {course.slug!r} for good, links lead there; "
                f"accepted: {course.slug}",
            )
        )
    current = course.current_version
    if current is None or _is_unchanged(pack, course):
        return found
    if " ".join(pack.what_changed.split()) == " ".join(current.what_changed.split()):
        found.append(
            Problem(
                ("course", "what_changed"),
                f"the content differs from version {current.number}, but what_changed does not; "
                "accepted: a text that says what changed",
            )
        )
    return found


def _is_unchanged(pack: CoursePack[QuestionFacts], course: Course) -> bool:
    """Whether the current version says the same, the text about its change apart."""
    current = course.current_version
    return current is not None and current.content_hash == rules.content_hash(
        replace(pack, what_changed=current.what_changed)
    )


def _differing(pack: CoursePack[QuestionFacts], course: Course) -> tuple[str, ...]:
    decided, proposed = proposals_of(course), pack.proposals
    differences = []
    for name in ("is_free", "availability", "review_by"):
        here, there = getattr(decided, name), getattr(proposed, name)
        if here != there:
            differences.append(f"{name.removeprefix('is_')}: {there} proposed, {here} stays")
    if set(decided.approvals) != set(proposed.approvals):
        differences.append("approvals: others are proposed, those entered stay")
    return tuple(differences)
