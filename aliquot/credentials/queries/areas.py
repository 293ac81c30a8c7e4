"""The tree of subject areas as a page shows it: what counts as what, why, and who asks for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from aliquot.catalog import data as catalog
from aliquot.catalog.data import Apart, Area, Topics
from aliquot.credentials import data
from aliquot.credentials.facts import Source
from aliquot.credentials.queries.packs import Served, packs, served


@dataclass(frozen=True, slots=True)
class Branch:
    """An area, the areas below it, and the credentials that ask for it by name.

    ``topics`` None: no finer subject is listed. ``apart`` None: nothing to warn of, else
    ``apart_title`` names the other area and ``apart_sources`` say where that is read.
    """

    area: Area
    below: tuple["Branch", ...]
    asked_by: tuple[Served, ...]
    topics: Topics | None
    apart: Apart | None
    apart_title: str
    apart_sources: tuple[Source, ...]


@cache
def area_tree() -> tuple[Branch, ...]:
    """All areas that stand under no other, in the order of lists, with those below them."""
    return tuple(_branches(None))


def area_sources() -> list[Source]:
    """Every source that the tree rests on, by id."""
    cited = {source.id: source for branch in area_tree() for source in branch.apart_sources}
    return sorted(cited.values(), key=lambda source: (len(source.id), source.id))


def _branches(parent: str | None) -> Iterator[Branch]:
    for area in catalog.areas().values():
        if area.parent != parent:
            continue
        apart = catalog.apart().get(area.id)
        yield Branch(
            area=area,
            below=tuple(_branches(area.id)),
            asked_by=_asked_by(area.id),
            topics=catalog.topics().get(area.id),
            apart=apart,
            apart_title=catalog.areas()[apart.not_under].title if apart else "",
            apart_sources=_sources(apart.sources) if apart else (),
        )


def _asked_by(area: str) -> tuple[Served, ...]:
    """Credentials of which a minimum of the newest rules names the area."""
    return tuple(
        served(pack)
        for pack in packs()
        if any(
            area in minimum.any_of or (minimum.per_specialty and area in catalog.specialties())
            for minimum in pack.rule_sets[0].minima or ()
        )
    )


def _sources(ids: tuple[str, ...]) -> tuple[Source, ...]:
    return tuple(data.shipped().sources[source_id] for source_id in ids)
