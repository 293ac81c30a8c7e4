"""The cheapest way to have access to what somebody needs."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aliquot.commerce.facts import Advice, Basket, Needed, Option
from aliquot.commerce.rules import offers
from aliquot.commerce.rules.offers import cheapest
from aliquot.lib.money import Money

YEAR = Option("unlimited-year", "subscription", "Unlimited", Money(95_00, "USD"))
PACK = Option("eight-hours", "pack", "Eight hours", Money(50_00, "USD"), hours=Decimal(8))
SINGLE = Option("single-course", "course", "One course", Money(20_00, "USD"))
SHOP = (YEAR, PACK, SINGLE)


def needs(*hours: str) -> list[Needed]:
    return [Needed(f"C-{place}", Decimal(each)) for place, each in enumerate(hours)]


def bought(basket: Basket) -> dict[str, int]:
    return {each.option.product: each.count for each in basket.things}


def advice(
    needed: Sequence[Needed], options: Sequence[Option] = SHOP, **more: Sequence[Decimal]
) -> Advice:
    found = cheapest(needed, options, **more)
    assert found is not None
    return found


def test_one_course_is_cheapest_alone() -> None:
    found = advice(needs("1.25"))
    assert (bought(found.best), str(found.best.total)) == ({"single-course": 1}, "$20.00")
    assert [bought(each) for each in found.others] == [{"eight-hours": 1}, {"unlimited-year": 1}]


def test_a_plan_of_nine_and_a_half_hours_is_cheapest_by_pack_and_a_single_course() -> None:
    found = advice(needs("1.5", "1.5", "1.5", "1.25", "1.25", "1.25", "1.25"))
    assert (bought(found.best), str(found.best.total)) == (
        {"eight-hours": 1, "single-course": 1},
        "$70.00",
    )


def test_without_single_courses_the_same_plan_is_cheapest_by_subscription() -> None:
    found = advice(needs("1.5", "1.5", "1.5", "1.25", "1.25", "1.25", "1.25"), (YEAR, PACK))
    assert (bought(found.best), str(found.best.total)) == ({"unlimited-year": 1}, "$95.00")
    assert [(bought(each), str(each.total)) for each in found.others] == [
        ({"eight-hours": 2}, "$100.00")
    ]


def test_a_course_draws_from_one_pack_so_three_of_five_hours_need_three_packs() -> None:
    assert bought(advice(needs("5", "5", "5"), (PACK,)).best) == {"eight-hours": 3}


def test_hours_left_in_a_pack_are_used_first_and_cost_nothing() -> None:
    found = advice(needs("3", "3", "2", "5"), (PACK,), packs_left=[Decimal(5)])
    assert bought(found.best) == {"eight-hours": 1}


def test_of_equal_prices_the_one_that_gives_more() -> None:
    year = Option("unlimited-year", "subscription", "Unlimited", Money(50_00, "USD"))
    assert bought(advice(needs("4", "4"), (PACK, year)).best) == {"unlimited-year": 1}
    pack = Option("four-hours", "pack", "Four hours", Money(40_00, "USD"), hours=Decimal(4))
    assert bought(advice(needs("2", "2"), (SINGLE, pack)).best) == {"four-hours": 1}


def test_a_bundle_opens_its_own_courses_only() -> None:
    bundle = Option(
        "florida", "bundle", "Florida", Money(30_00, "USD"), courses=frozenset({"C-0", "C-1"})
    )
    assert bought(advice(needs("2", "2", "2"), (SINGLE, bundle)).best) == {
        "florida": 1,
        "single-course": 1,
    }


def test_a_course_with_a_price_of_its_own_has_that_price() -> None:
    own = Option("own", "course", "Own", Money(25_00, "USD"), courses=frozenset({"C-0"}))
    assert str(advice(needs("1", "1"), (SINGLE, own)).best.total) == "$45.00"


def test_nothing_is_advised_where_nothing_is_needed_or_sold() -> None:
    assert cheapest([], SHOP) is None
    assert cheapest(needs("1"), []) is None
    assert cheapest(needs("9"), (PACK,)) is None


def test_where_a_pack_holds_all_of_it_there_is_nothing_to_buy() -> None:
    nothing = Advice(Basket((), Money(0, "USD")), ())
    assert cheapest(needs("3", "5"), (PACK,), packs_left=[Decimal(8)]) == nothing


def test_what_else_there_is_has_one_basket_of_each_kind() -> None:
    bundle = Option(
        "all-five", "bundle", "All", Money(97_00, "USD"),
        courses=frozenset({"C-0", "C-1", "C-2", "C-3", "C-4"}),
    )  # fmt: skip
    found = advice(needs("2", "2", "2", "2", "2"), (*SHOP, bundle))
    assert bought(found.best) == {"eight-hours": 1, "single-course": 1}
    assert [bought(each) for each in found.others] == [
        {"unlimited-year": 1},
        {"all-five": 1},
        {"eight-hours": 2},
        {"single-course": 5},
    ]


def test_a_price_of_its_own_is_for_its_own_course_only() -> None:
    own = Option("own", "course", "Own", Money(25_00, "USD"), courses=frozenset({"C-0"}))
    assert str(advice(needs("1", "1", "1"), (SINGLE, own)).best.total) == "$65.00"


def test_of_courses_with_equal_hours_the_cheapest_alone_is_bought_alone() -> None:
    own = Option("own", "course", "Own", Money(10_00, "USD"), courses=frozenset({"C-1"}))
    pack = Option("four-hours", "pack", "Four hours", Money(15_00, "USD"), hours=Decimal(4))
    found = advice(needs("4", "4"), (SINGLE, own, pack)).best
    assert (bought(found), str(found.total)) == ({"own": 1, "four-hours": 1}, "$25.00")


@pytest.mark.parametrize(("patience", "does_fit"), [(2, True), (1, False)])
def test_out_of_patience_it_says_that_it_does_not_fit(
    monkeypatch: pytest.MonkeyPatch, patience: int, does_fit: bool
) -> None:
    monkeypatch.setattr(offers, "_PATIENCE", patience)
    assert offers.fits([300, 300], [300, 300]) is does_fit


def by_brute_force(needed: list[Needed], options: Sequence[Option]) -> int | None:
    """Every course is bought alone or put into one of as many packs as there are courses."""
    year = min((each.price.cents for each in options if each.kind == "subscription"), default=None)
    single = min((each.price.cents for each in options if each.kind == "course"), default=None)
    packs = [each for each in options if each.kind == "pack"]
    kinds = [(pack, number) for pack in packs for number in range(len(needed))]
    ways: list[tuple[Option, int] | None] = [*kinds, *([None] if single is not None else [])]
    costs = [] if year is None else [year]
    for way in product(ways, repeat=len(needed)):
        fill: dict[tuple[str, int], Decimal] = {}
        limits: dict[tuple[str, int], Option] = {}
        alone = 0
        for course, place in zip(needed, way, strict=True):
            if place is None:
                alone += single or 0
                continue
            key = (place[0].product, place[1])
            limits[key] = place[0]
            fill[key] = fill.get(key, Decimal(0)) + course.hours
        if all(hours <= (limits[key].hours or 0) for key, hours in fill.items()):
            costs.append(alone + sum(each.price.cents for each in limits.values()))
    return min(costs, default=None)


HOURS = st.sampled_from(["0.5", "1", "1.25", "1.5", "2", "3", "5"])
CENTS = st.integers(min_value=100, max_value=9900)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    hours=st.lists(HOURS, min_size=1, max_size=4),
    year=st.none() | CENTS,
    pack=st.none() | CENTS,
    small=st.none() | CENTS,
    single=st.none() | CENTS,
)
def test_it_is_what_trying_everything_finds(
    hours: list[str], year: int | None, pack: int | None, small: int | None, single: int | None
) -> None:
    options = [
        Option(name, kind, name, Money(cents, "USD"), hours=size)
        for name, kind, cents, size in (
            ("year", "subscription", year, None),
            ("eight", "pack", pack, Decimal(8)),
            ("three", "pack", small, Decimal(3)),
            ("single", "course", single, None),
        )
        if cents is not None
    ]
    found = cheapest(needs(*hours), options)
    assert (None if found is None else found.best.total.cents) == by_brute_force(
        needs(*hours), options
    )
