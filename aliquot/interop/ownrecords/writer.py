"""The archive, written piece by piece: one paper in memory at a time."""

import json
from collections.abc import Iterator
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder

from aliquot.accounts.models import User
from aliquot.flows.own_records import own_files, own_rows
from aliquot.lib.archives import ArchiveWriter

FORMAT = "aliquot-own-records/1"


def archive_name(now: datetime) -> str:
    """``my-records-2026-11-23``, also the folder inside; the day is in UTC."""
    return f"my-records-{now:%Y-%m-%d}"


def stream(person: User, *, now: datetime) -> Iterator[bytes]:
    """The archive: papers first, then the rows and the papers that are damaged here."""
    archive, folder = ArchiveWriter(), archive_name(now)
    damaged: list[str] = []
    for each in own_files(person):
        if each.content is None:
            damaged.append(each.name)
            continue
        archive.put(f"{folder}/{each.name}", each.content, at=each.at)
        yield archive.taken()
    head = {"format": FORMAT, "made_at": now, "damaged": damaged}
    document = {**head, "records": own_rows(person)}
    text = json.dumps(document, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)
    archive.put(f"{folder}/records.json", text.encode(), at=now)
    archive.close()
    yield archive.taken()
