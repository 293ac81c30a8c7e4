"""Choosing and ordering courses: facets with counts, and the published order of a list."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from aliquot.catalog.facts import (
    LENGTHS,
    LEVELS,
    CatalogEntry,
    FacetOption,
    Listing,
    Selection,
)

Test = Callable[[CatalogEntry], bool]


def length_of(hours: Decimal) -> str:
    """Which length a course of so many contact hours has."""
    if hours <= 1:
        return "short"
    return "medium" if hours <= 2 else "long"


def occurring(
    entries: Iterable[CatalogEntry], family: Mapping[str, Iterable[str]]
) -> dict[str, frozenset[str]]:
    """Of a family of subject areas those that some course is about, in their order.

    Each area comes with those that count as it: itself and those below it.
    """
    found = {subject.area for entry in entries for subject in entry.subjects}
    whole = {area: frozenset(members) for area, members in family.items()}
    return {area: members for area, members in whole.items() if members & found}


def browse(
    entries: Sequence[CatalogEntry],
    selection: Selection,
    *,
    weights: Mapping[int, int] | None,
    family: Mapping[str, frozenset[str]],
) -> Listing:
    """The courses chosen, in order, with what every other choice would leave.

    ``weights`` are the places found by a search, or None without one. ``family``: the areas
    that occur, as ``occurring`` gives them.
    """
    found = _found(entries, selection, weights)
    subject_areas = family.get(selection.subject, frozenset({selection.subject}))
    tests: dict[str, Test] = {
        "subject": lambda entry: (
            not selection.subject
            or any(subject.area in subject_areas for subject in entry.subjects)
        ),
        "length": lambda entry: not selection.length or length_of(entry.hours) == selection.length,
        "level": lambda entry: not selection.level or entry.level == selection.level,
    }
    chosen = [entry for entry in found if all(test(entry) for test in tests.values())]
    return Listing(
        entries=tuple(_ordered(chosen, selection.sort)),
        subjects=_subject_options(_apart_from("subject", found, tests), family),
        lengths=_options(
            LENGTHS, (length_of(each.hours) for each in _apart_from("length", found, tests))
        ),
        levels=_options(LEVELS, (each.level for each in _apart_from("level", found, tests))),
    )


def _found(
    entries: Sequence[CatalogEntry], selection: Selection, weights: Mapping[int, int] | None
) -> list[CatalogEntry]:
    """What the search found, best first; entries come in the order of their titles."""
    if weights is None:
        found = list(entries)
    else:
        places = sorted(weights, key=lambda place: (-weights[place], place))
        found = [entries[place] for place in places]
    if selection.course_ids is not None:
        found = [entry for entry in found if entry.course_id in selection.course_ids]
    return found


def _apart_from(
    group: str, found: Iterable[CatalogEntry], tests: Mapping[str, Test]
) -> list[CatalogEntry]:
    others = [test for name, test in tests.items() if name != group]
    return [entry for entry in found if all(test(entry) for test in others)]


def _options(keys: Sequence[str], values: Iterable[str]) -> tuple[FacetOption, ...]:
    counts = Counter(values)
    return tuple(FacetOption(key, counts[key]) for key in keys)


def _subject_options(
    left: Iterable[CatalogEntry], family: Mapping[str, frozenset[str]]
) -> tuple[FacetOption, ...]:
    """Every area of the family with the courses left that are about it, in its order."""
    counts: Counter[frozenset[str]] = Counter(
        frozenset(subject.area for subject in entry.subjects) for entry in left
    )
    return tuple(
        FacetOption(area, sum(number for areas, number in counts.items() if areas & below))
        for area, below in family.items()
    )


def _ordered(entries: Iterable[CatalogEntry], sort: str) -> list[CatalogEntry]:
    chosen = list(entries)
    if sort == "newest":
        return sorted(chosen, key=lambda entry: entry.published_on, reverse=True)
    if sort == "shortest":
        return sorted(chosen, key=lambda entry: entry.hours)
    if sort == "title":
        return sorted(chosen, key=lambda entry: entry.title.casefold())
    return chosen  # as found: best match first, else by title
