"""Who a person is: the profile, license numbers, staff roles."""

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from aliquot.accounts import access, queries, rules, services
from aliquot.accounts.errors import InvalidProfileError
from aliquot.accounts.models import LicenseNumber, StaffRole, User
from aliquot.infra.models import AuditEntry


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_a_name_is_kept_in_one_clean_line() -> None:
    kept = rules.clean_line(field="full_name", value="  Rosa\tMe\u0301ndez \n", longest=200)
    assert kept == "Rosa Méndez"


@pytest.mark.parametrize("value", ["Rosa\u202eM", "Rosa\x00M", "Ro\u2066sa", "\ue000"])
def test_a_name_with_an_invisible_character_is_refused(value: str) -> None:
    with pytest.raises(InvalidProfileError) as caught:
        rules.clean_line(field="full_name", value=value, longest=200)
    assert caught.value.field == "full_name"


def test_a_name_may_hold_the_joiner_that_persian_names_are_written_with() -> None:
    assert rules.clean_line(field="full_name", value="علی\u200cرضا", longest=200) == "علی\u200cرضا"


@given(st.text(max_size=250))
def test_a_kept_line_is_kept_again_unchanged(value: str) -> None:
    try:
        kept = rules.clean_line(field="full_name", value=value, longest=200)
    except InvalidProfileError:
        return
    assert rules.clean_line(field="full_name", value=kept, longest=200) == kept
    assert len(kept) <= 200


def test_a_changed_profile_leaves_one_audit_row_naming_the_fields(rosa: User) -> None:
    services.update_profile(
        person=rosa,
        full_name="Rosa Méndez-Ortiz",
        time_zone="America/Chicago",
        ascp_customer_id="",
        ascls_member_number="",
        actor_id=rosa.pk,
    )
    rosa.refresh_from_db()
    assert (rosa.full_name, rosa.time_zone) == ("Rosa Méndez-Ortiz", "America/Chicago")
    row = AuditEntry.objects.get(action="person.profile_changed")
    assert row.details == {"fields": ["full_name", "time_zone"]}
    assert row.actor_id == rosa.pk


def test_a_profile_saved_unchanged_is_no_deed(rosa: User) -> None:
    before = actions()
    services.update_profile(
        person=rosa,
        full_name="Rosa Méndez",
        time_zone="America/New_York",
        ascp_customer_id="",
        ascls_member_number="",
        actor_id=rosa.pk,
    )
    assert actions() == before


def test_the_profile_page_saves_and_says_so(client: Client, rosa: User) -> None:
    client.force_login(rosa)
    response = client.post(
        reverse("accounts:profile"),
        {
            "full_name": "Rosa Méndez",
            "time_zone": "America/Denver",
            "ascp_customer_id": "1234567",
            "ascls_member_number": "",
            "is_active": "",  # not a field of the form: must change nothing
            "email": "other@example.org",
        },
        follow=True,
    )
    assert "Your profile is saved." in response.text
    rosa.refresh_from_db()
    assert (rosa.time_zone, rosa.ascp_customer_id) == ("America/Denver", "1234567")
    assert (rosa.email, rosa.is_active) == ("rosa@example.org", True)


def test_a_bad_zone_is_refused_and_nothing_is_written(client: Client, rosa: User) -> None:
    client.force_login(rosa)
    response = client.post(
        reverse("accounts:profile"), {"full_name": "Else", "time_zone": "Mars/Olympus"}
    )
    assert response.status_code == 422
    rosa.refresh_from_db()
    assert rosa.full_name == "Rosa Méndez"


def test_a_license_number_of_the_same_state_and_profession_is_replaced(rosa: User) -> None:
    for number in ("TN 1", "TN 2"):
        services.add_license_number(
            person=rosa, state="FL", profession="Technologist", number=number, actor_id=rosa.pk
        )
    assert [row.number for row in queries.license_numbers_of(rosa)] == ["TN 2"]


def test_another_persons_license_number_cannot_be_removed(
    client: Client, rosa: User, stella: User
) -> None:
    row = services.add_license_number(
        person=rosa, state="FL", profession="Technologist", number="TN 1", actor_id=rosa.pk
    )
    client.force_login(stella)
    response = client.post(reverse("accounts:remove_license", args=[row.pk]))
    assert response.status_code == 404
    assert LicenseNumber.objects.filter(pk=row.pk).exists()


def test_roles_decide_who_is_staff(rosa: User, amara: User) -> None:
    assert (access.is_staff(rosa), access.is_staff(amara)) == (False, True)
    assert (access.can_administer(rosa), access.can_administer(amara)) == (False, True)


def test_a_role_given_twice_is_one_role_and_one_audit_row(rosa: User, now: object) -> None:
    for _ in range(2):
        services.grant_staff_role(person=rosa, role="support", now=now, actor_id=None)  # type: ignore[arg-type]
    assert StaffRole.objects.filter(person=rosa).count() == 1
    assert actions().count("person.role_granted") == 1
