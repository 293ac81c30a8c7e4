"""A published version as facts again: for export, and to compare it with what is published next."""

from aliquot.assessment.facts import QuestionFacts
from aliquot.assessment.models import Question
from aliquot.catalog.facts import (
    ApprovalProposal,
    AwardedHours,
    CoursePack,
    FigureFacts,
    ObjectiveFacts,
    PageFacts,
    PersonFacts,
    Proposals,
    ReferenceFacts,
    SubjectFacts,
    TermFacts,
    TestFacts,
)
from aliquot.catalog.models import Course, CourseVersion, Figure, Page
from aliquot.infra import storage
from aliquot.lib.markdown import read_page


def content_of(version: CourseVersion) -> CoursePack[QuestionFacts]:
    """Everything the version says, with the bytes of its figures, and what the office decided."""
    course = version.course
    return CoursePack(
        format=version.format,
        code=course.code,
        slug=course.slug,
        title=version.title,
        subtitle=version.subtitle,
        description=version.description,
        language=version.language,
        audience=version.audience,
        level=version.level,
        delivery=version.delivery,
        what_changed=version.what_changed,
        notice=version.notice,
        subjects=tuple(SubjectFacts(each.area, each.hours) for each in version.subjects.all()),
        awarded=AwardedHours(version.hours_by, version.hours_on, version.hours_reason),
        objectives=tuple(ObjectiveFacts(each.key, each.text) for each in version.objectives.all()),
        people=tuple(
            PersonFacts(each.role, each.name, each.credentials, each.biography, each.disclosure)
            for each in version.people.all()
        ),
        references=tuple(
            ReferenceFacts(each["id"], each["text"], each["url"]) for each in version.references
        ),
        glossary=tuple(
            TermFacts(each["id"], each["term"], each["definition"]) for each in version.glossary
        ),
        pages=tuple(_page(page) for page in version.pages.all()),
        figures=tuple(_figure(each) for each in version.figures.select_related("file")),
        questions=tuple(_question(each) for each in version.questions.select_related("page").all()),
        test=TestFacts(
            questions=version.test_questions,
            pass_mark=version.pass_mark,
            attempts=version.attempts_allowed,
            wait_hours=version.retake_wait_hours,
        ),
        proposals=proposals_of(course),
    )


def _page(page: Page) -> PageFacts:
    text = read_page(page.source)
    return PageFacts(
        slug=page.slug,
        title=page.title,
        is_preview=page.is_preview,
        source=page.source,
        blocks=tuple(text.blocks),
        links=tuple(text.links),
        headings=tuple(text.headings),
        words=page.words,
        study_minutes=page.study_minutes,
        study_reason=page.study_reason,
    )


def _figure(figure: Figure) -> FigureFacts:
    return FigureFacts(
        key=figure.key,
        file_name=figure.file_name,
        media_type=figure.file.media_type,
        sha256=figure.file.sha256,
        width=figure.width,
        height=figure.height,
        title=figure.title,
        caption=figure.caption,
        alt=figure.alt,
        description=figure.description,
        credit=figure.credit,
        license=figure.license,
        source=figure.source,
        stain=figure.stain,
        magnification=figure.magnification,
        content=storage.read(figure.file),
    )


def _question(question: Question) -> QuestionFacts:
    return QuestionFacts(
        key=question.key,
        use="page" if question.page else "test",
        page_slug=question.page.slug if question.page else None,
        kind=question.kind,
        stem=question.stem,
        figure_key=question.figure_key,
        objective_keys=tuple(question.objective_keys),
        reference_keys=tuple(question.reference_keys),
        spec=question.spec,
        position=question.position,
    )


def proposals_of(course: Course) -> Proposals:
    """What the office has decided, in the form in which a course folder proposes it."""
    approvals = course.approvals.filter(withdrawn_at=None).select_related("accreditor")
    return Proposals(
        is_free=course.is_free,
        availability=course.availability,
        review_by=course.review_by,
        approvals=tuple(
            ApprovalProposal(
                accreditor=each.accreditor.code,
                number=each.number,
                hours=each.hours,
                valid_from=each.valid_from,
                valid_through=each.valid_through,
            )
            # Fictional approvals of the demonstration are no part of a course.
            for each in approvals.order_by("valid_from", "pk")
            if not each.accreditor.is_demonstration
        ),
    )
