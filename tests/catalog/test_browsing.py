from datetime import date
from decimal import Decimal

import pytest

from aliquot.catalog.data import areas, with_descendants
from aliquot.catalog.facts import CatalogEntry, Listing, Selection, SubjectFacts
from aliquot.catalog.rules import browse, occurring


def entry(number: int, title: str, hours: str, level: str, *subjects: str) -> CatalogEntry:
    return CatalogEntry(
        course_id=number,
        code=f"C-{number}",
        slug=f"c-{number}",
        title=title,
        subtitle="",
        level=level,
        hours=Decimal(hours),
        subjects=tuple(SubjectFacts(area, Decimal(hours) / len(subjects)) for area in subjects),
        approvals=(),
        published_on=date(2026, 1, number),
        is_free=True,
        has_preview=True,
    )


COURSES = (
    entry(1, "Antibody panels", "1.5", "intermediate", "blood_bank"),
    entry(2, "Clotting", "1", "basic", "coagulation"),
    entry(3, "Smears", "2.25", "basic", "hematology", "safety_lab"),
    entry(4, "Spills", "2", "advanced", "safety_lab"),
)


FAMILY = occurring(COURSES, {area: with_descendants(area) for area in areas()})


def listed(**choices: object) -> Listing:
    return browse(COURSES, Selection(**choices), weights=None, family=FAMILY)  # type: ignore[arg-type]


def ids(listing: Listing) -> list[int]:
    return [each.course_id for each in listing.entries]


def counts(options: tuple[object, ...]) -> dict[str, int]:
    return {each.key: each.count for each in options}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ({}, [1, 2, 3, 4]),
        ({"subject": "safety_lab"}, [3, 4]),
        ({"subject": "hematology"}, [2, 3]),  # coagulation counts as hematology
        ({"subject": "coagulation"}, [2]),
        ({"length": "short"}, [2]),
        ({"length": "medium"}, [1, 4]),
        ({"length": "long"}, [3]),
        ({"level": "basic"}, [2, 3]),
        ({"subject": "safety_lab", "level": "basic"}, [3]),
        ({"subject": "nonsense"}, []),
        ({"course_ids": frozenset({4, 1})}, [1, 4]),
        ({"course_ids": frozenset()}, []),
        ({"sort": "newest"}, [4, 3, 2, 1]),
        ({"sort": "shortest"}, [2, 1, 4, 3]),
        ({"sort": "title"}, [1, 2, 3, 4]),
    ],
)
def test_choices_leave_the_courses_that_fit(
    choices: dict[str, object], expected: list[int]
) -> None:
    assert ids(listed(**choices)) == expected


def test_each_count_is_what_choosing_it_would_leave() -> None:
    for group, attribute in (("subject", "subjects"), ("length", "lengths"), ("level", "levels")):
        for already in ({}, {"level": "basic"}, {"subject": "safety_lab"}, {"length": "medium"}):
            if group in already:
                continue
            for option in getattr(listed(**already), attribute):
                left = listed(**already, **{group: option.key})
                assert option.count == len(left.entries), (already, group, option)


def test_a_choice_made_does_not_change_the_counts_of_its_own_group() -> None:
    assert counts(listed(level="basic").levels) == {"basic": 2, "intermediate": 1, "advanced": 1}


def test_only_subjects_that_occur_are_offered_in_the_order_of_the_closed_list() -> None:
    assert list(counts(listed().subjects)) == [
        "safety_lab", "blood_bank", "hematology", "coagulation",
    ]  # fmt: skip


def test_a_search_puts_the_best_match_first_and_equal_ones_by_title() -> None:
    found = browse(COURSES, Selection(), weights={3: 1, 0: 1, 2: 4}, family=FAMILY)
    assert ids(found) == [3, 1, 4]
