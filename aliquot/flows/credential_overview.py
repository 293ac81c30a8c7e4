"""What pages about one's credentials show together: status, proofs, courses that close the gaps.

Read only. Credentials, certificates and learning stand beside each other; here they meet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aliquot.accounts.models import User
from aliquot.certificates.models import Certificate
from aliquot.credentials import queries
from aliquot.credentials.queries import CourseEffect, CycleStanding, Filling
from aliquot.infra.statements import Given, Statement
from aliquot.learning.facts import CourseOnShelf
from aliquot.learning.queries import shelf_of


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything of one person, the credential that must be finished first at the top.

    ``codes`` are the valid certificates by completion, ``started`` the courses in progress by
    course code, ``done`` when a course was completed last, by course code.
    """

    standings: tuple[CycleStanding, ...]
    codes: Mapping[int, str]
    started: Mapping[str, CourseOnShelf]
    done: Mapping[str, CourseOnShelf]


def overview_of(person: User, *, now: datetime) -> Overview:
    """All credentials of a person. A fixed number of queries, however much there is."""
    standings = queries.standings_of(person, now=now)
    if not standings:
        return Overview((), {}, {}, {})
    shelf = shelf_of(person)
    finished = [each for each in shelf if each.completed_on is not None]
    return Overview(
        standings=tuple(standings),
        codes=certificate_codes(person),
        started={each.course_code: each for each in shelf if each.completed_on is None},
        done={each.course_code: each for each in finished},
    )


def courses_for_gaps(overview: Overview, standing: CycleStanding) -> dict[str, list[Filling]]:
    """For each requirement that lacks points, the courses that the body takes, best first.

    Courses completed in this cycle are left out: taken again so soon they earn no new credit.
    """
    completed = {code: each.completed_on for code, each in overview.done.items()}
    return queries.courses_closing(
        standing, completed={code: day for code, day in completed.items() if day}
    )


def counts_toward(person: User, *, completion_id: int, now: datetime) -> list[CourseEffect]:
    """Where the credit of a finished course counts, for each credential the person holds."""
    standings = queries.standings_of(person, now=now)
    return queries.course_effects(standings, completion_id=completion_id)


def certificate_codes(person: User) -> dict[int, str]:
    """The code of the certificate that is valid now, by completion."""
    return dict(_valid_codes.rows(person=person.pk))


_valid_codes = Statement(
    lambda completion_id, code: (completion_id, code),
    lambda: Certificate.objects.filter(
        person=Given("person"), replaced_by=None, revocation=None
    ).values_list("completion_id", "code"),
)
