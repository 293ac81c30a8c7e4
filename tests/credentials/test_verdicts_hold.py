"""What must hold of every verdict, on transcripts nobody thought of."""

from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from aliquot.catalog import data as catalog
from aliquot.credentials.data import shipped
from aliquot.credentials.facts import (
    KINDS,
    Activity,
    Confirmed,
    CredentialHeld,
    Figures,
    Part,
    Pin,
    Reason,
    Transcript,
    Verdict,
)
from aliquot.credentials.rules import Grounds, figures, judge
from tests.credentials.depth import DEPTH

ROWS = shipped()
AS_OF = date(2026, 11, 23)
GROUNDS = Grounds(most=40)  # shared by all examples, as in a run over many people
ENDS = {  # what a body fixes: month and day, and the remainder of the year by two
    "aab_abor": (12, 31, None),
    "lic_la": (12, 31, None),
    "lic_fl": (8, 31, 0),
    "lic_nd": (6, 30, 0),
    "lic_hi": (None, None, 1),
}
ODD_DAYS = st.sampled_from(
    [
        date(2028, 2, 29), date(2027, 2, 28), date(2008, 2, 28), date(2022, 12, 31),
        date(2023, 1, 1), date(2023, 12, 31), date(2024, 1, 1), date(2010, 12, 31),
        date(2004, 1, 1), date(2003, 12, 31), date(2006, 1, 1), date(2022, 1, 1),
    ]
)  # fmt: skip
DAYS = st.dates(date(2003, 1, 1), date(2029, 12, 31)) | ODD_DAYS
AMOUNTS = st.integers(1, 1200).map(lambda quarter: Decimal(quarter) / 100)
AREAS = st.lists(st.sampled_from(list(catalog.areas())), min_size=1, max_size=3, unique=True)
PARTS = st.lists(st.builds(Part, amount=AMOUNTS, areas=AREAS.map(tuple)), min_size=1, max_size=2)
APPROVALS = st.none() | st.frozensets(st.sampled_from(list(catalog.approvals())), max_size=2)


@st.composite
def held(draw: st.DrawFn) -> CredentialHeld:
    name = draw(st.sampled_from(ROWS.ids))
    flag = st.booleans()
    day = draw(DAYS)
    if name in ENDS:
        month, of_month, parity = ENDS[name]
        year = day.year if parity is None or day.year % 2 == parity else day.year + 1
        day = date(year, month or min(day.month, 11), of_month or min(day.day, 28))
    return CredentialHeld(
        pack=ROWS.pack(name),
        cycle_ends_on=day,
        first_certified_on=draw(st.none() | st.dates(date(1990, 1, 1), AS_OF)),
        formerly_nca=draw(flag),
        international=draw(flag),
        expired=draw(flag),
        first_renewal=draw(flag),
        licensed_on=day - timedelta(days=draw(st.integers(0, 729))),
        specialties=tuple(
            draw(st.lists(st.sampled_from(list(catalog.specialties())), unique=True))
        ),
        roles=tuple(draw(st.sets(st.sampled_from(list(catalog.roles()))))),
    )


@st.composite
def activities(draw: st.DrawFn, *, most: int = 12) -> tuple[Activity, ...]:
    one = st.builds(
        Activity,
        id=st.just(""),
        completed_on=st.dates(AS_OF - timedelta(days=1500), AS_OF)
        | st.dates(date(2003, 1, 1), AS_OF),
        kind=st.sampled_from([*KINDS, *["contact_hours"] * 8]),
        parts=PARTS.map(tuple),
        approvals=APPROVALS,
    )
    found = draw(st.lists(one, max_size=most))
    return tuple(replace(activity, id=f"a{index}") for index, activity in enumerate(found))


def verdict_of(credential: CredentialHeld, done: tuple[Activity, ...], *pins: Pin) -> Verdict:
    (verdict,) = judge(Transcript(AS_OF, (credential,), done, pins))
    return verdict


def still_missing(verdict: Verdict) -> Decimal:
    return sum((row.missing or Decimal(0) for row in verdict.requirements), Decimal(0))


@settings(max_examples=120 * DEPTH)
@given(held(), activities())
def test_every_amount_is_counted_once_or_explained(
    credential: CredentialHeld, done: tuple[Activity, ...]
) -> None:
    verdict = verdict_of(credential, done)
    for activity in done:
        converted = sum(part.amount for part in activity.parts) * KINDS[activity.kind].factor
        rows = [
            row.amount
            for row in (*verdict.allocations, *verdict.not_counted)
            if row.activity == activity.id
        ]
        assert sum(rows) == converted
        assert all(amount > 0 for amount in rows)
    keys = [(row.activity, row.reason) for row in verdict.not_counted]
    assert len(set(keys)) == len(keys)
    for line in verdict.requirements:
        got = sum(row.amount for row in verdict.allocations if row.requirement == line.id)
        assert got == (line.counted or 0)
    assert verdict.surplus == sum(
        row.amount for row in verdict.not_counted if row.reason is Reason.SURPLUS
    )
    if verdict.needed is not None:
        assert verdict.missing is not None
        assert verdict.counted + verdict.missing == verdict.needed
        assert verdict.needed == sum(row.needed or 0 for row in verdict.requirements)
    assert verdict.counted == sum(row.amount for row in verdict.allocations)
    assert_in_order(verdict, done)
    assert_nothing_is_wasted(verdict)


