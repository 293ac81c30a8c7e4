from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from aliquot.accounts.models import User
from aliquot.assessment.models import Question
from aliquot.catalog.errors import PublishingRefusedError
from aliquot.catalog.facts import ApprovalProposal, PersonFacts
from aliquot.catalog.models import Accreditor, Approval, Course, CourseVersion, Figure, Page
from aliquot.catalog.queries import catalog_counts
from aliquot.catalog.rules import content_hash
from aliquot.flows.course_content import content_of
from aliquot.flows.publish_course import publish_course, publish_courses
from aliquot.infra.models import AuditEntry, Generation
from tests.factories.courses import FREE, OPEN, course_pack

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]


def refused(pack: object, now: datetime) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(PublishingRefusedError) as refusal:
        publish_course(pack=pack, actor_id=None, now=now)  # type: ignore[arg-type]
    return [(problem.path, problem.message) for problem in refusal.value.problems]


def test_publishing_writes_the_whole_version_in_one_audited_deed(
    tmp_path: Path, now: datetime, amara: User
) -> None:
    before = AuditEntry.objects.count()
    pack = course_pack(tmp_path, OPEN, FREE)
    published = publish_course(pack=pack, actor_id=amara.pk, now=now)
    assert published.is_new
    version = published.version
    course = version.course
    assert (course.code, course.slug, course.availability, course.is_free) == (
        "TST-101", "tst-101", "open", True,
    )  # fmt: skip
    assert course.current_version == version
    assert (version.number, version.contact_hours, version.computed_hours) == (
        1, Decimal("0.25"), Decimal(0),
    )  # fmt: skip
    assert version.content_hash == content_hash(pack)
    assert (version.published_at, version.published_by_id) == (now, amara.pk)
    assert version.hours_method == "reading-and-questions-1"
    assert version.hours_inputs["words"] == 73
    assert version.hours_inputs["settings"]["words_per_minute"] == "200"
    assert [page.slug for page in version.pages.all()] == ["first-page", "second-page"]
    assert [question.key for question in version.questions.all()] == [
        "in-page-example", "choose-one", "count-them",
    ]  # fmt: skip
    assert version.figures.get().file.media_type == "image/svg+xml"
    entry = AuditEntry.objects.latest("pk")
    assert AuditEntry.objects.count() == before + 1
    assert (entry.action, entry.actor_id) == ("course.published", amara.pk)
    assert entry.details["course"] == "TST-101"


def test_the_live_counts_follow_at_once(tmp_path: Path, now: datetime) -> None:
    assert catalog_counts().courses == 0
    publish_course(pack=course_pack(tmp_path, OPEN), actor_id=None, now=now)
    counts = catalog_counts()
    assert (counts.courses, counts.contact_hours) == (1, Decimal("0.25"))
    hidden = course_pack(
        tmp_path / "b", ("course.yaml", "slug: tst-102", "slug: hidden"), code="TST-102"
    )
    publish_course(pack=hidden, actor_id=None, now=now)
    assert catalog_counts().courses == 1


def test_unchanged_content_makes_no_version_and_no_audit_row(tmp_path: Path, now: datetime) -> None:
    pack = course_pack(tmp_path, OPEN)
    first = publish_course(pack=pack, actor_id=None, now=now).version
    before = AuditEntry.objects.count(), Generation.objects.get(name="catalog").number
    again = publish_course(
        pack=replace(pack, what_changed="Other words about nothing."), actor_id=None, now=now
    )
    assert (again.is_new, again.version) == (False, first)
    assert CourseVersion.objects.count() == 1
    after = AuditEntry.objects.count(), Generation.objects.get(name="catalog").number
    assert after == before


def test_changed_content_makes_a_new_version_and_the_old_one_stays(
    tmp_path: Path, now: datetime
) -> None:
    pack = course_pack(tmp_path, OPEN)
    first = publish_course(pack=pack, actor_id=None, now=now).version
    changed = replace(pack, title="Another title", what_changed="A better title.")
    second = publish_course(pack=changed, actor_id=None, now=now).version
    assert (second.number, second.title, second.what_changed) == (
        2, "Another title", "A better title.",
    )  # fmt: skip
    first.refresh_from_db()
    assert (first.title, first.pages.count(), first.questions.count()) == ("A Working Title", 2, 3)
    assert Course.objects.get().current_version == second


def test_changed_content_without_a_changed_text_about_it_is_refused(
    tmp_path: Path, now: datetime
) -> None:
    pack = course_pack(tmp_path, OPEN)
    publish_course(pack=pack, actor_id=None, now=now)
    assert refused(replace(pack, title="Another title"), now) == [
        (
            ("course", "what_changed"),
            (
                "the content differs from version 1, but what_changed does not; accepted: a text "
                "that says what changed"
            ),
        )
    ]
    assert CourseVersion.objects.count() == 1


