"""What each credential still needs, as pages get to know it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aliquot.accounts.models import User
from aliquot.credentials import data, queries, services
from aliquot.credentials.data.bodies import bodies
from aliquot.credentials.errors import UnknownCredentialError
from aliquot.credentials.facts import Reason, Situation
from aliquot.credentials.queries import Origin
from aliquot.ledger.services import reverse_credit
from tests.factories.catalog import approve, published_course
from tests.factories.credentials import CYCLE_END, credit, holding

TODAY = date(2026, 11, 23)


def by_requirement(standing: queries.CycleStanding) -> dict[str, str]:
    return {
        line.id: f"{line.counted:f} of {line.needed:f}" for line in standing.verdict.requirements
    }


def test_all_credentials_are_served_with_their_figures() -> None:
    rows = {row.id: row for row in queries.served_credentials()}
    assert len(rows) == 52
    mls, florida = rows["ascp_mls"], rows["lic_fl"]
    assert (mls.letters, mls.body, mls.slug) == ("MLS(ASCP)", "ASCP", "ascp-mls")
    assert (mls.total, mls.cycle_years, mls.unit) == (Decimal(36), 3, "points")
    assert (florida.total, florida.cycle_years, florida.unit) == (Decimal(24), 2, "hours")
    assert rows["lic_pr"].total is None
    assert sum(queries.confirmation_counts().values()) == 52


def test_credentials_are_found_by_letters_title_body_or_state() -> None:
    def found(words: str) -> list[str]:
        groups = queries.served_in_groups(words)
        return [each.id for group in groups for each in (*group.first, *group.others)]

    assert found("florida") == ["lic_fl"]
    assert found("AMT phlebotomy") == ["amt_rpt"]
    assert found("histotechnologist") == ["ascp_htl"]
    assert found("scientist") == ["ascp_mls"]
    assert found("veterinary") == []
    assert sorted(found("")) == [each.id for each in queries.served_credentials()]


def test_what_the_bench_holds_comes_first_and_the_rest_by_letters() -> None:
    groups = queries.served_in_groups()
    assert [group.short for group in groups] == [
        "ASCP", "AMT", "AAB-ABOR", "NCCT", "NHA", "State licenses",
    ]  # fmt: skip
    first = [each.letters.partition("(")[0] for each in groups[0].first]
    assert first == ["MLS", "MLT", "MB", "SBB", "PBT", "HT", "HTL"]
    assert [each.id for each in groups[1].first] == ["amt_mt", "amt_mlt"]
    assert all(not group.first for group in groups[2:])
    for group in groups:
        letters = [each.letters for each in group.others]
        assert letters == sorted(letters, key=str.casefold)


def test_a_body_puts_only_its_own_credentials_first() -> None:
    for body_id, described in bodies().items():
        assert {data.pack(each).body for each in described.first} <= {body_id}


def choice_of(requirement: str) -> queries.RequirementChoice | None:
    """The line of MLS(ASCP) with that id."""
    choices = queries.requirement_choices("ascp_mls", as_of=TODAY)
    return next((each for each in choices if each.requirement == requirement), None)


def effects_of(area: str, hours: str, approvals: list[str]) -> dict[str, queries.CourseEffect]:
    """What a course does, by credential."""
    rows = queries.requirements_filled_by(
        [(area, Decimal(hours))], approvals=approvals, as_of=TODAY
    )
    return {row.credential.id: row for row in rows}


@pytest.mark.parametrize("slug", ["ascp_mls", "ASCP-MLS", "ascp-mlx", "", "..", "ascp-mls/"])
def test_only_the_address_itself_finds_a_pack(slug: str) -> None:
    assert queries.pack_by_slug("ascp-mls").id == "ascp_mls"
    with pytest.raises(UnknownCredentialError):
        queries.pack_by_slug(slug)


def test_counting_rules_take_their_figures_from_the_pack() -> None:
    sentences = [rule.text for rule in queries.counting_rules(queries.pack_by_slug("ascp-mls"))]
    assert sentences[1:3] == [
        "1.0 continuing education unit (CEU) is 10 points.",
        (
            "A college semester hour is 15 points and a quarter hour 10; college courses together "
            "give at most 18 of the 36 points."
        ),
    ]
    assert "{" not in "".join(sentences)


def test_nobody_has_nothing(nadia: User, now: datetime) -> None:
    assert queries.standings_of(nadia, now=now) == []
    assert not queries.holds_anything(nadia)


def test_credit_of_the_ledger_counts_with_its_reason(rosa: User, now: datetime) -> None:
    holding(rosa)
    activity = credit(rosa, title="Interpreting the Smear", hematology="2.5")
    [standing] = queries.standings_of(rosa, now=now)
    assert by_requirement(standing)["hematology"] == "2 of 2"
    assert standing.verdict.missing == Decimal("33.5")
    assert standing.situation is Situation.SHORT
    assert standing.days_left == (date(2027, 5, 31) - TODAY).days
    [record] = standing.records
    assert (record.activity.id, record.origin, record.amount) == (
        str(activity.pk),
        Origin.ELSEWHERE,
        Decimal("2.5"),
    )
    assert [(row.requirement, row.amount) for row in record.counted] == [
        ("hematology", Decimal(2)),
        ("remainder", Decimal("0.5")),
    ]
    assert record.not_counted == ()


def test_credit_taken_back_is_gone(rosa: User, now: datetime) -> None:
    holding(rosa)
    activity = credit(rosa, hematology="2")
    reverse_credit(activity=activity, reason="Entered twice", actor_id=None, now=now)
    [standing] = queries.standings_of(rosa, now=now)
    assert standing.verdict.counted == 0
    assert standing.records == ()


def test_opening_balances_count_in_their_own_credential_only(rosa: User, now: datetime) -> None:
    holding(rosa, opening_balances={"hematology": Decimal("1.5"), "remainder": Decimal(20)})
    holding(rosa, "ascp_mlt")
    mls, mlt = queries.standings_of(rosa, now=now)
    assert by_requirement(mls) == {
        "safety": "0 of 1",
        "ethics": "0 of 1",
        "blood_bank": "0 of 2",
        "chemistry": "0 of 2",
        "hematology": "1.5 of 2",
        "microbiology": "0 of 2",
        "remainder": "20 of 26",
    }
    assert [record.origin for record in mls.records] == [Origin.OPENING_BALANCE] * 2
    assert mlt.verdict.counted == 0
    assert mlt.records == ()


def test_an_opening_balance_beyond_its_requirement_spills_into_any_area(
    rosa: User, now: datetime
) -> None:
    holding(rosa, opening_balances={"safety": Decimal(4)})
    [standing] = queries.standings_of(rosa, now=now)
    assert by_requirement(standing)["safety"] == "1 of 1"
    assert by_requirement(standing)["remainder"] == "3 of 26"


def test_points_of_any_area_never_fill_a_named_one(rosa: User, now: datetime) -> None:
    holding(rosa, opening_balances={"remainder": Decimal(30)})
    [standing] = queries.standings_of(rosa, now=now)
    assert standing.verdict.counted == 26
    assert [(row.reason, row.amount) for row in standing.verdict.not_counted] == [
        (Reason.NOT_ACCEPTED, Decimal(4))
    ]
    assert by_requirement(standing)["microbiology"] == "0 of 2"


def test_the_newest_balance_of_a_requirement_holds(rosa: User, now: datetime) -> None:
    held = holding(rosa, opening_balances={"safety": Decimal(1)})
    services.record_opening_balances(
        held=held, points={"safety": Decimal("0.5")}, now=now, actor_id=rosa.pk
    )
    [standing] = queries.standings_of(rosa, now=now)
    assert by_requirement(standing)["safety"] == "0.5 of 1"
    assert standing.balances == {"safety": Decimal("0.5")}


def test_a_balance_stays_in_its_cycle(rosa: User, now: datetime) -> None:
    held = holding(rosa, ends_on=date(2026, 6, 30), opening_balances={"safety": Decimal(1)})
    services.start_next_cycle(held=held, ends_on=date(2029, 6, 30), now=now, actor_id=rosa.pk)
    [standing] = queries.standings_of(rosa, now=now)
    assert standing.verdict.window is not None
    assert standing.verdict.window.starts_on == date(2026, 7, 1)
    assert standing.verdict.counted == 0


def test_a_balance_for_a_line_that_the_rules_no_longer_have_goes_to_any_area(
    rosa: User, now: datetime
) -> None:
    held = holding(rosa, opening_balances={"ethics": Decimal(1)})
    services.correct_credential(
        held=held, ends_on=date(2022, 12, 31), first_certified_on=date(2011, 5, 14),
        formerly_nca=False, international=False, expired=False, now=now, actor_id=rosa.pk,
    )  # fmt: skip
    [standing] = queries.standings_of(rosa, now=now)
    assert "ethics" not in by_requirement(standing)
    assert by_requirement(standing)["remainder"] == "1 of 27"


def test_voluntary_points_stated_more_than_three_years_ago_have_fallen_out(
    rosa: User, now: datetime
) -> None:
    holding(
        rosa,
        first_certified_on=date(1998, 5, 1),
        opening_balances={"safety": Decimal(1)},
    )
    [standing] = queries.standings_of(rosa, now=now)
    assert standing.situation is Situation.VOLUNTARY
    assert standing.verdict.counted == 1
    [later] = queries.standings_of(rosa, now=now + timedelta(days=3 * 366))
    assert later.verdict.counted == 0
    assert [row.reason for row in later.verdict.not_counted] == [Reason.OUTSIDE_WINDOW]


SAID: list[tuple[dict[str, Any], bool | None]] = [
    ({"first_certified_on": date(2004, 1, 1)}, True),
    ({"first_certified_on": date(2003, 12, 31)}, False),
    ({"first_certified_on": None}, None),
    ({"first_certified_on": None, "formerly_nca": True}, True),
    ({"first_certified_on": date(2008, 1, 1), "international": True}, False),
    ({"first_certified_on": date(2012, 1, 1), "international": True}, True),
]


@pytest.mark.parametrize(("said", "required"), SAID)
def test_who_must_take_part_is_decided_from_what_the_holder_says(
    rosa: User, now: datetime, said: dict[str, Any], required: bool | None
) -> None:
    holding(rosa, **said)
    [standing] = queries.standings_of(rosa, now=now)
    assert standing.verdict.participation.required is required


@pytest.mark.parametrize(
    ("moment", "points", "situation", "days_left"),
    [
        (datetime(2027, 4, 1, 3, 59, tzinfo=UTC), 36, Situation.WAITING, 61),
        (datetime(2027, 4, 1, 4, 0, tzinfo=UTC), 36, Situation.READY, 60),
        (datetime(2027, 6, 1, 3, 59, tzinfo=UTC), 35, Situation.SHORT, 0),
        (datetime(2027, 6, 1, 4, 0, tzinfo=UTC), 35, Situation.LATE, None),
        (datetime(2027, 7, 1, 3, 59, tzinfo=UTC), 36, Situation.LATE, None),
        (datetime(2027, 7, 1, 4, 0, tzinfo=UTC), 36, Situation.OVER, None),
    ],
)
def test_days_turn_at_midnight_where_the_holder_lives(
    rosa: User, moment: datetime, points: int, situation: Situation, days_left: int | None
) -> None:
    holding(
        rosa,
        opening_balances={
            "safety": Decimal(1), "ethics": Decimal(1), "blood_bank": Decimal(2),
            "chemistry": Decimal(2), "hematology": Decimal(2), "microbiology": Decimal(2),
            "remainder": Decimal(points - 10),
        },
    )  # fmt: skip
    [standing] = queries.standings_of(rosa, now=moment)
    assert (standing.situation, standing.days_left) == (situation, days_left)


def test_the_credential_to_finish_first_comes_first(rosa: User, now: datetime) -> None:
    holding(rosa, ends_on=date(2028, 1, 31))
    holding(rosa, "ascp_mlt")
    found = [standing.held.credential for standing in queries.standings_of(rosa, now=now)]
    assert found == ["ascp_mlt", "ascp_mls"]


def test_another_persons_credit_never_counts(rosa: User, marcus: User, now: datetime) -> None:
    holding(rosa)
    holding(marcus)
    credit(marcus, hematology="2")
    assert queries.standings_of(rosa, now=now)[0].verdict.counted == 0
    assert queries.standings_of(marcus, now=now)[0].verdict.counted == 2


def test_the_number_of_reads_does_not_grow(
    rosa: User, marcus: User, now: datetime, django_assert_num_queries: Any
) -> None:
    holding(rosa, opening_balances={"safety": Decimal(1)})
    credit(rosa, hematology="1")
    with django_assert_num_queries(6):
        queries.standings_of(rosa, now=now)
    holding(marcus, opening_balances={"safety": Decimal(1), "ethics": Decimal(1)})
    holding(marcus, "ascp_mlt", opening_balances={"safety": Decimal(1)})
    for _ in range(3):
        credit(marcus, hematology="1", chemistry="1")
    with django_assert_num_queries(6):
        queries.standings_of(marcus, now=now)


# ---------------------------------------------------------------- courses


def test_a_course_names_what_it_fills_for_each_credential(db: None) -> None:
    effects = effects_of("hematology", "2.5", ["pace"])
    assert len(effects) == 52
    mls = effects["ascp_mls"]
    assert not effects["aab_abor"].is_accepted
    assert effects["lic_ca"].is_accepted
    assert mls.is_accepted
    assert [(row.title, row.amount) for row in mls.counts] == [
        ("Hematology", Decimal(2)),
        ("Any area", Decimal("0.5")),
    ]
    assert mls.left_over == 0


def test_a_course_without_accreditation_says_what_it_would_fill_and_that_ascp_refuses_it(
    db: None,
) -> None:
    effect = effects_of("hematology", "1.25", [])["ascp_mls"]
    assert not effect.is_accepted
    assert not effect.has_approvals
    assert effect.left_over == Decimal("1.25")
    assert [(row.title, row.amount) for row in effect.counts] == [("Hematology", Decimal("1.25"))]
    assert effect.explain.startswith("It has no approval; accepted: P.A.C.E.")


def test_courses_that_close_a_gap_alone_come_first_and_short_ones_before_long_ones(
    db: None,
) -> None:
    for code, hours in (("H1", "1"), ("H3", "3"), ("H2", "2"), ("H0", "0.5")):
        approve(published_course(code, title=code, hours=hours))
    published_course("H9", title="H9", hours="2")  # no approval
    approve(published_course("C1", title="C1", hours="2", area="chemistry"))
    held = queries.facts_of(*_row())
    found = queries.courses_filling(
        held, as_of=TODAY, gaps={"hematology": Decimal("1.5"), "chemistry": Decimal(0)}
    )
    assert [(row.course.code, row.closes, row.is_accepted) for row in found["hematology"]] == [
        ("H2", Decimal("1.5"), True),
        ("H3", Decimal("1.5"), True),
        ("H1", Decimal(1), True),
        ("H0", Decimal("0.5"), True),
        ("H9", Decimal("1.5"), False),
    ]
    assert set(found) == {"hematology"}


def test_a_child_area_fills_the_requirement_of_its_parent(db: None) -> None:
    approve(published_course("COA", area="coagulation"))
    choice = choice_of("hematology")
    assert choice is not None
    assert choice.label == "MLS(ASCP): Hematology"
    assert len(choice.course_ids) == 1
    assert choice_of("nonsense") is None


def test_an_approval_that_has_ended_fills_nothing(db: None) -> None:
    approve(published_course("OLD"), valid_through=TODAY - timedelta(days=1))
    choice = choice_of("hematology")
    assert choice is not None
    assert choice.course_ids == frozenset()


def _row() -> Any:
    from aliquot.credentials.models import Cycle, HeldCredential

    return HeldCredential(credential="ascp_mls"), Cycle(ends_on=CYCLE_END)