def assert_in_order(verdict: Verdict, done: tuple[Activity, ...]) -> None:
    """Rows stand by activity, then by requirement or reason, each pair once; remainder last."""
    lines = [line.id for line in verdict.requirements]
    assert len(set(lines)) == len(lines)
    assert "remainder" not in lines[:-1]
    place = {activity.id: index for index, activity in enumerate(done)}
    reasons = list(Reason)
    used = [(place[row.activity], lines.index(row.requirement)) for row in verdict.allocations]
    unused = [(place[row.activity], reasons.index(row.reason)) for row in verdict.not_counted]
    for rows in (used, unused):
        assert rows == sorted(set(rows))
    assert all(row.because for row in verdict.allocations)
    assert all(row.explain for row in verdict.not_counted)
    codes = [notice.code for notice in verdict.warnings]
    assert len(set(codes)) == len(codes)


def assert_nothing_is_wasted(verdict: Verdict) -> None:
    """Nothing is over while nothing can count; nothing is met while something is unknown."""
    for line in verdict.requirements:
        assert (line.needed is None) == (line.counted is None) == (line.missing is None)
        if line.needed is not None:
            assert line.counted is not None
            assert line.missing is not None
            assert line.counted + line.missing == line.needed
            assert min(line.counted, line.missing, line.needed) >= 0
    if verdict.met:
        assert verdict.missing == 0
        assert verdict.confirmed is not Confirmed.NO
    if any(line.needed is None for line in verdict.requirements):
        assert verdict.needed is verdict.missing is verdict.met is None
    if verdict.window and verdict.window.starts_on > verdict.window.ends_on:
        raise AssertionError(verdict.window)
    open_lines = {line.id for line in verdict.requirements if line.missing}
    if "remainder" in open_lines:
        assert verdict.surplus == 0


@settings(max_examples=120 * DEPTH)
@given(held(), activities(), activities(most=1))
def test_one_more_activity_never_raises_what_is_missing(
    credential: CredentialHeld, done: tuple[Activity, ...], one_more: tuple[Activity, ...]
) -> None:
    more = tuple(replace(activity, id="more") for activity in one_more)
    before, after = verdict_of(credential, done), verdict_of(credential, done + more)
    assert still_missing(after) <= still_missing(before)
    assert after.counted >= before.counted
    assert after.needed == before.needed


@settings(max_examples=60 * DEPTH)
@given(held(), activities())
def test_the_order_of_the_file_changes_no_total(
    credential: CredentialHeld, done: tuple[Activity, ...]
) -> None:
    forward, backward = verdict_of(credential, done), verdict_of(credential, done[::-1])
    assert forward.requirements == backward.requirements
    assert sum(r.amount for r in forward.not_counted) == sum(r.amount for r in backward.not_counted)


@settings(max_examples=60 * DEPTH)
@given(held(), activities())
def test_pinning_the_answer_gives_the_same_answer(
    credential: CredentialHeld, done: tuple[Activity, ...]
) -> None:
    free = verdict_of(credential, done)
    pins = [
        Pin(credential.pack.id, row.activity, row.requirement, row.amount)
        for row in free.allocations
    ]
    pinned = verdict_of(credential, done, *pins)
    assert pinned.requirements == free.requirements
    assert [(r.activity, r.requirement, r.amount) for r in pinned.allocations] == [
        (r.activity, r.requirement, r.amount) for r in free.allocations
    ]
    assert pinned.warnings == free.warnings


@settings(max_examples=120 * DEPTH)
@given(held(), activities())
def test_figures_alone_are_those_of_the_verdict(
    credential: CredentialHeld, done: tuple[Activity, ...]
) -> None:
    verdict = verdict_of(credential, done)
    pins = [
        Pin(credential.pack.id, row.activity, row.requirement, row.amount)
        for row in verdict.allocations[:2]
    ]
    for pinned in ([], pins):
        alone = figures(credential, activities=done, as_of=AS_OF, pins=pinned, grounds=GROUNDS)
        for field in fields(Figures):
            assert getattr(alone, field.name) == getattr(verdict, field.name), field.name
