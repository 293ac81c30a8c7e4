"""Each of the 52 credentials can be held, and asks only what its own rules depend on."""

import re
from datetime import date

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.credentials import queries
from aliquot.credentials.errors import InvalidClaimError
from aliquot.credentials.models import HeldCredential
from aliquot.credentials.services import correct_credential
from aliquot.infra.models import AuditEntry
from tests.factories.credentials import holding
from tests.web.credentials.reading import NOW, heading, words

pytestmark = pytest.mark.one_database

TODAY = date(2026, 11, 23)
ADD = "/credentials/add/"
FLORIDA = {
    "credential": "lic_fl",
    "ends_on": "2028-08-31",
    "specialties": ["chemistry", "hematology"],
}
DAKOTA = {"credential": "lic_nd", "ends_on": "2028-06-30", "first_renewal": "on"}


def names(client: Client, credential: str) -> set[str]:
    page = client.get(f"{ADD}?credential={credential}").content.decode()
    form = page[page.index('class="form card"') : page.index("</form>", page.index("form card"))]
    return set(re.findall(r'name="(\w+)"', form)) - {"csrfmiddlewaretoken", "credential"}


@pytest.mark.parametrize(
    ("credential", "asked"),
    [
        ("ascp_mls", {"ends_on", "first_certified_on", "certified_unknown", "expired"}),
        ("ascp_qls", {"ends_on", "expired"}),
        ("amt_mt", {"ends_on", "first_certified_on", "certified_unknown", "expired"}),
        ("aab_abor", {"ends_on"}),
        ("lic_ca", {"ends_on", "expired"}),
        ("lic_fl", {"ends_on", "specialties", "no_specialty", "roles", "first_renewal"}),
        ("lic_nd", {"ends_on", "first_renewal", "licensed_on"}),
        ("lic_mt", {"ends_on", "first_renewal"}),
        ("lic_pr", {"ends_on"}),
    ],
)
def test_only_what_the_rules_depend_on_is_asked(
    rosas: Client, credential: str, asked: set[str]
) -> None:
    assert names(rosas, credential) == asked


def test_all_credentials_are_listed_in_groups_and_found_by_words(rosas: Client) -> None:
    page = rosas.get(ADD).content.decode()
    assert len(re.findall(r'class="pick"', page)) == len(queries.served_credentials()) == 52
    found = rosas.get(f"{ADD}?q=florida").content.decode()
    assert re.findall(r"\?credential=(\w+)", found) == ["lic_fl"]
    assert "No credential here has these words" in words(rosas.get(f"{ADD}?q=zebra"))


def test_an_unknown_credential_in_the_address_is_named(rosas: Client) -> None:
    page = rosas.get(f"{ADD}?credential=lic_zz")
    assert page.status_code == 422
    assert "Choose a credential of the list." in words(page)


@pytest.mark.parametrize("credential", [each.id for each in queries.served_credentials()])
def test_every_credential_can_be_held_and_shows_its_status(
    rosas: Client, rosa: User, credential: str
) -> None:
    asked = queries.questions_of(queries.pack_by_slug(credential.replace("_", "-")), today=TODAY)
    said = {"credential": credential, "ends_on": "June 30, 2027", "first_certified_on": "5/14/2012"}
    if asked.ends:
        said["ends_on"] = max(asked.ends).isoformat()
    if asked.specialties:
        said["specialties"] = "chemistry"
    sent = rosas.post(ADD, said)
    held = HeldCredential.objects.get()
    assert sent["Location"] == f"/credentials/{held.pk}/"
    assert rosas.get(sent["Location"]).status_code == 200
    assert rosas.get(f"/credentials/{held.pk}/points/").status_code == 200
    assert rosas.get(f"/credentials/{held.pk}/change/").status_code == 200
    assert rosas.get(f"/credentials/{held.pk}/next/").status_code == 200