def test_going_back_to_earlier_content_is_a_version_of_its_own(
    tmp_path: Path, now: datetime
) -> None:
    pack = course_pack(tmp_path, OPEN)
    publish_course(pack=pack, actor_id=None, now=now)
    second = replace(pack, title="Another title", what_changed="A better title.")
    publish_course(pack=second, actor_id=None, now=now)
    back = replace(pack, what_changed="Back to the first title.")
    assert publish_course(pack=back, actor_id=None, now=now).version.number == 3


def test_proposals_count_for_a_new_course_and_are_left_to_the_office_later(
    tmp_path: Path, now: datetime
) -> None:
    pack = course_pack(tmp_path, OPEN, FREE)
    publish_course(pack=pack, actor_id=None, now=now)
    other = replace(
        pack,
        proposals=replace(
            pack.proposals, is_free=False, availability="retired", review_by=date(2030, 1, 1)
        ),
    )
    again = publish_course(pack=other, actor_id=None, now=now)
    assert again.is_new is False
    assert again.differing == (
        "free: False proposed, True stays",
        "availability: retired proposed, open stays",
        "review_by: 2030-01-01 proposed, None stays",
    )
    course = Course.objects.get()
    assert (course.is_free, course.availability, course.review_by) == (True, "open", None)


APPROVAL = ApprovalProposal("pace", "100-1", Decimal(1), date(2026, 1, 1), date(2027, 12, 31))


def test_a_proposed_approval_needs_a_reviewer_and_a_known_accreditor(
    tmp_path: Path, now: datetime
) -> None:
    pack = course_pack(tmp_path, OPEN)
    pack = replace(pack, proposals=replace(pack.proposals, approvals=(APPROVAL,)))
    assert [path for path, _ in refused(pack, now)] == [
        ("course", "proposals", "approvals", 0),
        ("course", "proposals", "approvals", 0, "accreditor"),
    ]
    assert Course.objects.count() == 0
    reviewer = PersonFacts("reviewer", "Ana Ruiz", "MD", "", "Nothing to disclose.")
    Accreditor.objects.create(code="pace", name="P.A.C.E.", approval_kind="pace")
    publish_course(pack=replace(pack, people=(*pack.people, reviewer)), actor_id=None, now=now)
    assert Approval.objects.get().number == "100-1"


def test_an_address_belongs_to_one_course_for_good(tmp_path: Path, now: datetime) -> None:
    pack = course_pack(tmp_path, OPEN)
    publish_course(pack=pack, actor_id=None, now=now)
    assert refused(replace(pack, code="TST-102"), now) == [
        (("course", "slug"), "the address 'tst-101' belongs to TST-101; accepted: one of its own")
    ]
    moved = replace(pack, slug="elsewhere", what_changed="Moved.")
    assert [path for path, _ in refused(moved, now)] == [("course", "slug")]


def test_a_course_with_an_error_is_refused_whoever_made_the_facts(
    tmp_path: Path, now: datetime
) -> None:
    pack = course_pack(tmp_path, OPEN)
    without = replace(pack, questions=pack.questions[1:])
    assert (("page", "first-page", 17), ("question 'in-page-example' does not exist; accepted: "
            "choose-one, count-them")) in refused(without, now)  # fmt: skip
    spec = {**pack.questions[1].spec, "options": []}
    broken = replace(pack, questions=(pack.questions[0], replace(pack.questions[1], spec=spec)))
    assert any(path[:2] == ("question", "choose-one") for path, _ in refused(broken, now))
    assert (Course.objects.count(), Page.objects.count(), Question.objects.count()) == (0, 0, 0)


def test_blocks_are_rendered_again_so_forged_facts_stay_harmless(
    tmp_path: Path, now: datetime
) -> None:
    pack = course_pack(tmp_path, OPEN)
    page = pack.pages[0]
    forged = replace(page.blocks[0], html="<script>alert(1)</script>")
    pages = (replace(page, blocks=(forged, *page.blocks[1:])), *pack.pages[1:])
    version = publish_course(pack=replace(pack, pages=pages), actor_id=None, now=now).version
    assert "script" not in str(version.pages.get(slug="first-page").blocks)


def test_several_courses_are_published_or_none(tmp_path: Path, now: datetime) -> None:
    good = course_pack(tmp_path / "a", OPEN)
    bad = replace(good, code="TST-102")  # the same address
    with pytest.raises(PublishingRefusedError):
        publish_courses(packs=[good, bad], actor_id=None, now=now)
    assert (Course.objects.count(), Figure.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)


def test_what_was_published_is_read_back_as_the_same_content(tmp_path: Path, now: datetime) -> None:
    for code in ("HEM-101", "SAF-101"):
        from tests.factories.courses import read

        pack = read(ROOT / "courses" / code).pack
        assert pack is not None
        version = publish_course(pack=pack, actor_id=None, now=now).version
        back = content_of(version)
        assert content_hash(back) == content_hash(pack)
        assert back.proposals == pack.proposals
        assert back.figures == pack.figures
        assert [each.content for each in back.figures] == [each.content for each in pack.figures]
