"""Public pages: who must take part, the rules with their sources, courses for each line."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.template import Context, Template
from django.test import Client

from aliquot.accounts.models import User
from aliquot.credentials import queries, services
from aliquot.infra import cache
from tests.factories.catalog import approve, published_course
from tests.factories.credentials import holding
from tests.web.credentials.reading import ALL, NOW, words

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize("slug", ["ascp-mls", "ascp-mlt"])
def test_a_public_page_states_who_must_take_part_the_table_and_the_sources(
    client: Client, db: None, slug: str
) -> None:
    page = client.get(f"/for/{slug}/")
    text = words(page)
    for sentence in (
        "First certified on or after January 1, 2004 Required",
        "First certified before January 1, 2004 Voluntary, encouraged",
        "Required, unless ASCP itself certified you in the same category before January 1, 2004",
        "Required if first certified on or after January 1, 2012",
        "October 23, 2009",
        "One P.A.C.E. contact hour may be declared as one CMP point",
        "college courses together give at most 18 of the 36 points",
        "Cycles that end from January 1, 2004 to December 31, 2022",
        "the window opens 90 days and closes 30 days before your cycle ends",
        "2020-07-03",
        "check with ASCP Board of Certification",
        "not affiliated with or endorsed by ASCP",
    ):
        assert sentence in text
    table = [
        (name, points)
        for name, points in re.findall(
            r'<th scope="row">.*?</svg>\s*([\w ]+)</th>\s*<td class="number">(\d+)</td>',
            page.content.decode(),
            re.DOTALL,
        )
    ]
    assert table == [
        ("Safety", "1"), ("Medical ethics", "1"), ("Blood bank", "2"), ("Chemistry", "2"),
        ("Hematology", "2"), ("Microbiology", "2"), ("Any area", "26"),
    ]  # fmt: skip
    assert f'<link rel="canonical" href="http://localhost:8000/for/{slug}/">' in (
        page.content.decode()
    )


def test_public_counts_are_live(client: Client, amara: User) -> None:
    assert "No course here counts toward it today." in words(client.get("/for/ascp-mls/"))
    approve(published_course("HEM-101", title="Reading the Smear", hours="1.25"))
    published_course("SAF-101", title="Not Accredited", hours="1", area="safety_lab")
    cache.raise_generation("catalog")
    text = words(client.get("/for/ascp-mls/"))
    assert "1 course here, 1.25 contact hours in all" in text
    assert "Reading the Smear 1.25 contact hours" in text
    assert "Carries no accreditation that ASCP takes: earns no points today" in text


def test_the_index_lists_what_is_served(client: Client, db: None) -> None:
    text = words(client.get("/for/"))
    assert "MLS(ASCP) Medical Laboratory Scientist · 36 points every 3 years confirmed" in text
    assert "52 credentials : the figures of 25 are confirmed, of 18 partly, of 9 not yet." in text
    assert "hours not known not confirmed" in text
    assert text.index("MLS(ASCP)") < text.index("All others, by letters") < text.index("AT(ASCP)")
    found = words(client.get("/for/?q=tennessee"))
    assert "Tennessee license" in found
    assert "MLS(ASCP)" not in found


@pytest.mark.parametrize("credential", [each.slug for each in queries.served_credentials()])
def test_every_credential_has_a_page_that_hides_no_doubt(
    client: Client, db: None, credential: str
) -> None:
    answer = client.get(f"/for/{credential}/")
    assert answer.status_code == 200
    text = words(answer)
    pack = queries.pack_by_slug(credential)
    assert "None" not in text.replace("None of", "")
    assert ("Some figures on this page are not confirmed." in text) == (
        pack.rule_sets[0].confirmed != "yes"
    )
    assert ("not known" in text) >= (pack.rule_sets[0].total is None)


@pytest.mark.parametrize(
    ("credential", "sentences"),
    [
        (
            "lic-fl",
            [
                "Every cycle ends on August 31 of an even year.",
                "one Board-approved course of two hours",
                "At the first renewal only these hours are asked for: 2 for Florida medical errors",
                "In courses of at least 2 hours; approved by: Florida Board",
                "The hours by specialty",
                "Any area the rest Any area that is not refused",
            ],
        ),
        (
            "lic-ca",
            [
                "Once it has expired, 12 hours are asked for, completed within the last 12 months.",
                "Keep your proofs for 4 years.",
                "The number of the accrediting agency",
            ],
        ),
        (
            "lic-nd",
            [
                "Refused, whatever the course: General safety, not specific to laboratories",
                (
                    "First renewal, in the cycle that ends on June 30, 2028: licensed from July 1, "
                    "2026, 24 hours; licensed from July 1, 2027, 12 hours; licensed from January "
                    "1, 2028, no hours."
                ),
                "Any area 24 Any area that is not refused",
            ],
        ),
        ("lic-tn", ["it must be completed from January 1, 2025 to December 31, 2026."]),
        ("aab-abor", ["asks for no continuing education"]),
        ("lic-ny", ["no continuing education found, not confirmed"]),
        ("lic-pr", ["how many hours it needs is not known"]),
        (
            "lic-wv",
            [
                "10 hours every year, partly confirmed",
                "All 10 Sources S53 , S58 , S59 , partly confirmed",
            ],
        ),
        ("lic-nv", ["Nevada certificate: 20 hours every 2 years, not confirmed"]),
        ("ncct-any", ["Which areas count is not known; every area is taken to count"]),
        ("amt-mt", ["Certified before 2006, and not recertified after April 1, 2014"]),
        ("ascp-mls", ["Fees rose by $10 on January 1, 2026,"]),
    ],
)
def test_what_is_special_about_a_credential_stands_on_its_page(
    client: Client, db: None, credential: str, sentences: list[str]
) -> None:
    text = words(client.get(f"/for/{credential}/"))
    assert [sentence for sentence in sentences if sentence not in text] == []


@pytest.mark.parametrize(
    ("credential", "sentences"),
    [
        ("ascp-qihc", ["participation is voluntary", "goes to any area.", "Any area Every course"]),
        ("aab-abor", ["Courses that fill", "What a proof must show", "endorsed by AAB-ABOR"]),
        ("lic-ny", ["Courses that fill", "How hours are counted", "asks for no continuing"]),
        ("lic-fl", ["not known", "Which rules apply"]),
        ("lic-nd", ["2 years before the cycle ends"]),
    ],
)
def test_a_page_says_nothing_that_does_not_hold_for_its_credential(
    client: Client, db: None, credential: str, sentences: list[str]
) -> None:
    text = words(client.get(f"/for/{credential}/"))
    assert [sentence for sentence in sentences if sentence in text] == []


def test_the_tree_of_areas_says_what_counts_as_what_and_where_that_comes_from(
    client: Client, db: None
) -> None:
    text = words(client.get("/areas/"))
    coagulation = (
        "Coagulation Counts as hematology. Clotting is tested on blood, taught and examined "
        "together with hematology. Our reading. Such as platelet function"
    )
    donors = (
        "Blood bank donor processing Does not count as blood bank. Florida licenses donor "
        "processing apart from blood banking. Sources S43 , S46 ."
    )
    virology = "Virology Counts as microbiology."
    source = "S43 https://regulations.justia.com"
    for sentence in (coagulation, donors, virology, source):
        assert sentence in text
    assert 'id="coagulation"' in client.get("/areas/").content.decode()
    assert 'href="/areas/"' in client.get("/for/ascp-mls/").content.decode()


@pytest.mark.parametrize("path", ["/for/ascp-xyz/", "/for/ascp_mls/", "/for/ASCP-MLS/"])
def test_an_unknown_credential_is_not_found(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_way_in_keeps_the_chosen_credential(client: Client, rosas: Client, db: None) -> None:
    page = rosas.get("/for/ascp-mlt/").content.decode()
    assert 'href="/credentials/add/?credential=ascp_mlt"' in page
    form = rosas.get("/credentials/add/?credential=ascp_mlt").content.decode()
    assert '<input type="hidden" name="credential" value="ascp_mlt"' in form


def test_no_page_promises_to_file_for_the_holder(rosas: Client, rosa: User) -> None:
    services.record_opening_balances(
        held=holding(rosa, ends_on=date(2027, 1, 20)), points=ALL, now=NOW, actor_id=rosa.pk
    )
    assert "nothing here does it for you" in words(rosas.get("/credentials/"))


def test_the_tag_says_what_a_course_counts_toward_and_what_it_does_not(db: None) -> None:
    template = Template("{% load credential_words %}{% counts_toward effects %}")
    hours = [("hematology", Decimal("2.5"))]

    def said(approvals: list[str], credential: str = "ascp_mls") -> str:
        found = queries.requirements_filled_by(hours, approvals=approvals, as_of=NOW.date())
        effects = [each for each in found if each.credential.id == credential]
        html = template.render(Context({"effects": effects}))
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())

    assert said(["pace"]).startswith("MLS(ASCP) : Hematology 2 points, Any area 0.5 points counts")
    assert said([]).startswith(
        "MLS(ASCP) This course carries no accreditation, so ASCP gives no points for it"
    )
    assert said([]).endswith("no points")
    assert said([], "lic_fl").endswith("no hours")
