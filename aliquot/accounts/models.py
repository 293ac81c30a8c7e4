"""People, staff roles, license numbers, API tokens, accounts that were closed."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from aliquot.infra import clock


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail address, whatever its case."""

    def with_address(self, email: str) -> models.QuerySet["User"]:
        """Whoever signs in with this address, found by the index that keeps it unique."""
        return self.filter(Exact(Lower("email"), Lower(Value(email.strip()))))

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a person by e-mail address, whatever its case."""
        return self.with_address(username or "").get()


class User(AbstractBaseUser):
    """A person. The name is the one on the license: certificates print it exactly so."""

    email = models.EmailField(max_length=254, unique=True)
    full_name = models.CharField("name as on the license", max_length=200, blank=True)
    time_zone = models.CharField(max_length=64, default="America/New_York")
    ascp_customer_id = models.CharField("ASCP customer ID", max_length=20, blank=True)
    ascls_member_number = models.CharField("ASCLS member number", max_length=20, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=clock.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_whatever_case"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def initials(self) -> str:
        """Up to two letters for the account menu."""
        words = (self.full_name or self.email).split()
        letters = [words[0][0], words[-1][0]] if len(words) > 1 else [words[0][0]]
        return "".join(letters).upper()


class StaffRole(models.Model):
    """A right to work in the back office. No row, no right."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", "program administrator"
        AUTHOR = "author", "author"
        REVIEWER = "reviewer", "reviewer"
        SUPPORT = "support", "support"
        FINANCE = "finance", "finance"

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="staff_roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    granted_at = models.DateTimeField()
    granted_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "role"], name="staff_role_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} is {self.get_role_display()}"


class LicenseNumber(models.Model):
    """A license number as a state wrote it; printed where the state wants it on a certificate."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="license_numbers")
    state = models.CharField(max_length=2)
    profession = models.CharField(max_length=80)
    number = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "state", "profession"], name="license_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.number}"


class AccountClosing(models.Model):
    """An account that was closed by its holder or for them: a while to think, then it is erased."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="closings")
    closed_at = models.DateTimeField()
    closed_by_id = models.BigIntegerField()
    erase_at = models.DateTimeField()  # not before; until then it can be opened again
    reopened_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(reopened_at=None, erased_at=None),
                name="account_closing_once",
            ),
            models.CheckConstraint(
                condition=models.Q(reopened_at=None) | models.Q(erased_at=None),
                name="account_closing_reopened_or_erased",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} closed on {self.closed_at:%Y-%m-%d}"


class ApiToken(models.Model):
    """A secret by which a program acts for its person; only its hash is kept.

    ``prefix`` is how the person tells tokens apart. ``last_used_on`` is a day, not a moment.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at=None)
                | models.Q(expires_at__gt=models.F("created_at")),
                name="api_token_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"
