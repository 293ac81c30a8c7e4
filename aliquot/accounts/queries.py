"""Reads about people."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Left

from aliquot.accounts.facts import FACTORS
from aliquot.accounts.models import AccountClosing, ApiToken, LicenseNumber, StaffRole, User
from aliquot.infra import encryption
from aliquot.infra.statements import Given, Statement, columns_of, instance

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator


def license_numbers_of(person: User) -> QuerySet[LicenseNumber]:
    """The person's license numbers, by state."""
    return LicenseNumber.objects.filter(person=person).order_by("state", "profession")


def licenses_printed_for(person: User) -> list[LicenseNumber]:
    """The same, read by a statement worked out once: each certificate asks."""
    return _licenses.rows(person=person.pk)


_licenses = Statement(
    lambda *values: instance(LicenseNumber, values),
    lambda: (
        LicenseNumber.objects.filter(person=Given("person"))
        .order_by("state", "profession")
        .values_list(*columns_of(LicenseNumber))
    ),
)


def roles_of(person: User) -> set[str]:
    """The staff roles a person holds; empty for a learner."""
    return set(StaffRole.objects.filter(person=person).values_list("role", flat=True))


def person_by_email(email: str) -> User | None:
    """The person who signs in with this address, whatever its case."""
    return User.objects.with_address(email).first()


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


def has_codes(person: User) -> bool:
    """Whether the person has something to type: one-time codes or recovery codes."""
    from allauth.mfa.models import Authenticator

    typed = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    return bool(Authenticator.objects.filter(user_id=person.pk, type__in=typed).exists())


def factors_of(person: User) -> list[str]:
    """What the person has set up beside the password, in words: ``one-time codes``."""
    from allauth.mfa.models import Authenticator

    found = set(Authenticator.objects.filter(user_id=person.pk).values_list("type", flat=True))
    return [words for name, words in FACTORS.items() if name in found]


def people_with_sessions() -> QuerySet[User]:
    """Whoever is signed in somewhere, or was until the session ended by itself."""
    from allauth.usersessions.models import UserSession

    return User.objects.filter(pk__in=UserSession.objects.values("user_id")).order_by("pk")


def codes_by_key() -> dict[str, int]:
    """How many secrets of codes are under which key (``infra.encryption``); "": under none."""
    found = _codes().order_by().values("key_name").annotate(number=Count("pk"))
    return {row["key_name"]: row["number"] for row in found}


def codes_not_under(key_names: Iterable[str]) -> "QuerySet[Authenticator]":
    """One-time and recovery codes whose secret is under none of these keys."""
    return _codes().exclude(key_name__in=list(key_names))


def _codes() -> "QuerySet[Authenticator]":
    from allauth.mfa.models import Authenticator

    kept: Any = Coalesce(KeyTextTransform("secret", "data"), KeyTextTransform("seed", "data"))
    rows = Authenticator.objects.filter(
        type__in=[Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    ).annotate(kept=kept)
    key_name = Case(
        When(kept__startswith=encryption.MARK, then=Left("kept", encryption.NAME_LENGTH)),
        default=Value(""),
    )
    named: QuerySet[Authenticator] = rows.annotate(key_name=key_name)
    return named.filter(kept__isnull=False)


def people_matching(text: str) -> QuerySet[User]:
    """People whose name or address holds the text, for the back office."""
    found: QuerySet[User, Any] = User.objects.order_by("full_name", "email")
    text = text.strip()
    if not text:
        return found.none()
    return found.filter(full_name__icontains=text) | found.filter(email__icontains=text)


def open_closing_of(person: User) -> AccountClosing | None:
    """The closing of an account that can still be opened again; None for any other account."""
    return AccountClosing.objects.filter(person=person, reopened_at=None, erased_at=None).first()


def closings_to_erase(now: datetime) -> QuerySet[AccountClosing]:
    """Closed accounts whose time to think is over, the oldest first."""
    rows = AccountClosing.objects.filter(reopened_at=None, erased_at=None, erase_at__lte=now)
    return rows.select_related("person").order_by("erase_at", "pk")


def live_tokens(person: User, now: datetime) -> QuerySet[ApiToken]:
    """The person's tokens that work at ``now``."""
    return _live(now).filter(person=person)


def tokens_of(person: User) -> QuerySet[ApiToken]:
    """Every token of the person that was not revoked, the newest first; some may have expired."""
    return ApiToken.objects.filter(person=person, revoked_at=None).order_by("-created_at", "-pk")


def token_by_secret(secret: str, now: datetime) -> ApiToken | None:
    """The working token with this secret, with its person; None for all others alike."""
    digest = hash_of_secret(secret)
    return _live(now).filter(digest=digest, person__is_active=True).select_related("person").first()


def hash_of_secret(secret: str) -> str:
    """What is stored of a token. It has 256 random bits, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _live(now: datetime) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(revoked_at=None).filter(
        Q(expires_at=None) | Q(expires_at__gt=now)
    )
