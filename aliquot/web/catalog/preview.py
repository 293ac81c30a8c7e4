"""A page of a course for anyone, before starting: the full page, its questions at rest."""

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from aliquot.assessment.facts import PublicQuestion
from aliquot.assessment.queries import page_question, page_questions, public_figures
from aliquot.catalog import access, queries
from aliquot.catalog.models import CourseVersion, Figure, Page
from aliquot.catalog.queries.mentions import references_on, terms_on
from aliquot.infra import clock
from aliquot.infra.anonymous_pages import anonymous_page
from aliquot.learning.access import opening_for
from aliquot.lib.decimals import shortest

_PAGE_LINK = re.compile(r'<a class="page-link" href="\.\./([a-z0-9-]+)/"[^>]*>(.*?)</a>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """One block of a page, ready for the template."""

    anchor: str
    kind: str
    html: str = ""
    figure: Figure | None = None
    figure_url: str = ""
    number: int = 0
    question: PublicQuestion | None = None


@require_safe
@anonymous_page(queries.GENERATION, queries.PROVIDER_GENERATION)
def preview(request: HttpRequest, slug: str, page_slug: str) -> HttpResponse:
    """A preview page; any other page answers as if it were not there."""
    page = access.preview_page_for(request.user, slug, page_slug)
    return render(request, "web/catalog/preview.html", _context(request, page))


def _context(request: HttpRequest, page: Page) -> dict[str, Any]:
    version = page.version
    pages = list(queries.outline_of(version))
    here = next(number for number, each in enumerate(pages) if each.pk == page.pk)
    following = pages[here + 1] if here + 1 < len(pages) else None
    course_url = reverse("catalog:course", args=[version.course.slug])
    subject = version.subjects.order_by("-hours", "position").first()
    return {
        "section": "courses",
        "page": page,
        "version": version,
        "course": version.course,
        "course_url": course_url,
        "area": subject.area if subject else "",
        "blocks": _blocks(page, {each.slug for each in pages if each.is_preview}),
        "terms": terms_on(version, page),
        "references": references_on(version, page),
        "outline": _outline(version, pages, page),
        "number": here + 1,
        "count": len(pages),
        "following": following if following is not None and following.is_preview else None,
        "opening": opening_for(request.user, version.course, clock.now()),
    }


def _blocks(page: Page, readable: set[str]) -> list[ShownBlock]:
    """The blocks of the page. The HTML was sanitized when the version was published."""
    version = page.version
    figures = {figure.key: figure for figure in version.figures.all()}
    questions = page_questions(version.pk, page.pk)
    pictured = public_figures(version, [each.figure_key for each in questions.values()])
    shown: list[ShownBlock] = []
    number = 0
    for block in page.blocks:
        anchor, kind, key = block["anchor"], block["kind"], block.get("key", "")
        if kind == "html":
            html = mark_safe(_links_open(block["html"], readable))  # noqa: S308
            shown.append(ShownBlock(anchor, kind, html=html))
        elif kind == "figure" and key in figures:
            number += 1
            url = reverse("catalog:figure", args=[version.course.slug, version.number, key])
            shown.append(
                ShownBlock(anchor, kind, figure=figures[key], figure_url=url, number=number)
            )
        elif kind == "question" and key in questions:
            question = page_question(questions[key], pictured)
            shown.append(ShownBlock(anchor, kind, question=question))
    return shown


def _links_open(html: str, readable: set[str]) -> str:
    """Links to pages that cannot be read yet become plain words."""
    return _PAGE_LINK.sub(lambda link: link[0] if link[1] in readable else link[2], html)


def _outline(version: CourseVersion, pages: list[Page], page: Page) -> list[dict[str, Any]]:
    slug = version.course.slug
    items = [
        {
            "label": each.title,
            "url": reverse("catalog:preview", args=[slug, each.slug]) if each.is_preview else "",
            "state": _state(each, page),
            "minutes": max(1, round(each.minutes)),
        }
        for each in pages
    ]
    mark = shortest(version.pass_mark)
    test = {
        "label": f"Test: {version.test_questions} questions, {mark}% to pass",
        "url": "",
        "state": "locked",
    }
    return [{"title": "Pages", "items": items}, {"title": "Then", "items": [test]}]


def _state(each: Page, page: Page) -> str:
    if each.pk == page.pk:
        return "current"
    return "open" if each.is_preview else "locked"
