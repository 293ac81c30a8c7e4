"""The list of open courses: loaded once per publishing, then chosen, searched and counted in
memory, so that both databases give the same hits (docs/decisions/0006).
"""

import html
import re
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet

from aliquot.catalog import rules
from aliquot.catalog.data import areas, with_descendants
from aliquot.catalog.facts import (
    ApprovalFacts,
    CatalogCounts,
    CatalogEntry,
    Listing,
    SamplePage,
    Selection,
    SubjectFacts,
)
from aliquot.catalog.models import Approval, Course, CourseVersion, Page, SearchText
from aliquot.catalog.queries.courses import approval_facts
from aliquot.catalog.queries.held import held

GENERATION = "catalog"  # raised by every deed that changes what the list shows


def entries() -> tuple[CatalogEntry, ...]:
    """Every open course in the order of the titles."""
    return held(GENERATION, "entries", _load_entries)


def browse(selection: Selection) -> Listing:
    """The courses a visitor asked for, with counts for every other choice."""
    courses = entries()
    family = held(GENERATION, "family", _occurring_family)
    if selection == Selection():  # what most people open first; its counts go through all courses
        return held(
            GENERATION,
            "everything",
            lambda: rules.browse(courses, selection, weights=None, family=family),
        )
    if rules.is_empty(selection.words):
        return rules.browse(courses, selection, weights=None, family=family)
    index = held(GENERATION, "index", _load_index)
    found = rules.find(selection.words, index, is_exact=selection.is_exact)
    listing = rules.browse(courses, selection, weights=found.weights, family=family)
    return replace(
        listing,
        understood=found.understood,
        is_corrected=found.is_corrected,
        unknown=found.unknown,
    )


def _occurring_family() -> dict[str, frozenset[str]]:
    return rules.occurring(entries(), {area: with_descendants(area) for area in areas()})


def catalog_counts() -> CatalogCounts:
    """How many courses are open, their contact hours together, and how many of them are free."""
    return held(GENERATION, "counts", _count)


def _count() -> CatalogCounts:
    courses = entries()
    return CatalogCounts(
        courses=len(courses),
        contact_hours=sum((entry.hours for entry in courses), Decimal(0)),
        free=sum(entry.is_free for entry in courses),
    )


def suggestions() -> tuple[str, ...]:
    """Subject areas with courses, the fullest first: what to try when nothing was found."""
    return held(GENERATION, "suggestions", _suggestions)


def _suggestions() -> tuple[str, ...]:
    counts: dict[str, int] = defaultdict(int)
    for entry in entries():
        for subject in entry.subjects:
            counts[subject.area] += 1
    return tuple(sorted(counts, key=lambda area: (-counts[area], area)))


def sample_page() -> SamplePage | None:
    """A preview page of the newest open course that has one."""
    return held(GENERATION, "sample", _load_sample)


def _open_versions() -> QuerySet[CourseVersion]:
    """The current versions of the open courses."""
    return CourseVersion.objects.filter(
        course__availability=Course.Availability.OPEN, course__current_version=F("pk")
    ).select_related("course")


def _load_entries() -> tuple[CatalogEntry, ...]:
    versions = (
        _open_versions()
        .prefetch_related(
            "subjects",
            Prefetch(
                "course__approvals",
                Approval.objects.filter(withdrawn_at=None).select_related("accreditor"),
            ),
        )
        .annotate(has_preview=Exists(Page.objects.filter(version=OuterRef("pk"), is_preview=True)))
        .defer("description", "audience", "notice", "hours_inputs", "references", "glossary")
    )
    return tuple(
        sorted((_entry(each) for each in versions), key=lambda e: (e.title.casefold(), e.code))
    )


def _entry(version: Any) -> CatalogEntry:
    course = version.course
    approvals: list[ApprovalFacts] = [approval_facts(each) for each in course.approvals.all()]
    return CatalogEntry(
        course_id=course.pk,
        code=course.code,
        slug=course.slug,
        title=version.title,
        subtitle=version.subtitle,
        level=version.level,
        hours=version.contact_hours,
        subjects=tuple(SubjectFacts(each.area, each.hours) for each in version.subjects.all()),
        approvals=tuple(approvals),
        published_on=version.published_at.date(),
        is_free=course.is_free,
        has_preview=version.has_preview,
    )


def _load_index() -> rules.SearchIndex:
    texts = {
        text.course_id: (text.title, text.body)
        for text in SearchText.objects.filter(course__availability="open")
    }
    return rules.build_index(texts.get(entry.course_id, ("", "")) for entry in entries())


def _load_sample() -> SamplePage | None:
    page = (
        Page.objects.filter(is_preview=True, version__in=_open_versions())
        .select_related("version", "version__course")
        .order_by("-version__published_at", "version__course__code", "position")
        .first()
    )
    if page is None:
        return None
    version = page.version
    subjects = sorted(version.subjects.all(), key=lambda each: -each.hours)
    return SamplePage(
        title=page.title,
        opening=_opening(page),
        course_slug=version.course.slug,
        page_slug=page.slug,
        course_title=version.title,
        area=subjects[0].area if subjects else "",
        hours=version.contact_hours,
    )


def _opening(page: Page) -> str:
    """The first paragraph of a page as plain text."""
    for block in page.blocks:
        if block["kind"] == "html" and block["html"].startswith("<p"):
            return html.unescape(re.sub(r"<[^>]*>", "", block["html"])).strip()
    return ""
