"""The public catalog: what it shows, to whom, and what it costs."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from django.test import Client

from aliquot.accounts.models import User
from aliquot.catalog import services
from aliquot.catalog.models import Course
from aliquot.flows.publish_course import publish_course
from aliquot.flows.start_course import start_course
from tests.factories import catalog as factory
from tests.factories.courses import FREE, OPEN, course_folder, course_pack, read, sample_pack

pytestmark = pytest.mark.django_db
SMEAR = "/courses/peripheral-blood-smear/"


@pytest.fixture
def samples(now: datetime) -> None:
    for code in ("HEM-101", "SAF-101"):
        publish_course(pack=sample_pack(code), actor_id=None, now=now)


def text_of(html: str) -> str:
    from html import unescape

    without = re.sub(r"<script.*?</script>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", without)).split())


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def titles(html: str) -> list[str]:
    return re.findall(r'course-card__title"><a href="[^"]*">([^<]*)<', html)


# --- the list -------------------------------------------------------------------------------------


def test_the_counts_are_live_and_in_one_piece_of_text(client: Client, samples: None) -> None:
    assert "<h1>2 courses, 2.25 contact hours</h1>" in page(client, "/courses/")
    course = Course.objects.get(code="SAF-101")
    services.set_availability(course=course, availability="hidden", actor_id=None)
    assert "<h1>1 course, 1.25 contact hours</h1>" in page(client, "/courses/")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Chemical Hygiene and Spill Response", "Interpreting the Peripheral Blood Smear"]),
        ("?q=hemotology+smeer", ["Interpreting the Peripheral Blood Smear"]),
        ("?q=haematology", ["Interpreting the Peripheral Blood Smear"]),
        ("?q=formalin", ["Chemical Hygiene and Spill Response"]),
        ("?q=xyzzy", []),
        ("?q=hemotology&exact=1", []),
        ("?subject=hematology", ["Interpreting the Peripheral Blood Smear"]),
        ("?length=short", ["Chemical Hygiene and Spill Response"]),
        ("?length=medium&level=basic", ["Interpreting the Peripheral Blood Smear"]),
        ("?level=advanced", []),
        ("?sort=shortest",
         ["Chemical Hygiene and Spill Response", "Interpreting the Peripheral Blood Smear"]),
        ("?subject=nonsense&length=x&level=y&sort=z&fills=a&page=99999999999&page=x",
         ["Chemical Hygiene and Spill Response", "Interpreting the Peripheral Blood Smear"]),
    ],
)  # fmt: skip
def test_the_address_says_what_is_listed(
    client: Client, samples: None, query: str, expected: list[str]
) -> None:
    assert titles(page(client, f"/courses/{query}")) == expected


def test_a_corrected_search_says_so_and_offers_the_words_as_typed(
    client: Client, samples: None
) -> None:
    html = page(client, "/courses/?q=hemotology+smeer")
    assert "Showing results for hematology smear . Search instead for hemotology smeer" in text_of(
        html
    )
    assert 'href="/courses/?q=hemotology+smeer&amp;exact=1"' in html


def test_nothing_found_says_what_to_do_next(client: Client, samples: None) -> None:
    words = text_of(page(client, "/courses/?q=xyzzy"))
    assert "No course fits these words" in words
    assert "Subjects with courses Hematology Laboratory safety" in words


def test_the_ranking_rule_is_published(client: Client, samples: None) -> None:
    assert "Nobody can pay for a place." in page(client, "/courses/")


def test_facets_count_and_lead_to_their_addresses(client: Client, samples: None) -> None:
    html = page(client, "/courses/?level=basic")
    assert 'href="/courses/?subject=hematology&amp;level=basic"' in html
    assert 'href="/courses/" aria-current="true"' in html
    assert "Length Up to 1 hour 1 course 1 to 2 hours 1 course Level" in text_of(html)


@time_machine.travel("2026-11-23T23:00:00Z")
def test_courses_are_found_by_the_requirement_they_fill(client: Client, samples: None) -> None:
    everything = titles(page(client, "/courses/"))
    assert titles(page(client, "/courses/?fills=ascp_mls:hematology")) == []
    smear = Course.objects.get(code="HEM-101")
    factory.approve(smear, kind="pace")
    services.set_free(course=smear, is_free=True, actor_id=None)  # raises the generation
    html = page(client, "/courses/?fills=ascp_mls:hematology")
    assert titles(html) == ["Interpreting the Peripheral Blood Smear"]
    assert "Counts toward MLS(ASCP)" in text_of(html)
    assert titles(page(client, "/courses/")) == everything


def test_a_signed_in_person_sees_what_was_started(
    client: Client, samples: None, rosa: User, now: datetime
) -> None:
    start_course(person=rosa, course=Course.objects.get(code="HEM-101"), now=now)
    client.force_login(rosa)
    assert text_of(page(client, "/courses/")).count("In progress") == 1
    client.logout()
    assert "In progress" not in page(client, "/courses/")


def test_long_lists_have_pages_that_keep_the_choices(client: Client, now: datetime) -> None:
    for number in range(26):
        factory.published_course(f"C-{number:03}", title=f"Course {number:03}", per_kind=0)
    first = page(client, "/courses/?level=basic")
    assert len(titles(first)) == 24
    assert 'href="?level=basic&amp;page=2"' in first
    assert titles(page(client, "/courses/?level=basic&page=2")) == ["Course 024", "Course 025"]


@pytest.mark.parametrize("courses", [1, 3])
def test_the_list_costs_the_same_queries_for_any_number_of_courses(
    client: Client, django_assert_num_queries: object, courses: int, rosa: User
) -> None:
    for number in range(courses):
        factory.published_course(f"C-{number}", title=f"Course {number}", per_kind=0)
    with django_assert_num_queries(5):  # type: ignore[operator]
        # generations, provider, versions, subjects, approvals
        page(client, "/courses/?level=basic")
    with django_assert_num_queries(1):  # type: ignore[operator]
        page(client, "/courses/?level=basic")  # generations: the whole page was kept


# --- the page kept for anyone ---------------------------------------------------------------------


def test_a_kept_page_has_its_own_nonce_and_token_for_every_visitor(
    client: Client, samples: None
) -> None:
    seen: set[tuple[str, str]] = set()
    for visitor in (client, Client(), Client()):
        response = visitor.get("/courses/")
        html = response.content.decode()
        nonces = set(re.findall(r'nonce="([^"]*)"', html))
        (nonce,) = nonces
        assert f"'nonce-{nonce}'" in response["Content-Security-Policy"]
        (token,) = set(re.findall(r'csrfmiddlewaretoken" value="([^"]*)"', html))
        assert len(token) == 64
        seen.add((nonce, token))
    assert len(seen) == 3


def test_a_form_of_a_kept_page_is_accepted(samples: None) -> None:
    Client().get("/courses/")
    visitor = Client(enforce_csrf_checks=True)
    html = visitor.get("/courses/").content.decode()
    token = re.findall(r'csrfmiddlewaretoken" value="([^"]*)"', html)[0]
    posted = visitor.post(
        "/theme/", {"theme": "dark", "next": "/courses/", "csrfmiddlewaretoken": token}
    )
    assert posted.status_code == 302
    assert 'data-theme="dark"' in visitor.get("/courses/").content.decode()
    assert 'data-theme="dark"' not in Client().get("/courses/").content.decode()


def test_what_a_signed_in_person_sees_is_never_kept_for_others(
    client: Client, samples: None, rosa: User
) -> None:
    client.force_login(rosa)
    mine = page(client, SMEAR)
    assert "RM" in mine
    other = Client().get(SMEAR).content.decode()
    assert "Sign up" in other or "Start, it is free" in other
    assert "Rosa" not in other


def test_strangers_cannot_fill_the_memory_with_queries(client: Client, samples: None) -> None:
    from django.core.cache import caches

    page(client, "/courses/")
    before = len(caches["local"]._cache)  # type: ignore[attr-defined]
    for number in range(10):
        page(client, f"/courses/?unknown={number}")
        page(client, f"/courses/?q=word{number}")
        page(client, f"{SMEAR}?x={number}")
    assert len(caches["local"]._cache) <= before + 2  # type: ignore[attr-defined]


# --- the page of a course -------------------------------------------------------------------------


def test_the_page_of_a_course_says_what_is_needed_before_starting(
    client: Client, samples: None
) -> None:
    words = text_of(page(client, SMEAR))
    for expected in (
        "1.25 contact hours Basic Self-study, at your own pace Version 1, Nov 23, 2026",
        "Drafted with AI assistance; not reviewed by a credentialed professional.",
        "You will be able to Judge whether a stained smear is fit to read",
        "Question: “All 30 slides of a run have gray-blue red cells",
        "Test: 10 questions, drawn from 20 80% to pass",
        "Read every page, pass 10 questions at 80%, answer a short evaluation.",
        "Try again as often as you need. Each try draws anew from the bank.",
        "60 minutes to the contact hour, rounded down to 0.25: 1.25 computed, 1.25 awarded.",
        "Determined by The Aliquot project on November 23, 2026.",
        "The Aliquot project , author",
        "Disclosure of interests: Nothing to disclose.",
        "No reviewer is named for this version.",
        "Carries no accreditation",
        "Version 1 (this one), November 23, 2026 First version.",
        "To be reviewed by November 23, 2028.",
        "References Palmer L, Briggs C, McFadden S",
        "All 1.25 contact hours are hematology.",
    ):
        assert expected in words, expected


def test_the_sum_of_the_minutes_can_be_checked_by_hand(client: Client, samples: None) -> None:
    words = text_of(page(client, SMEAR))
    assert "6,142 words 200 words a minute, times 1.5 for study 46.1" in words
    assert "8 questions in pages 1 minute each 8" in words
    assert "10 questions of one test 1 minute each 10" in words
    assert "Together 80.1" in words


@time_machine.travel("2026-11-23T23:00:00Z")
def test_approvals_are_shown_with_their_days_and_what_bodies_make_of_them(
    client: Client, samples: None
) -> None:
    course = Course.objects.get(code="HEM-101")
    words = text_of(page(client, SMEAR))
    assert "MLS(ASCP) This course carries no accreditation" in words
    factory.approve(course, kind="pace", number="100-014")
    services.set_free(course=course, is_free=True, actor_id=None)
    words = text_of(page(client, SMEAR))
    assert "100-014: 1.25 contact hours, Jan 1, 2026 through Dec 31, 2027" in words
    assert "(fictional, demonstration only)" in words
    assert "MLS(ASCP) : Hematology 1.25 points counts" in words
    assert "Carries no accreditation" not in words


def test_starting_is_offered_as_far_as_it_is_possible(
    client: Client, samples: None, rosa: User, now: datetime
) -> None:
    html = page(client, SMEAR)
    assert 'href="/account/signup/?next=/courses/peripheral-blood-smear/"' in html
    client.force_login(rosa)
    html = page(client, SMEAR)
    assert f'<form method="post" action="{SMEAR}start">' in html
    course = Course.objects.get(code="HEM-101")
    enrollment = start_course(person=rosa, course=course, now=now)
    html = page(client, SMEAR)
    assert f'href="/learning/{enrollment.pk}/">Continue</a>' in html
    assert f"{SMEAR}start" not in html


def test_a_course_that_is_not_free_says_why_it_cannot_be_started(
    client: Client, samples: None, rosa: User
) -> None:
    services.set_free(course=Course.objects.get(code="HEM-101"), is_free=False, actor_id=None)
    client.force_login(rosa)
    html = page(client, SMEAR)
    assert f"{SMEAR}start" not in html


def test_a_retired_course_leads_to_its_successor(client: Client, samples: None) -> None:
    course, successor = Course.objects.get(code="HEM-101"), Course.objects.get(code="SAF-101")
    services.set_availability(
        course=course, availability="retired", successor=successor, actor_id=None
    )
    html = page(client, SMEAR)
    assert "This course was retired" in html
    assert 'href="/courses/chemical-hygiene-and-spill-response/">See its successor' in html
    assert '<meta name="robots" content="noindex">' in html
    assert titles(page(client, "/courses/")) == ["Chemical Hygiene and Spill Response"]


def test_hidden_and_absent_courses_answer_alike(
    client: Client, samples: None, stella: User, amara: User
) -> None:
    services.set_availability(
        course=Course.objects.get(code="HEM-101"), availability="hidden", actor_id=None
    )
    addresses = (SMEAR, f"{SMEAR}preview/making-a-smear/", f"{SMEAR}figures/1/wedge-technique")
    for address in (*addresses, "/courses/none/", "/courses/none/preview/x/"):
        assert client.get(address).status_code == 404, address
    client.force_login(stella)
    for address in addresses:
        assert client.get(address).status_code == 404, address
    client.force_login(amara)
    assert client.get(SMEAR).status_code == 200


def test_every_version_says_what_changed(client: Client, tmp_path: Path, now: datetime) -> None:
    from dataclasses import replace

    pack = course_pack(tmp_path, OPEN, FREE)
    publish_course(pack=pack, actor_id=None, now=now)
    changed = replace(pack, title="Another title", what_changed="A better title.")
    publish_course(pack=changed, actor_id=None, now=now)
    words = text_of(page(client, "/courses/tst-101/"))
    assert "Version 2 (this one), November 23, 2026 A better title." in words
    assert "Version 1 , November 23, 2026 First version." in words


def test_the_structured_data_say_what_the_page_says(client: Client, samples: None) -> None:
    html = page(client, SMEAR)
    found = re.search(r'<script type="application/ld\+json" nonce="[^"]+">(.*?)</script>', html)
    assert found is not None
    data = json.loads(found[1])
    assert data["@type"] == "Course"
    assert data["name"] == "Interpreting the Peripheral Blood Smear"
    assert data["hasCourseInstance"]["courseWorkload"] == "PT1H15M"
    assert data["url"] == "http://localhost:8000/courses/peripheral-blood-smear/"
    assert data["isAccessibleForFree"] is True
    assert "aggregateRating" not in data


def test_pages_have_their_own_title_description_and_canonical_address(
    client: Client, samples: None
) -> None:
    for address in ("/courses/", SMEAR, f"{SMEAR}preview/making-a-smear/"):
        html = page(client, address)
        assert f'<link rel="canonical" href="http://localhost:8000{address}">' in html
        description = re.search(r'<meta name="description" content="([^"]*)"', html)
        assert description is not None
        assert len(description[1]) > 60
    assert "<title>Interpreting the Peripheral Blood Smear: 1.25 contact hours" in page(
        client, SMEAR
    )
    assert '<meta name="robots" content="noindex, follow">' in page(client, "/courses/?q=smear")


def test_the_sitemap_lists_what_is_open_and_nothing_else(client: Client, samples: None) -> None:
    services.set_availability(
        course=Course.objects.get(code="SAF-101"), availability="hidden", actor_id=None
    )
    response = client.get("/sitemap.xml")
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    addresses = re.findall(r"<loc>([^<]*)</loc>", response.content.decode())
    assert f"http://localhost:8000{SMEAR}" in addresses
    assert "http://localhost:8000/courses/" in addresses
    assert not [each for each in addresses if "chemical" in each]


# --- previews and figures -------------------------------------------------------------------------


def test_a_preview_page_is_the_whole_page_with_its_questions_at_rest(
    client: Client, samples: None
) -> None:
    html = page(client, f"{SMEAR}preview/making-a-smear/")
    assert "<h1>A smear worth reading</h1>" in html
    assert 'src="/courses/peripheral-blood-smear/figures/1/wedge-technique"' in html
    assert "Describe figure 1 in words" in html
    assert "when you start the course" in html
    assert "<dt>feathered edge</dt>" in html
    inputs = re.findall(r"<input[^>]*name=\"question-[^>]*>", html)
    assert len(inputs) == 4
    assert all("disabled" in each for each in inputs)


def test_no_answer_key_and_no_reason_leaves_with_a_preview(client: Client, samples: None) -> None:
    html = page(client, f"{SMEAR}preview/making-a-smear/") + page(client, SMEAR)
    questions = sample_pack("HEM-101").questions
    reasons = [
        option["reason"] for question in questions for option in question.spec.get("options", [])
    ]
    assert len(reasons) > 20
    assert not [reason for reason in reasons if reason[:40] in html]
    assert '"right"' not in html


def test_links_to_pages_that_are_not_open_yet_become_words(
    client: Client, tmp_path: Path, now: datetime
) -> None:
    publish_course(pack=course_pack(tmp_path, OPEN), actor_id=None, now=now)
    html = page(client, "/courses/tst-101/preview/first-page/")
    assert "the second page is a click away" in text_of(html)
    assert 'href="../second-page/"' not in html


def test_other_pages_open_to_nobody_before_starting(
    client: Client, samples: None, rosa: User
) -> None:
    assert client.get(f"{SMEAR}preview/platelets/").status_code == 404
    client.force_login(rosa)
    assert client.get(f"{SMEAR}preview/platelets/").status_code == 404


def test_figures_of_previews_are_public_and_the_others_for_who_takes_the_course(
    client: Client, samples: None, rosa: User, stella: User, now: datetime
) -> None:
    public, other = f"{SMEAR}figures/1/wedge-technique", f"{SMEAR}figures/1/case-field"
    response = client.get(public)
    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")
    assert response["Content-Security-Policy"] == "default-src 'none'; style-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(public, headers={"If-None-Match": response["ETag"]}).status_code == 304
    assert client.get(other).status_code == 404
    start_course(person=rosa, course=Course.objects.get(code="HEM-101"), now=now)
    client.force_login(rosa)
    response = client.get(other)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    client.force_login(stella)
    assert client.get(other).status_code == 404
    for address in (f"{SMEAR}figures/2/wedge-technique", f"{SMEAR}figures/1/nothing",
                    "/courses/none/figures/1/wedge-technique"):  # fmt: skip
        assert client.get(address).status_code == 404


# --- hostile text in every field ------------------------------------------------------------------

HOSTILE = "<img src=x onerror=alert(1)>\"'</script><script>alert(2)</script>{{7*7}}%22"


def test_hostile_text_in_every_plain_field_is_shown_as_text(
    client: Client, tmp_path: Path, now: datetime
) -> None:
    quoted = json.dumps(HOSTILE)
    changes = [
        ("course.yaml", "title: A Working Title", f"title: {quoted}"),
        ("course.yaml", "subtitle: one short line for cards", f"subtitle: {quoted}"),
        ("course.yaml", "audience: Medical laboratory scientists and technicians",
         f"audience: {quoted}"),
        ("course.yaml", "what_changed: First version.", f"what_changed: {quoted} #"),
        ("course.yaml", 'notice: ""', f"notice: {quoted} #"),
        ("course.yaml", "by: Your name", f"by: {quoted}"),
        ("course.yaml", "reason: A skeleton; to be determined when the text is written.",
         f"reason: {quoted}"),
        ("course.yaml", "text: Name the three parts of a course page", f"text: {quoted}"),
        ("course.yaml", "name: Your name", f"name: {quoted}"),
        ("course.yaml", 'credentials: ""', f"credentials: {quoted} #"),
        ("course.yaml", "biography: One or two sentences.", f"biography: {quoted}"),
        ("course.yaml", "disclosure: Nothing to disclose.", f"disclosure: {quoted}"),
        ("course.yaml", '"Author or body. Title of the work. Publisher, year."', quoted),
        ("course.yaml", "term: stopper", f"term: {quoted}"),
        ("course.yaml", "definition: The colored cap of a tube.", f"definition: {quoted}"),
        ("pages/first-page.md", "title: The first page", f"title: {quoted}"),
        ("figures/example.yaml", "alt: A tube with a colored stopper.", f"alt: {quoted}"),
        ("figures/example.yaml", "title: A tube with a stopper", f"title: {quoted}"),
        ("figures/example.yaml", "credit: Drawn by your name", f"credit: {quoted}"),
        ("figures/example.yaml", "license: CC-BY-4.0", "license: <script>alert(3)</script>"),
    ]  # fmt: skip
    folder = course_folder(tmp_path, OPEN, *changes)
    reading = read(folder)
    assert reading.pack is not None, [str(each) for each in reading.errors]
    publish_course(pack=reading.pack, actor_id=None, now=now)
    for address in ("/courses/", "/courses/tst-101/", "/courses/tst-101/preview/first-page/",
                    f"/courses/?q={HOSTILE}"):  # fmt: skip
        html = page(client, address)
        assert "<img src=x" not in html, address
        assert "<script>alert" not in html, address
        assert "</script><script>" not in html, address
    data = re.search(
        r"ld\+json\" nonce=\"[^\"]+\">(.*?)</script>", page(client, "/courses/tst-101/")
    )
    assert data is not None
    assert json.loads(data[1])["name"] == HOSTILE
