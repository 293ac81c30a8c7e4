"""Reads about people."""

from typing import Any

from django.db.models import QuerySet

from aliquot.accounts.models import LicenseNumber, StaffRole, User


def license_numbers_of(person: User) -> QuerySet[LicenseNumber]:
    """The person's license numbers, by state."""
    return LicenseNumber.objects.filter(person=person).order_by("state", "profession")


def roles_of(person: User) -> set[str]:
    """The staff roles a person holds; empty for a learner."""
    return set(StaffRole.objects.filter(person=person).values_list("role", flat=True))


def person_by_email(email: str) -> User | None:
    """The person who signs in with this address, whatever its case."""
    return User.objects.filter(email__iexact=email.strip()).first()


def administrators() -> QuerySet[User]:
    """Those who answer for the site, each once."""
    return User.objects.filter(
        is_active=True, staff_roles__role=StaffRole.Role.ADMINISTRATOR
    ).order_by("email")


def has_second_factor(person: User) -> bool:
    """Whether the person has set up one-time codes or a passkey."""
    from allauth.mfa.models import Authenticator

    wanted = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user_id=person.pk, type__in=wanted).exists())


def people_matching(text: str) -> QuerySet[User]:
    """People whose name or address holds the text, for the back office."""
    found: QuerySet[User, Any] = User.objects.order_by("full_name", "email")
    text = text.strip()
    if not text:
        return found.none()
    return found.filter(full_name__icontains=text) | found.filter(email__icontains=text)