def test_florida_asks_an_hour_for_each_specialty_and_for_a_supervisor(rosas: Client) -> None:
    sent = rosas.post(ADD, FLORIDA | {"roles": ["supervisor"]})
    page = words(rosas.get(sent["Location"]))
    assert "Chemistry 0 of 1" in page
    assert "Hematology 0 of 1" in page
    assert "24 hours to go. Finish by August 1, 2028" in page
    held = HeldCredential.objects.get()
    assert (held.specialties, held.roles) == (["chemistry", "hematology"], ["supervisor"])


def test_florida_offers_only_the_ends_that_can_be(rosas: Client) -> None:
    page = rosas.get(f"{ADD}?credential=lic_fl").content.decode()
    assert re.findall(r'name="ends_on" value="([0-9-]+)"', page) == ["2026-08-31", "2028-08-31"]
    refused = rosas.post(ADD, FLORIDA | {"ends_on": "2027-08-31"})
    assert refused.status_code == 422
    assert "Choose one of these days: August 31, 2026 or August 31, 2028." in words(refused)
    assert HeldCredential.objects.count() == 0


def test_a_specialty_must_be_chosen_or_said_to_be_none(rosas: Client) -> None:
    said = {name: value for name, value in FLORIDA.items() if name != "specialties"}
    refused = rosas.post(ADD, said)
    assert refused.status_code == 422
    assert "Choose each specialty that counts this time." in words(refused)
    both = rosas.post(ADD, FLORIDA | {"no_specialty": "on"})
    assert "not both" in words(both)
    assert HeldCredential.objects.count() == 0
    assert rosas.post(ADD, said | {"no_specialty": "on"}).status_code == 302


def test_a_first_renewal_in_florida_asks_for_three_hours_only(rosas: Client) -> None:
    sent = rosas.post(ADD, FLORIDA | {"first_renewal": "on"})
    assert heading(rosas.get(sent["Location"])) == "3 hours to go. Finish by August 1, 2028"


@pytest.mark.parametrize(
    ("licensed_on", "total"), [("7/1/2026", "24"), ("7/1/2027", None), ("11/1/2026", "24")]
)
def test_north_dakota_prorates_a_first_renewal_by_the_license_date(
    rosas: Client, licensed_on: str, total: str | None
) -> None:
    sent = rosas.post(ADD, DAKOTA | {"licensed_on": licensed_on})
    if total is None:
        assert sent.status_code == 422
        assert "Check the date: it is in the future." in words(sent)
        assert HeldCredential.objects.count() == 0
        return
    assert heading(rosas.get(sent["Location"])).startswith(f"{total} hours to go")


@pytest.mark.parametrize(
    ("licensed_on", "message"),
    [
        ("", "Enter the day you were licensed: a first renewal depends on it."),
        ("5/1/2020", "A first renewal needs a license date from July 1, 2026 to June 30, 2028."),
    ],
)
def test_a_license_date_outside_the_cycle_is_refused_in_words(
    rosas: Client, licensed_on: str, message: str
) -> None:
    refused = rosas.post(ADD, DAKOTA | {"licensed_on": licensed_on})
    assert refused.status_code == 422
    assert message in words(refused)
    assert HeldCredential.objects.count() == 0


def test_what_a_credential_does_not_ask_is_refused_and_nothing_is_written(rosa: User) -> None:
    for said in ({"specialties": ["chemistry"]}, {"roles": ["director"]}):
        with pytest.raises(InvalidClaimError) as refused:
            holding(rosa, **said)
        assert set(refused.value.problems) == set(said)
    assert HeldCredential.objects.count() == 0
    assert not AuditEntry.objects.filter(action="credential.added").exists()


