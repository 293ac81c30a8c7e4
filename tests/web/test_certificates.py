"""One's certificates, the transcript, and the page that verifies a code."""

import csv
import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from aliquot.accounts.models import LicenseNumber, User
from aliquot.catalog.models import CourseVersion
from aliquot.certificates.facts import VERIFY_TRIES as TRIES
from aliquot.certificates.models import Certificate
from aliquot.certificates.services import reissue_certificate, revoke_certificate
from aliquot.infra.models import RateCount
from aliquot.interop.transcript.table import COLUMNS
from aliquot.learning.models import Entitlement
from aliquot.lib import codes
from aliquot.lib.spreadsheets import harmless
from tests.factories.catalog import approve, published_course
from tests.factories.certificates import certificate, finished

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def main_of(html: str) -> str:
    """The page's main part, spaces evened out."""
    inner = html.split("<main", 1)[1].partition(">")[2].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", inner)


def words_of(html: str) -> str:
    """The main part without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", main_of(html)).split())


def shown(made: Certificate) -> str:
    return codes.grouped(made.code)


@pytest.fixture
def issued(rosa: User, now: datetime) -> Certificate:
    LicenseNumber.objects.create(
        person=rosa, state="FL", profession="Technologist", number="TN 00042"
    )
    return certificate(rosa, now)


class TestTheList:
    def test_without_one_it_says_what_to_do(self, client: Client, nadia: User) -> None:
        client.force_login(nadia)
        page = client.get("/certificates/").text
        assert "No certificate yet" in page
        assert 'href="/learning/"' in main_of(page)
        assert "transcript.pdf" not in page

    def test_it_wants_a_sign_in(self, client: Client, issued: Certificate) -> None:
        for address in (
            "/certificates/",
            f"/certificates/{shown(issued)}/",
            f"/certificates/{shown(issued)}.pdf",
            "/certificates/transcript.pdf",
            "/certificates/transcript.csv",
        ):
            assert client.get(address).headers["Location"].startswith("/account/login/")

    def test_the_newest_completion_comes_first(
        self, client: Client, rosa: User, now: datetime
    ) -> None:
        older = certificate(rosa, now - timedelta(days=3), code="OLD-1", title="Older")
        newer = certificate(rosa, now, code="NEW-1", title="Newer")
        client.force_login(rosa)
        page = client.get("/certificates/").text
        assert page.index(shown(newer)) < page.index(shown(older))
        assert "2 certificates, newest first" in words_of(page)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("q=smear", ["SME-1"]),
            ("q=SPILL+safety", ["SPI-1"]),
            ("q=sme-1", ["SME-1"]),
            ("q=banana", []),
            ("from_day=2026-11-22", ["SPI-1"]),
            ("through_day=2026-11-22", ["SME-1"]),
            ("from_day=2026-11-20&through_day=2026-11-20", ["SME-1"]),
            ("from_day=nonsense", ["SPI-1", "SME-1"]),
        ],
    )
    def test_words_and_dates_find(
        self, client: Client, rosa: User, now: datetime, query: str, found: list[str]
    ) -> None:
        certificate(rosa, now - timedelta(days=3), code="SME-1", title="Reading a smear")
        certificate(rosa, now, code="SPI-1", title="Spill safety")
        client.force_login(rosa)
        page = main_of(client.get(f"/certificates/?{query}").text)
        assert re.findall(r"&nbsp;· ([A-Z]{3}-1)&nbsp;· ", page) == found

    def test_a_code_typed_with_hyphens_finds(
        self, client: Client, rosa: User, issued: Certificate
    ) -> None:
        client.force_login(rosa)
        assert "1 certificate found" in words_of(
            client.get(f"/certificates/?q={shown(issued).lower()}").text
        )

    def test_a_period_that_ends_before_it_begins_is_explained(
        self, client: Client, rosa: User, issued: Certificate
    ) -> None:
        client.force_login(rosa)
        page = client.get("/certificates/?from_day=2026-02-02&through_day=2026-01-01").text
        assert "The last day is before the first" in page
        assert "<title>Error: Certificates" in page

    def test_nothing_depends_on_access_or_on_the_course_staying(
        self, client: Client, rosa: User, issued: Certificate
    ) -> None:
        course = issued.completion.enrollment.course
        course.availability, course.is_free = "retired", False
        course.save()
        assert not Entitlement.objects.exists()
        client.force_login(rosa)
        assert shown(issued) in client.get("/certificates/").text
        assert client.get(f"/certificates/{shown(issued)}.pdf").status_code == 200

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_asks_the_database_as_often_for_one_as_for_three(
        self, client: Client, rosa: User, now: datetime, count: int
    ) -> None:
        for number in range(count):
            certificate(rosa, now, code=f"HEM-{number}")
        client.force_login(rosa)
        client.get("/certificates/")  # the first request of a session writes its rows
        with CaptureQueriesContext(connection) as asked:
            client.get("/certificates/")
        # The session, the person; how many, which; the generations of the cache.
        assert len(asked) == 5

    def test_many_are_on_several_pages_that_keep_the_words(
        self, client: Client, rosa: User, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("aliquot.web.certificates.mine.PER_PAGE", 2)
        for number in range(3):
            certificate(rosa, now, code=f"HEM-{number}")
        client.force_login(rosa)
        page = client.get("/certificates/?q=smear").text
        assert "Page 1 of 2" in page
        assert 'href="?q=smear&amp;page=2"' in page


class TestOneCertificate:
    def test_the_page_shows_what_is_printed(
        self, client: Client, rosa: User, issued: Certificate
    ) -> None:
        client.force_login(rosa)
        words = words_of(client.get(f"/certificates/{issued.code.lower()}/").text)
        for expected in (
            "Rosa Méndez completed Interpreting the Peripheral Blood Smear",
            "Contact hours 1.25 Completed November 23, 2026 Level Basic Format Self-study, online",
            "License Florida, Technologist: TN 00042",
            "Hematology 1.25",
            "This course carries no accreditation.",
            "Amara Okafor Program Administrator",
            f"localhost:8000/v/{shown(issued)}",
            "DEMONSTRATION, not a real certificate",
        ):
            assert expected in words

    def test_a_stranger_is_told_nothing(
        self, client: Client, stella: User, issued: Certificate
    ) -> None:
        client.force_login(stella)
        absent = codes.grouped(codes.new_code())
        for kind in ("/", ".pdf"):
            foreign = client.get(f"/certificates/{shown(issued)}{kind}")
            unknown = client.get(f"/certificates/{absent}{kind}")
            mistyped = client.get(f"/certificates/NO-CODE{kind}")
            assert (foreign.status_code, unknown.status_code, mistyped.status_code) == (404,) * 3
            assert "Rosa" not in foreign.text

    def test_a_superseded_one_leads_to_the_one_that_replaced_it(
        self, client: Client, rosa: User, issued: Certificate, now: datetime
    ) -> None:
        new = reissue_certificate(
            certificate=issued, full_name="Rosa Ortiz", actor_id=None, now=now
        )
        client.force_login(rosa)
        page = client.get(f"/certificates/{shown(issued)}/").text
        assert "Superseded on November 23, 2026" in page
        assert f'href="/certificates/{shown(new)}/"' in page
        page = client.get(f"/certificates/{shown(new)}/").text
        assert "It replaces" in page
        assert "Superseded" not in page

    def test_a_revoked_one_says_when_and_why(
        self, client: Client, rosa: User, issued: Certificate, now: datetime
    ) -> None:
        revoke_certificate(certificate=issued, reason="Refunded.", actor_id=None, now=now)
        client.force_login(rosa)
        words = words_of(client.get(f"/certificates/{shown(issued)}/").text)
        assert "Revoked on November 23, 2026 Refunded." in words

    def test_the_pdf_is_a_private_download_on_the_paper_asked_for(
        self, client: Client, rosa: User, issued: Certificate
    ) -> None:
        client.force_login(rosa)
        widths = {}
        for paper in ("letter", "a4", "napkin"):
            response = client.get(f"/certificates/{shown(issued)}.pdf?paper={paper}")
            assert response.headers["Content-Type"] == "application/pdf"
            assert response.headers["Cache-Control"] == "private, no-store"
            assert response.headers["Content-Disposition"] == (
                f'attachment; filename="certificate-HEM-101-{shown(issued)}.pdf"'
            )
            (page,) = PdfReader(io.BytesIO(response.content)).pages
            widths[paper] = round(float(page.mediabox.width))
            assert "Rosa Méndez" in page.extract_text()
        assert widths == {"letter": 792, "a4": 842, "napkin": 792}

    def test_a_pdf_that_the_reader_has_is_not_drawn_again(
        self, client: Client, rosa: User, issued: Certificate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client.force_login(rosa)
        address = f"/certificates/{shown(issued)}.pdf"
        etag = client.get(address).headers["ETag"]
        assert client.get(f"{address}?paper=a4").headers["ETag"] != etag
        monkeypatch.setattr("aliquot.certificates.queries.certificate_pdf", None)
        again = client.get(address, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")


class TestTheTranscript:
    def test_the_pdf_sums_up_the_hours_by_subject_in_a_period(
        self, client: Client, rosa: User, now: datetime
    ) -> None:
        certificate(rosa, now - timedelta(days=300), code="OLD-1", hours="2", title="Old one")
        certificate(rosa, now, code="SME-1", hours="1.5", title="Smears")
        certificate(rosa, now, code="SPI-1", hours="1", area="safety_lab", title="Spills")
        client.force_login(rosa)
        response = client.get("/certificates/transcript.pdf?from_day=2026-11-01&paper=a4")
        assert response.headers["Cache-Control"] == "private, no-store"
        reader = PdfReader(io.BytesIO(response.content))
        text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
        assert "Transcript of continuing education" in text
        assert "Completed on or after November 1, 2026: 2.5 contact hours in 2 courses." in text
        assert "Hematology 1.5 Laboratory safety 1" in text
        assert "Old one" not in text
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] == True  # noqa: E712

    def test_revoked_and_replaced_certificates_do_not_count(
        self, client: Client, rosa: User, issued: Certificate, now: datetime
    ) -> None:
        gone = certificate(rosa, now, code="GONE-1", title="Gone")
        revoke_certificate(certificate=gone, reason="Refunded.", actor_id=None, now=now)
        new = reissue_certificate(
            certificate=issued, full_name="Rosa Ortiz", actor_id=None, now=now
        )
        client.force_login(rosa)
        table = client.get("/certificates/transcript.csv").content.decode("utf-8-sig")
        assert [row["certificate_code"] for row in csv.DictReader(io.StringIO(table))] == [
            shown(new)
        ]

    def test_the_table_has_the_documented_columns(
        self, client: Client, rosa: User, now: datetime, settings: Any
    ) -> None:
        settings.IS_DEMO = False
        course = published_course(pages=1)
        approve(course, kind="pace", number="000-1", is_demonstration=False)
        made = finished(rosa, course, now)
        client.force_login(rosa)
        response = client.get("/certificates/transcript.csv")
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert response.content.startswith(b"\xef\xbb\xbf")
        (row,) = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
        assert row == {
            "completed_on": "2026-11-23",
            "course_title": "Interpreting the Peripheral Blood Smear",
            "course_code": "HEM-101",
            "course_version": "1",
            "provider": "localhost",
            "contact_hours": "1.25",
            "hours_by_subject": "Hematology 1.25",
            "approvals": "Demonstration Accreditor 000-1",
            "demonstration": "no",
            "certificate_code": shown(made),
            "verification_address": f"http://localhost:8000/v/{shown(made)}",
        }
        documented = open("docs/certificates.md", encoding="utf-8").read()  # noqa: PTH123, SIM115
        assert [name for name in COLUMNS if f"| `{name}` |" not in documented] == []

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝"])
    def test_no_cell_is_read_as_a_formula(self, start: str) -> None:
        attack = f"{start}HYPERLINK(1)"
        assert harmless([attack, "A-B=C"]) == [f"'{attack}", "A-B=C"]

    def test_a_title_that_is_a_formula_is_only_text(
        self, client: Client, rosa: User, now: datetime
    ) -> None:
        certificate(rosa, now, title='=cmd|"/c calc"!A1')
        client.force_login(rosa)
        table = client.get("/certificates/transcript.csv").content.decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(table))
        assert row["course_title"] == '\'=cmd|"/c calc"!A1'

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_asks_the_database_as_often_for_one_as_for_three(
        self, client: Client, rosa: User, now: datetime, count: int
    ) -> None:
        for number in range(count):
            certificate(rosa, now, code=f"HEM-{number}")
        client.force_login(rosa)
        client.get("/certificates/transcript.csv")  # the first request of a session writes rows
        with CaptureQueriesContext(connection) as asked:
            client.get("/certificates/transcript.csv")
        # The session, the person, the certificates.
        assert len(asked) == 3

    def test_only_ones_own_completions_are_on_it(
        self, client: Client, stella: User, issued: Certificate
    ) -> None:
        client.force_login(stella)
        table = client.get("/certificates/transcript.csv").text
        assert shown(issued) not in table
        assert len(table.splitlines()) == 1


class TestVerification:
    def test_the_status_comes_first(self, client: Client, issued: Certificate) -> None:
        response = client.get(f"/v/{shown(issued)}")
        assert response.status_code == 200
        words = words_of(response.text)
        assert words.index("Valid") < words.index("Rosa Méndez")
        for expected in (
            "Name Rosa Méndez",
            "Course Interpreting the Peripheral Blood Smear",
            "Contact hours 1.25",
            "Completed November 23, 2026",
            "Provider Riverside Laboratory School",
            "License Florida, ••••••42",
            f"Code {shown(issued)}",
        ):
            assert expected in words

    def test_it_is_not_indexed_or_kept(self, client: Client, issued: Certificate) -> None:
        response = client.get(f"/v/{shown(issued)}")
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert '<meta name="robots" content="noindex">' in response.text
        assert response.headers["Cache-Control"] == "no-store"

    def test_nothing_else_of_the_person_leaks(
        self, client: Client, rosa: User, issued: Certificate
    ) -> None:
        rosa.ascp_customer_id, rosa.ascls_member_number = "ASCP-77", "ASCLS-88"
        rosa.save()
        page = client.get(f"/v/{shown(issued)}").text
        for secret in (
            "rosa@example.org", "example.org", "TN 00042", "00042", "ASCP-77", "ASCLS-88",
            "America/New_York", "score", "Technologist", issued.content_hash,
        ):  # fmt: skip
            assert secret not in main_of(page)

    def test_any_spelling_of_the_code_finds_it(self, client: Client, issued: Certificate) -> None:
        for typed in (issued.code, issued.code.lower(), " ".join(shown(issued))):
            assert "Valid certificate" in client.get(f"/v/{typed}").text

    def test_a_superseded_one_names_the_one_that_replaced_it(
        self, client: Client, issued: Certificate, now: datetime
    ) -> None:
        new = reissue_certificate(
            certificate=issued, full_name="Rosa Ortiz", actor_id=None, now=now
        )
        page = client.get(f"/v/{shown(issued)}").text
        assert "<h1>Superseded</h1>" in page
        assert f'href="/v/{shown(new)}"' in page
        assert "Rosa Méndez" in page
        assert "Rosa Ortiz" not in page
        assert "<h1>Valid</h1>" in client.get(f"/v/{shown(new)}").text

    def test_a_revoked_one_is_never_404_and_says_when_and_why(
        self, client: Client, issued: Certificate, now: datetime
    ) -> None:
        revoke_certificate(certificate=issued, reason="Refunded.", actor_id=None, now=now)
        response = client.get(f"/v/{shown(issued)}")
        assert response.status_code == 200
        words = words_of(response.text)
        assert "Revoked This certificate was revoked on November 23, 2026." in words
        assert "Reason: Refunded." in words
        assert "in force" not in words

    def test_a_revoked_one_that_was_replaced_before_still_reads_revoked(
        self, client: Client, issued: Certificate, now: datetime
    ) -> None:
        reissue_certificate(certificate=issued, full_name="Rosa Ortiz", actor_id=None, now=now)
        revoke_certificate(certificate=issued, reason="Fraud.", actor_id=None, now=now)
        assert "<h1>Revoked</h1>" in client.get(f"/v/{shown(issued)}").text

    def test_an_unknown_code_is_a_plain_page_after_the_same_work(
        self, client: Client, issued: Certificate
    ) -> None:
        unknown = codes.grouped(codes.new_code())
        client.get(f"/v/{unknown}")  # whatever is done once is done now
        with CaptureQueriesContext(connection) as for_known:
            known_response = client.get(f"/v/{shown(issued)}")
        with CaptureQueriesContext(connection) as for_unknown:
            response = client.get(f"/v/{unknown}")
        assert (known_response.status_code, response.status_code) == (200, 404)
        assert len(for_unknown) == len(for_known)
        assert "No certificate has this code" in response.text
        assert unknown in response.text

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("7QK2-M9XD-4TRA-8HB3-X", "A letter or digit seems mistyped"),
            ("7QK2", "A code has 17 letters and digits; this one has 4."),
            ("<b>x</b>", "“&lt;” is not used in codes"),
        ],
    )
    def test_a_mistyped_code_is_explained(self, client: Client, typed: str, words: str) -> None:
        in_form = client.get("/v/", {"code": typed})
        assert in_form.status_code == 200
        assert words in in_form.text
        assert "<title>Error: Verify a certificate" in in_form.text
        if "/" not in typed:
            in_address = client.get(f"/v/{typed}")
            assert in_address.status_code == 404
            assert words in in_address.text

    def test_the_form_leads_to_the_page_of_the_code(
        self, client: Client, issued: Certificate
    ) -> None:
        response = client.get("/v/", {"code": shown(issued).lower().replace("-", " ")})
        assert response.headers["Location"] == f"/v/{shown(issued)}"
        empty = client.get("/v/", {"code": " "})
        assert "Enter the code of the certificate." in empty.text

    def test_it_is_limited_by_address_and_known_codes_are_no_exception(
        self, client: Client, issued: Certificate
    ) -> None:
        for _ in range(TRIES):
            assert client.get(f"/v/{shown(issued)}").status_code == 200
        refused = client.get(f"/v/{shown(issued)}")
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0
        assert "Rosa" not in refused.text
        elsewhere = client.get(f"/v/{shown(issued)}", REMOTE_ADDR="198.51.100.7")
        assert elsewhere.status_code == 200
        assert "127.0.0.1" not in str(list(RateCount.objects.values()))

    def test_a_later_version_of_the_course_changes_nothing(
        self, client: Client, issued: Certificate
    ) -> None:
        CourseVersion.objects.filter(course=issued.completion.enrollment.course)
        course = issued.completion.enrollment.course
        course.availability = "retired"
        course.save()
        assert "Interpreting the Peripheral Blood Smear" in client.get(f"/v/{shown(issued)}").text
