"""Subject areas: what credit can be about, and which counts as which."""

from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from aliquot.api.frame import Area, Limit, Listed, Shape, Start, after
from aliquot.catalog import data

area = Area("Catalog")


class AreaShape(Shape):
    """A subject area. Credit of it counts as credit of its parent, too; null: it stands alone."""

    id: str
    title: str
    parent: str | None
    why: Annotated[str, Field(description="Why it counts as its parent.")]
    topics: Annotated[list[str], Field(description="Finer subjects by which people find it.")]
    not_under: Annotated[
        str | None,
        Field(description="It looks like a part of this area, and does not count so."),
    ]


@area.public("/areas", gives=Listed[AreaShape])
def list_areas(request: HttpRequest, cursor: Start = "", limit: Limit = 25) -> Listed[AreaShape]:
    """Every subject area, in the order of lists."""
    found = list(data.areas().values())
    piece, following = after(found, cursor, limit, key=lambda each: each.id)
    return Listed(items=[_area(each) for each in piece], next=following)


def _area(found: data.Area) -> AreaShape:
    topics, apart = data.topics().get(found.id), data.apart().get(found.id)
    return AreaShape(
        id=found.id,
        title=found.title,
        parent=found.parent,
        why=found.why,
        topics=list(topics.titles) if topics else [],
        not_under=apart.not_under if apart else None,
    )
