"""What a plan costs: here, elsewhere, and whether what is bought lasts as long as the months."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from aliquot.accounts.models import User
from tests.factories.credentials import holding
from tests.factories.shop import bought, open_shop
from tests.web.credentials.plans import ALL_BUT_HEMATOLOGY, course, outside
from tests.web.credentials.reading import ALL, NOW, words

pytestmark = pytest.mark.one_database


def costs(client: Client) -> str:
    page = words(client.get("/plan/?margin=0"))
    return page.partition("What it costs")[2].partition("What it is for")[0].strip()


def thirteen_paid_courses() -> None:
    for number in range(13):
        course(f"IMM-{number:02}", is_free=False, immunology="2")


def test_months_that_run_past_a_year_say_how_long_the_year_is_open(
    rosas: Client, rosa: User
) -> None:
    open_shop()
    holding(rosa, ends_on=date(2028, 6, 30), opening_balances=ALL | {"remainder": Decimal(0)})
    thirteen_paid_courses()
    assert costs(rosas) == (
        "Your plan has 26 hours of paid courses here: “Unlimited year” is cheapest ($95.00). "
        "The months run through November 2027, but what you buy is open for 365 days: "
        "take its courses in these. "
        "Instead: four packs of 8 hours for $200.00 or 13 single courses for $260.00. "
        "Prices are before sales tax, where your state asks for it."
    )


def test_months_within_a_year_say_nothing_of_it(rosas: Client, rosa: User) -> None:
    open_shop()
    holding(rosa, opening_balances=ALL | {"remainder": Decimal(0)})
    thirteen_paid_courses()
    assert "is cheapest ($95.00). Instead:" in costs(rosas)


def test_access_that_ends_before_the_last_month_is_named(rosas: Client, rosa: User) -> None:
    open_shop()
    bought(rosa, "unlimited-year", now=NOW)
    holding(rosa, ends_on=date(2028, 6, 30), opening_balances=ALL | {"remainder": Decimal(0)})
    thirteen_paid_courses()
    assert costs(rosas) == (
        "You have access to everything through November 23, 2027. The months run through "
        "November 2027, and your access ends on November 23, 2027: take the courses before."
    )


def test_what_courses_from_elsewhere_cost_is_said_too(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    outside(rosa)
    assert costs(rosas) == "Courses from elsewhere cost $20 on top, as you entered it."


def test_a_course_from_elsewhere_without_a_price_is_no_free_one(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    outside(rosa, cents=None)
    assert costs(rosas) == "Of the course from elsewhere no price is known."


def test_a_free_course_from_elsewhere_costs_nothing(rosas: Client, rosa: User) -> None:
    holding(rosa, opening_balances=ALL_BUT_HEMATOLOGY)
    outside(rosa, cents=0)
    assert costs(rosas) == ""
