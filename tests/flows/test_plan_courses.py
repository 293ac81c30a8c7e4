"""The plan against every set of courses there is, on small catalogs, judged by the real engine."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from aliquot.credentials import rules
from aliquot.credentials.data import pack
from aliquot.credentials.facts import (
    Activity,
    CourseOffer,
    CredentialHeld,
    Part,
    Plan,
    Transcript,
    Verdict,
)
from aliquot.flows.plan_courses import plan_courses

AS_OF = date(2026, 11, 23)
END = date(2027, 6, 30)
CERTIFIED = date(2011, 5, 14)
MLS = CredentialHeld(pack("ascp_mls"), END, first_certified_on=CERTIFIED)


def activity(
    name: str,
    amount: str | Decimal,
    *areas: str,
    on: date = AS_OF,
    kind: str = "contact_hours",
    approvals: frozenset[str] | None = frozenset({"pace"}),
) -> Activity:
    return Activity(name, on, kind, (Part(Decimal(amount), areas),), approvals)


def offer(name: str, amount: str | Decimal, *areas: str, cents: int | None = None) -> CourseOffer:
    return CourseOffer(activity(name, amount, *areas), cents)


def names(plan: Plan) -> list[str]:
    return [course.activity.id for course in plan.courses]


def lacking(verdicts: Iterable[Verdict]) -> Decimal:
    """What stays missing of the lines whose need is known."""
    return sum(
        (line.missing or Decimal(0) for verdict in verdicts for line in verdict.requirements),
        Decimal(0),
    )


def margin_lacking(verdicts: Iterable[Verdict], margin: Decimal) -> Decimal:
    """How far each surplus stays below the margin."""
    return sum(
        (max(margin - verdict.surplus, Decimal(0)) for verdict in verdicts if verdict.needed),
        Decimal(0),
    )


def cost(courses: Sequence[CourseOffer], by: str) -> Decimal:
    if by == "price":
        return Decimal(sum(course.cents or 0 for course in courses))
    return sum((course.hours for course in courses), Decimal(0))


def judged(transcript: Transcript, courses: Iterable[CourseOffer]) -> list[Verdict]:
    taken = tuple(course.activity for course in courses)
    return rules.judge(replace(transcript, activities=(*transcript.activities, *taken)))


def merit(
    transcript: Transcript, courses: Sequence[CourseOffer], by: str, margin: Decimal
) -> tuple[Decimal, ...]:
    """What the contract minimizes, in its order."""
    verdicts = judged(transcript, courses)
    missing = lacking(verdicts)
    short = Decimal(0) if missing else margin_lacking(verdicts, margin)
    return (missing, short, cost(courses, by), Decimal(len(courses)))


CREDENTIALS = (
    ("ascp_mls", END),
    ("ascp_mls", date(2027, 1, 31)),
    ("ascp_mls", date(2022, 6, 30)),
    ("ascp_ht", END),
    ("ascp_pa", END),
    ("lic_fl", date(2028, 8, 31)),
    ("lic_ca", END),
    ("lic_nd", date(2028, 6, 30)),
    ("lic_la", date(2026, 12, 31)),
    ("lic_wv", END),
    ("amt_mt", END),
    ("aab_abor", date(2026, 12, 31)),
)
AREAS = ("hematology", "chemistry", "blood_bank", "safety_lab", "ethics", "other_lab", "education")
"""Enough areas to meet, to miss and to share lines."""


@st.composite
def problems(draw: st.DrawFn) -> tuple[Transcript, list[CourseOffer], str, Decimal]:
    chosen = draw(st.lists(st.sampled_from(CREDENTIALS), min_size=1, max_size=3))
    held = tuple(
        CredentialHeld(pack(name), end, CERTIFIED, specialties=("hematology",))
        for name, end in chosen
    )
    amounts = st.integers(1, 40).map(lambda quarters: Decimal(quarters) / 4)
    areas = st.lists(st.sampled_from(AREAS), min_size=1, max_size=2, unique=True)
    approvals = st.sampled_from(
        [None, frozenset({"pace"}), frozenset[str](), frozenset({"state_board"})]
    )
    parts = st.builds(Part, amounts, areas.map(tuple))
    several = st.lists(parts, min_size=1, max_size=2).map(tuple)
    done = draw(
        st.lists(
            st.tuples(several, approvals, st.sampled_from(["contact_hours", "semester_hours"])),
            max_size=4,
        )
    )
    activities = tuple(
        Activity(f"a{i}", AS_OF - timedelta(days=10 * i), kind, given_parts, approved)
        for i, (given_parts, approved, kind) in enumerate(done)
    )
    offered = draw(st.lists(st.tuples(several, approvals, st.integers(0, 4)), max_size=7))
    offers = [
        CourseOffer(Activity(f"c{i}", AS_OF, "contact_hours", p, approved), 500 * price)
        for i, (p, approved, price) in enumerate(offered)
    ]
    by = draw(st.sampled_from(["hours", "price"]))
    margin = draw(st.sampled_from(["0", "0", "2", "1.25"]))
    return Transcript(AS_OF, held, activities), offers, by, Decimal(margin)


@settings(max_examples=60)
@given(problems())
def test_no_set_of_courses_is_better_than_the_plan(
    problem: tuple[Transcript, list[CourseOffer], str, Decimal],
) -> None:
    transcript, offers, by, margin = problem

    plan = plan_courses(transcript, offers, by=by, margin=int(margin * 100))

    best = min(
        merit(transcript, courses, by, margin)
        for size in range(len(offers) + 1)
        for courses in combinations(offers, size)
    )
    assert plan.is_proven
    assert list(plan.verdicts) == judged(transcript, plan.courses)
    assert lacking(plan.verdicts) == best[0]
    if not margin or not best[0]:
        assert merit(transcript, plan.courses, by, margin) == best


def test_between_equals_what_is_begun_goes_before_what_is_owned() -> None:
    transcript = Transcript(AS_OF, (MLS,), (activity("rest", "34", "ethics", "chemistry"),))
    courses = [
        replace(offer(f"{area[:4]}-{preference}", "2", area), preference=preference)
        for area in ("hematology", "microbiology", "blood_bank")
        for preference in range(3)
        if (area, preference) not in {("blood_bank", 2), ("microbiology", 1)}
    ]
    found = plan_courses(transcript, courses)
    assert names(found) == ["bloo-1", "hema-2", "micr-2"]
    assert found.is_proven
    assert names(plan_courses(transcript, courses[::-1])) == ["bloo-1", "hema-2", "micr-2"]


def test_a_preferred_course_never_costs_an_hour_more() -> None:
    transcript = Transcript(AS_OF, (MLS,), (activity("rest", "34", "ethics", "chemistry"),))
    short, long = offer("short", "2", "hematology"), offer("long", "2.25", "hematology")
    assert names(plan_courses(transcript, [short, replace(long, preference=2)])) == ["short"]


@settings(max_examples=30)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_the_catalog_changes_nothing(
    problem: tuple[Transcript, list[CourseOffer], str, Decimal], chance: Random
) -> None:
    transcript, offers, by, margin = problem
    turned = chance.sample(offers, len(offers))
    plan, other = (
        plan_courses(transcript, given_offers, by=by, margin=int(margin * 100))
        for given_offers in (offers, turned)
    )
    assert plan == other
