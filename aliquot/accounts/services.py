"""Deeds about people: making one, the profile, license numbers, staff roles."""

from datetime import datetime

from django.db import transaction

from aliquot.accounts import rules
from aliquot.accounts.errors import InvalidProfileError
from aliquot.accounts.models import LicenseNumber, StaffRole, User
from aliquot.infra import audit


@transaction.atomic
def create_person(
    *,
    email: str,
    password: str | None,
    full_name: str,
    now: datetime,
    time_zone: str = "America/New_York",
    actor_id: int | None = None,
) -> User:
    """Make a person whose address counts as verified (people made by staff or by the demo).

    People who sign up by themselves are made by the sign-in library.
    """
    from allauth.account.models import EmailAddress

    person = User(
        email=email.lower(),
        full_name=rules.clean_line(field="full_name", value=full_name, longest=200),
        time_zone=rules.checked_zone(time_zone),
        date_joined=now,
    )
    person.set_password(password)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    audit.record(action="person.created", actor_id=actor_id, subject=person)
    return person


@transaction.atomic
def update_profile(
    *,
    person: User,
    full_name: str,
    time_zone: str,
    ascp_customer_id: str,
    ascls_member_number: str,
    actor_id: int,
) -> User:
    """Change what certificates and reports will say from now on; issued ones stay as they are.

    Raises InvalidProfileError naming the field.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    wanted = {
        "full_name": rules.clean_line(
            field="full_name", value=full_name, longest=200, required=True
        ),
        "time_zone": rules.checked_zone(time_zone),
        "ascp_customer_id": rules.clean_line(
            field="ascp_customer_id", value=ascp_customer_id, longest=20
        ),
        "ascls_member_number": rules.clean_line(
            field="ascls_member_number", value=ascls_member_number, longest=20
        ),
    }
    changed = sorted(name for name, value in wanted.items() if getattr(person, name) != value)
    if not changed:
        return person
    for name in changed:
        setattr(person, name, wanted[name])
    person.save(update_fields=changed)
    audit.record(
        action="person.profile_changed",
        actor_id=actor_id,
        subject=person,
        details={"fields": changed},
    )
    return person


@transaction.atomic
def add_license_number(
    *, person: User, state: str, profession: str, number: str, actor_id: int
) -> LicenseNumber:
    """Keep a license number; the same state and profession again replaces the number."""
    state = rules.checked_state(state)
    profession = rules.clean_line(field="profession", value=profession, longest=80)
    number = rules.clean_line(field="number", value=number, longest=40)
    for field, value, message in (
        ("profession", profession, "Enter the profession the license names."),
        ("number", number, "Enter the license number."),
    ):
        if not value:
            raise InvalidProfileError(field, message)
    row, _ = LicenseNumber.objects.update_or_create(
        person=person, state=state, profession=profession, defaults={"number": number}
    )
    audit.record(action="person.license_number_kept", actor_id=actor_id, subject=row)
    return row


@transaction.atomic
def remove_license_number(*, license_number: LicenseNumber, actor_id: int) -> None:
    """Forget a license number; certificates that print it keep it."""
    audit.record(action="person.license_number_removed", actor_id=actor_id, subject=license_number)
    license_number.delete()


@transaction.atomic
def grant_staff_role(*, person: User, role: str, now: datetime, actor_id: int | None) -> StaffRole:
    """Give a staff role; giving it twice changes nothing."""
    row, created = StaffRole.objects.get_or_create(
        person=person,
        role=StaffRole.Role(role),
        defaults={"granted_at": now, "granted_by_id": actor_id},
    )
    if created:
        audit.record(
            action="person.role_granted", actor_id=actor_id, subject=person, details={"role": role}
        )
    return row
