"""When the last backup was taken and the last check made: what readiness and staff look at."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aliquot.infra.models import UpkeepRun


def note_run(
    *, kind: str, began_at: datetime, ended_at: datetime, is_good: bool, report: Mapping[str, Any]
) -> UpkeepRun:
    """Remember a backup or a check that ended; ``report`` is plain JSON."""
    return UpkeepRun.objects.create(
        kind=kind, began_at=began_at, ended_at=ended_at, is_good=is_good, report=dict(report)
    )


def last_backup() -> UpkeepRun | None:
    """The newest backup that is whole; its data is as of ``began_at``. None if there was none."""
    whole = UpkeepRun.objects.filter(kind=UpkeepRun.Kind.BACKUP, is_good=True)
    return whole.order_by("-ended_at").first()


def last_check() -> UpkeepRun | None:
    """The newest check of the invariants, whatever it found. None if there was none."""
    return UpkeepRun.objects.filter(kind=UpkeepRun.Kind.CHECK).order_by("-ended_at").first()