def test_correcting_the_specialties_is_kept_once_and_shown_at_once(
    rosas: Client, rosa: User
) -> None:
    rosas.post(ADD, FLORIDA)
    held = HeldCredential.objects.get()
    said = {"ends_on": "2028-08-31", "specialties": ["microbiology"], "roles": ["director"]}
    for _ in range(2):
        assert rosas.post(f"/credentials/{held.pk}/change/", said).status_code == 302
    held.refresh_from_db()
    assert (held.specialties, held.roles) == (["microbiology"], ["director"])
    assert AuditEntry.objects.filter(action="credential.corrected").count() == 1
    assert "Microbiology 0 of 1" in words(rosas.get(f"/credentials/{held.pk}/"))


def test_a_stranger_cannot_change_it(client: Client, stella: User, rosa: User) -> None:
    held = holding(rosa, "lic_ca", first_certified_on=None)
    client.force_login(stella, backend="aliquot.accounts.adapters.backend.Backend")
    assert (
        client.post(f"/credentials/{held.pk}/change/", {"ends_on": "1/1/2028"}).status_code == 404
    )


def test_a_state_speaks_of_hours_and_never_of_points(rosas: Client, rosa: User) -> None:
    held = holding(rosa, "lic_fl", ends_on=date(2028, 8, 31), first_certified_on=None)
    page = words(rosas.get(f"/credentials/{held.pk}/"))
    assert "hours you have already at FL-BCLP you can add once" in page
    assert "Hours you have already" in page
    assert "Save these hours" in page
    assert "oints" not in page.partition("Where your hours come from")[2].partition("The rules")[0]
    own = words(rosas.get(f"/credentials/{held.pk}/points/"))
    assert "Do you have hours for this cycle already?" in own
    saved = rosas.post(f"/credentials/{held.pk}/points/", {"remainder": "2"}, follow=True)
    assert "Your hours are saved." in words(saved)


def test_the_next_cycle_of_florida_is_chosen_not_typed(rosas: Client, rosa: User) -> None:
    held = holding(rosa, "lic_fl", ends_on=date(2026, 8, 31), first_certified_on=None)
    page = rosas.get(f"/credentials/{held.pk}/next/").content.decode()
    assert re.findall(r'name="ends_on" value="([0-9-]+)"', page) == ["2028-08-31"]


def test_after_the_next_cycle_of_florida_the_specialties_are_asked_again(
    rosas: Client, rosa: User
) -> None:
    held = holding(rosa, "lic_fl", ends_on=date(2026, 8, 31), first_certified_on=None)
    begun = rosas.post(f"/credentials/{held.pk}/next/", {"ends_on": "2028-08-31"}, follow=True)
    assert begun.redirect_chain == [(f"/credentials/{held.pk}/change/", 302)]
    assert "one that you left out last time counts from now on" in begun.content.decode()


def test_a_correction_that_says_nothing_new_raises_no_revision(rosa: User) -> None:
    held = holding(
        rosa,
        "lic_fl",
        ends_on=date(2028, 8, 31),
        first_certified_on=None,
        specialties=["molecular"],
    )
    correct_credential(
        held=held,
        ends_on=date(2028, 8, 31),
        first_certified_on=None,
        formerly_nca=False,
        international=False,
        expired=False,
        specialties=("molecular",),
        now=NOW,
        actor_id=rosa.pk,
    )
    assert held.cycles.get().revision == 1


@pytest.mark.parametrize(
    ("credential", "sentence"),
    [
        ("aab_abor", "asks for no continuing education, only yearly dues."),
        ("lic_pr", "We do not know how many hours Puerto Rico license asks for."),
        ("lic_hi", "We found no continuing education asked for, but that is not confirmed."),
        (
            "lic_nv",
            "Nevada certificate asks for 20 hours every 2 years, but that is not confirmed.",
        ),
        ("lic_ca", "California license asks for 24 hours every 2 years."),
    ],
)
def test_what_is_unknown_or_unconfirmed_is_never_stated_as_fact(
    rosas: Client, credential: str, sentence: str
) -> None:
    assert sentence in words(rosas.get(f"{ADD}?credential={credential}"))
