"""Home, the provider's own pages, the theme, errors."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.test import Client, RequestFactory

from aliquot.accounts.models import User
from aliquot.catalog.models import Provider
from aliquot.commerce.services import save_shop_settings
from aliquot.web import pages
from tests.factories.catalog import published_course
from tests.factories.shop import open_shop

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def provider(**fields: Any) -> Provider:
    return Provider.objects.create(
        **{
            "name": "Example Laboratory CE",
            "address": "12 Sample St, Tampa FL",
            "contact_email": "help@example.org",
            "administrator_name": "Amara Okafor",
            "administrator_title": "Program administrator",
            **fields,
        }
    )


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_home_page_says_what_it_is_and_labels_its_example(client: Client) -> None:
    response = client.get("/")
    assert response.status_code == 200
    text = text_of(response)
    assert "Know what your certification still needs. Learn it tonight." in text
    assert "MLS(ASCP): 36 points by June 30, 2027 Example" in text
    assert "Not affiliated with or endorsed by ASCP, ASCLS, AMT" in text


def test_the_home_page_lists_each_served_credential_with_its_total(client: Client) -> None:
    html = client.get("/").content.decode()
    assert 'href="/for/ascp-mls/"' in html
    assert 'href="/for/ascp-mlt/"' in html
    assert html.count("36 points every 3 years") == 3
    assert "All 52 credentials" in html


def test_the_home_page_promises_no_price_and_no_refund(client: Client) -> None:
    text = text_of(client.get("/"))
    assert "$" not in text
    assert "refund" not in text.lower()


def test_a_visitor_is_offered_to_sign_in_and_a_learner_sees_their_own(
    client: Client, rosa: User
) -> None:
    assert "Start free" in text_of(client.get("/"))
    client.force_login(rosa)
    text = text_of(client.get("/"))
    assert "Start free" not in text
    assert "My credentials" in text
    assert "Rosa Méndez" in text


@pytest.mark.parametrize("name", pages.PAGES)
def test_every_page_has_a_default_with_the_provider_s_name(client: Client, name: str) -> None:
    provider()
    response = client.get(f"/about/{name}/")
    assert response.status_code == 200
    text = text_of(response)
    assert "{provider" not in text
    assert response.content.count(b"<h1>") == 1


def test_the_provider_s_own_page_takes_the_place_of_the_default(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.DATA = tmp_path
    assert "Terms of use" in text_of(client.get("/about/terms/"))
    (tmp_path / "pages").mkdir()
    own = tmp_path / "pages" / "terms.md"
    own.write_text("# House rules\n\nWrite to us.\n")
    text = text_of(client.get("/about/terms/"))
    assert "House rules · " in text
    assert "Terms of use" not in text


def test_script_in_a_page_does_not_reach_the_browser(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.DATA = tmp_path
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "terms.md").write_text(
        "# T\n\n<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1))\n"
    )
    html = client.get("/about/terms/").content.decode()
    assert "alert(1)</script>" not in html
    assert "onerror" not in html
    assert 'href="javascript' not in html


def test_a_provider_s_name_is_escaped_in_pages(client: Client) -> None:
    provider(name="<b>Lab</b>")
    assert b"<b>Lab</b>" not in client.get("/about/terms/").content


@pytest.mark.parametrize("name", ["../settings", "unknown", "benefits.md"])
def test_no_other_file_can_be_asked_for(client: Client, name: str) -> None:
    assert client.get(f"/about/{name}/").status_code == 404


def test_the_theme_is_remembered_and_rendered_by_the_server(client: Client) -> None:
    assert b"data-theme" not in client.get("/about/terms/").content
    response = client.post("/theme/", {"theme": "dark", "next": "/about/terms/"})
    assert response.headers["Location"] == "/about/terms/"
    cookie = response.cookies["theme"]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("dark", "Lax", True)
    assert b'<html lang="en-US" data-theme="dark">' in client.get("/about/terms/").content
    client.post("/theme/", {"theme": "system"})
    assert b"data-theme" not in client.get("/about/terms/").content


def test_an_unknown_theme_is_not_stored(client: Client) -> None:
    response = client.post("/theme/", {"theme": '"><script>'})
    assert response.cookies["theme"].value == ""


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_the_theme_switch_never_leads_away(client: Client, target: str) -> None:
    response = client.post("/theme/", {"theme": "dark", "next": target})
    assert response.headers["Location"] == "/"


def test_the_theme_is_not_changed_by_a_link(client: Client) -> None:
    assert client.get("/theme/?theme=dark").status_code == 405


def test_a_provider_s_accent_becomes_readable_tokens(client: Client) -> None:
    provider(accent_color="#ffcc00")
    response = client.get("/provider.css")
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert b"--action: #" in response.content
    assert b"--action: #ffcc00" not in response.content.split(b"@media")[0]
    assert b'href="/provider.css"' in client.get("/about/terms/").content


def test_a_site_without_a_provider_has_no_accent(client: Client) -> None:
    assert client.get("/provider.css").content == b""
    assert b"provider.css" not in client.get("/about/terms/").content


def test_an_accent_that_is_no_color_gives_no_css(client: Client) -> None:
    provider(accent_color="red;}{")
    assert client.get("/provider.css").content == b""


def test_a_missing_page_says_so_with_a_reference(client: Client) -> None:
    response = client.get("/nothing/here/")
    assert response.status_code == 404
    text = text_of(response)
    assert "We cannot find that page" in text
    assert re.search(r"name this reference: [0-9a-f]{16}", text)


@pytest.mark.parametrize("status", pages.ERRORS)
def test_every_error_page_keeps_its_status_and_gives_no_details(status: int) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    response = pages.error_page(request, status)
    assert response.status_code == status
    assert pages.ERRORS[status][0] in text_of(response)
    assert b"Traceback" not in response.content


def test_the_500_page_needs_no_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = pages.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Something broke on our side" in text_of(response)


def test_without_a_database_a_page_asks_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("connection to server at 10.1.2.3 failed")

    monkeypatch.setattr(pages, "catalog_counts", away)
    response = Client(raise_request_exception=False).get("/", query_params={"new": "1"})
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "We cannot reach your records right now" in text_of(response)
    assert b"10.1.2.3" not in response.content


def test_the_style_page_exists_only_in_the_demo(client: Client, settings: Any) -> None:
    assert client.get("/style/").status_code == 200
    assert client.get("/style/player/").status_code == 200
    settings.PROFILE = "production"
    assert client.get("/style/").status_code == 404
    assert client.get("/style/player/").status_code == 404


SIGN_IN = ["/account/login/", "/account/signup/", "/account/password/reset/"]


@pytest.mark.parametrize("address", SIGN_IN)
def test_the_screens_of_the_sign_in_library_wear_our_face(client: Client, address: str) -> None:
    html = client.get(address).content.decode()
    assert '<div class="entrance">' in html
    assert html.count("<h1") == 1
    for tag in re.findall(r"<script\b[^>]*>", html):
        assert "nonce=" in tag or "application/json" in tag


def test_a_failed_sign_in_shows_the_summary_and_says_error_in_the_title(client: Client) -> None:
    html = client.post("/account/login/", {"login": "", "password": ""}).content.decode()
    assert "<title>Error: Sign in" in html
    assert '<a href="#id_login">E-mail address: this field is required.</a>' in html


ACCOUNT = [
    "/account/email/",
    "/account/password/change/",
    "/account/2fa/",
    "/account/2fa/webauthn/",
    "/account/sessions/",
    "/account/logout/",
]


@pytest.mark.parametrize("address", ACCOUNT)
def test_every_account_screen_opens(client: Client, rosa: User, address: str) -> None:
    client.force_login(rosa)
    response = client.get(address)
    assert response.status_code == 200
    assert response.content.count(b"<h1") == 1
    assert b'action="/account/logout/"' in response.content


def test_the_home_page_names_the_prices_of_now(client: Client) -> None:
    open_shop()
    published_course()
    text = text_of(client.get("/"))
    assert "All courses for a year $95.00, or 8 hours for $50.00." in text


def test_terms_and_guarantee_say_the_rule_that_holds_now(client: Client) -> None:
    open_shop()
    for name in ("guarantee", "terms", "questions"):
        assert "Ask within 30 days of buying" in text_of(client.get(f"/about/{name}/"))
    save_shop_settings(actor_id=None, refund_days=45, refund_revokes_credit=False)
    text = text_of(client.get("/about/guarantee/"))
    assert ("Ask within 45 days" in text, "Ask within 30 days" in text) == (True, False)
    assert "leaves the credit and the certificates" in text
    assert "Unlimited year: $95.00 for 365 days" in text_of(client.get("/about/terms/"))


def test_where_nothing_is_sold_the_pages_say_so(client: Client) -> None:
    text = text_of(client.get("/about/terms/"))
    assert ("Nothing is sold here now." in text, "{" in text) == (True, False)
