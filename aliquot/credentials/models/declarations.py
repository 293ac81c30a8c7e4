"""What was declared at the end of a cycle, frozen as it was that day."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from aliquot.credentials.models.held import Cycle


class Declaration(models.Model):
    """What "I declared" keeps: allocation, proofs and rule set of that day; packs are made of it.

    The snapshot is never edited. A declaration that was noted by mistake is withdrawn, and the
    row stays.
    """

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="declarations")
    declared_on = models.DateField()
    confirmation_number = models.CharField(max_length=80, blank=True)
    snapshot = models.JSONField(encoder=DjangoJSONEncoder)
    snapshot_hash = models.CharField(max_length=64)  # of the canonical form
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cycle"], condition=Q(withdrawn_at=None), name="declaration_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle} declared on {self.declared_on}"
