"""Certificates and their revocations; both append-only."""

from django.db import models

from aliquot.accounts.models import User
from aliquot.learning.models import Completion


class Certificate(models.Model):
    """A numbered proof. ``content`` is all that is printed; the PDF is drawn from it alone."""

    code = models.CharField(max_length=24, unique=True)  # without hyphens; ≥ 80 random bits
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="certificates")
    completion = models.ForeignKey(
        Completion, on_delete=models.PROTECT, related_name="certificates"
    )
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    design = models.PositiveSmallIntegerField(default=1)  # old designs stay renderable
    issued_at = models.DateTimeField()
    replaces = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="replaced_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["completion"],
                condition=models.Q(replaces=None),
                name="certificate_first_once",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Revocation(models.Model):
    """Why and when a certificate stopped being valid."""

    certificate = models.OneToOneField(
        Certificate, on_delete=models.PROTECT, related_name="revocation"
    )
    revoked_at = models.DateTimeField()
    revoked_by_id = models.BigIntegerField(null=True)
    reason = models.TextField()

    def __str__(self) -> str:
        return f"{self.certificate} revoked"
