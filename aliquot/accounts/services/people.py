"""Deeds about people: making one, the profile, license numbers, roles; the log of staff reads."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from aliquot.accounts import rules
from aliquot.accounts.adapters.sessions import end_all_sessions
from aliquot.accounts.errors import InvalidProfileError, LastAdministratorError, OwnRoleError
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
    """Give a staff role; giving it twice changes nothing.

    All sessions of the person end: the next one begins as a staff session, with a second factor.
    Raises OwnRoleError.
    """
    if person.pk == actor_id:
        raise OwnRoleError
    row, created = StaffRole.objects.get_or_create(
        person=person,
        role=StaffRole.Role(role),
        defaults={"granted_at": now, "granted_by_id": actor_id},
    )
    if created:
        ended = end_all_sessions(person)
        audit.record(
            action="person.role_granted",
            actor_id=actor_id,
            subject=person,
            details={"role": role, "sessions_ended": ended},
        )
    return row


@transaction.atomic
def withdraw_staff_role(*, person: User, role: str, actor_id: int | None) -> None:
    """Take a staff role away; taking it twice changes nothing. All sessions of the person end.

    Raises OwnRoleError, or LastAdministratorError: somebody must be able to give roles.
    """
    if person.pk == actor_id:
        raise OwnRoleError
    # Locking every holder makes two administrators who remove each other take turns.
    holders = list(StaffRole.objects.select_for_update().filter(role=role).order_by("pk"))
    mine = [row for row in holders if row.person_id == person.pk]
    if not mine:
        return
    if role == StaffRole.Role.ADMINISTRATOR and len(holders) == 1:
        raise LastAdministratorError
    mine[0].delete()
    ended = end_all_sessions(person)
    audit.record(
        action="person.role_withdrawn",
        actor_id=actor_id,
        subject=person,
        details={"role": role, "sessions_ended": ended},
    )


@transaction.atomic
def record_viewing(*, people: Iterable[User], page: str, viewer: User) -> None:
    """Log that staff read records of other people: one audit row, whatever their number.

    ``page`` says where, in a word or two. Looking at oneself is no entry.
    """
    others = sorted({person.pk: person for person in people if person.pk != viewer.pk}.items())
    if not others:
        return
    is_one = len(others) == 1
    audit.record(
        action="person.viewed_by_staff",
        actor_id=viewer.pk,
        subject=others[0][1] if is_one else viewer,
        details={"page": page} if is_one else {"page": page, "people": [pk for pk, _ in others]},
    )
