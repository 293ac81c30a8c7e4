"""Writing a new version of a course."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from aliquot.catalog import rules
from aliquot.catalog.data import areas
from aliquot.catalog.facts import (
    AskedQuestion,
    CoursePack,
    FigureFacts,
    HoursDetermination,
    HoursSettings,
)
from aliquot.catalog.models import (
    Accreditor,
    Approval,
    Contributor,
    Course,
    CourseVersion,
    Figure,
    Objective,
    Page,
    SearchText,
    SubjectHours,
)
from aliquot.catalog.queries import GENERATION
from aliquot.infra import cache, storage
from aliquot.lib import canonical, markdown


@transaction.atomic
def publish_version[Question: AskedQuestion](
    *, pack: CoursePack[Question], settings: HoursSettings, actor_id: int | None, now: datetime
) -> CourseVersion:
    """Write the catalog's rows of a new version and make it the current one.

    A course that is not there yet begins with what the pack proposes. Nothing is judged here and
    no audit row written: ``flows.publish_course`` does both and stores the questions.
    """
    course = _lock_course(pack, now)
    determined = rules.determine_hours(rules.hours_inputs(pack), settings)
    version = CourseVersion.objects.create(
        course=course,
        number=course.versions.count() + 1,
        content_hash=rules.content_hash(pack),
        published_at=now,
        published_by_id=actor_id,
        **_plain_fields(pack),
        **_hours_fields(pack, determined),
    )
    _write_lists(version, pack)
    _write_pages(version, pack, settings)
    Figure.objects.bulk_create(_figure(version, figure, now) for figure in pack.figures)
    _write_search_text(course, pack)
    course.current_version = version
    course.save(update_fields=["current_version"])
    cache.raise_generation(GENERATION)
    return version


def _lock_course[Question: AskedQuestion](pack: CoursePack[Question], now: datetime) -> Course:
    course = Course.objects.select_for_update().filter(code=pack.code).first()
    if course is not None:
        return course
    proposals = pack.proposals
    course = Course.objects.create(
        code=pack.code,
        slug=pack.slug,
        availability=proposals.availability,
        is_free=proposals.is_free,
        review_by=proposals.review_by,
    )
    accreditors = {each.code: each for each in Accreditor.objects.all()}
    Approval.objects.bulk_create(
        Approval(
            course=course,
            accreditor=accreditors[approval.accreditor],
            number=approval.number,
            hours=approval.hours,
            valid_from=approval.valid_from,
            valid_through=approval.valid_through,
            entered_at=now,
        )
        for approval in proposals.approvals
    )
    return course


def _plain_fields[Question: AskedQuestion](pack: CoursePack[Question]) -> dict[str, Any]:
    return {
        "format": pack.format,
        "what_changed": pack.what_changed,
        "title": pack.title,
        "subtitle": pack.subtitle,
        "description": pack.description,
        "language": pack.language,
        "audience": pack.audience,
        "level": pack.level,
        "delivery": pack.delivery,
        "notice": pack.notice,
        "references": [{"id": r.key, "text": r.text, "url": r.url} for r in pack.references],
        "glossary": [
            {"id": t.key, "term": t.term, "definition": t.definition} for t in pack.glossary
        ],
        "test_questions": pack.test.questions,
        "pass_mark": pack.test.pass_mark,
        "attempts_allowed": pack.test.attempts,
        "retake_wait_hours": pack.test.wait_hours,
    }


def _hours_fields[Question: AskedQuestion](
    pack: CoursePack[Question], determined: HoursDetermination
) -> dict[str, Any]:
    inputs = {
        **asdict(determined.inputs),
        "settings": asdict(determined.settings),
        "minutes": determined.minutes,
    }
    return {
        "contact_hours": pack.contact_hours,
        "computed_hours": determined.hours,
        "hours_method": determined.method,
        "hours_inputs": canonical.plain(inputs),
        "hours_by": pack.awarded.by,
        "hours_on": pack.awarded.on,
        "hours_reason": pack.awarded.reason,
    }


def _write_lists[Question: AskedQuestion](
    version: CourseVersion, pack: CoursePack[Question]
) -> None:
    SubjectHours.objects.bulk_create(
        SubjectHours(version=version, position=position, area=each.area, hours=each.hours)
        for position, each in enumerate(pack.subjects)
    )
    Objective.objects.bulk_create(
        Objective(version=version, position=position, key=each.key, text=each.text)
        for position, each in enumerate(pack.objectives)
    )
    Contributor.objects.bulk_create(
        Contributor(version=version, position=position, **asdict(each))
        for position, each in enumerate(pack.people)
    )


def _write_pages[Question: AskedQuestion](
    version: CourseVersion, pack: CoursePack[Question], settings: HoursSettings
) -> None:
    Page.objects.bulk_create(
        Page(
            version=version,
            position=position,
            slug=page.slug,
            title=page.title,
            is_preview=page.is_preview,
            source=page.source,
            # Rendered and sanitized here again: whoever made the facts is not believed.
            blocks=[block.as_dict() for block in markdown.read_page(page.source).blocks],
            words=page.words,
            minutes=rules.page_minutes(page, settings),
            study_minutes=page.study_minutes,
            study_reason=page.study_reason,
        )
        for position, page in enumerate(pack.pages)
    )


def _figure(version: CourseVersion, figure: FigureFacts, now: datetime) -> Figure:
    return Figure(
        version=version,
        key=figure.key,
        file=storage.store(figure.content, media_type=figure.media_type, now=now),
        file_name=figure.file_name,
        title=figure.title,
        caption=figure.caption,
        alt=figure.alt,
        description=figure.description,
        credit=figure.credit,
        license=figure.license,
        source=figure.source,
        stain=figure.stain,
        magnification=figure.magnification,
        width=figure.width,
        height=figure.height,
    )


def _write_search_text[Question: AskedQuestion](course: Course, pack: CoursePack[Question]) -> None:
    """The words a course is found by. Of the questions only those in pages: the bank stays shut."""
    subjects = [areas()[each.area].title for each in pack.subjects]
    title = [pack.title, pack.subtitle, pack.code, *subjects]
    body = [
        markdown.plain_text(pack.description),
        pack.audience,
        *(each.text for each in pack.objectives),
        *(each.term for each in pack.glossary),
        *(page.title for page in pack.pages),
        *(heading for page in pack.pages for heading in page.headings),
        *(markdown.plain_text(figure.caption) for figure in pack.figures),
        *(markdown.plain_text(each.stem) for each in pack.questions if each.use == "page"),
    ]
    SearchText.objects.update_or_create(
        course=course,
        defaults={
            "title": " ".join(rules.words_of(" ".join(title))),
            "body": " ".join(rules.words_of(" ".join(body))),
        },
    )
