"""The page of a course says what it would do for the credentials of whoever reads it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from aliquot.accounts.models import User
from tests.factories.catalog import provider, published_course
from tests.factories.certificates import finished
from tests.factories.credentials import holding
from tests.web.credentials.plans import course
from tests.web.credentials.reading import ALL, NOW, words

FLORIDA: dict[str, Any] = {
    "ends_on": date(2028, 8, 31),
    "first_certified_on": None,
    "specialties": ["hematology"],
}


def said(client: Client) -> str:
    page = words(client.get("/courses/hem-1/"))
    _, title, rest = page.partition("What it does for you")
    return f"{title}{rest.partition('If you finished it today.')[0]}".strip()


def test_it_says_where_the_course_would_count_and_what_is_left_then(
    rosas: Client, rosa: User
) -> None:
    course("HEM-1", hematology="1.5")
    holding(rosa, opening_balances=ALL | {"hematology": Decimal(1), "remainder": Decimal(20)})
    holding(rosa, "lic_fl", **FLORIDA)
    assert said(rosas) == (
        "What it does for you MLS(ASCP) 7 to go now, 5.5 after 1 point toward Hematology "
        "Hematology counts toward Hematology (2 points needed). 0.5 points toward Any area "
        "Hematology counts toward Any area (26 points needed). "
        "Florida license 24 to go now, 22.5 after 1 hour toward Hematology "
        "Hematology counts toward Hematology (1 hour needed). 0.5 hours toward Any area "
        "Hematology counts toward Any area (19 hours needed)."
    )


def test_it_says_so_where_a_body_gives_nothing_for_the_course(rosas: Client, rosa: User) -> None:
    course("HEM-1", approvals=(), hematology="1.5")
    holding(rosa, "lic_fl", **FLORIDA)
    assert said(rosas).startswith(
        "What it does for you Florida license 24 to go, as before 1.5 hours not counted"
    )


def test_nothing_is_said_to_visitors_nor_where_no_credential_is_followed(
    rosas: Client, marcus: User
) -> None:
    course("HEM-1", hematology="1.5")
    holding(marcus)
    assert said(rosas) == said(Client()) == ""


def test_nothing_is_promised_before_the_course_earns_credit_again(
    rosas: Client, rosa: User
) -> None:
    provider()
    taken = published_course("HEM-1", pages=1)
    holding(rosa)
    assert said(rosas)
    finished(rosa, taken, NOW)
    assert said(rosas) == ""


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_the_same_few_questions_for_any_number_of_credentials(
    rosas: Client, rosa: User, count: int, django_assert_num_queries: Any
) -> None:
    course("HEM-1", hematology="1.5")
    for credential in ("ascp_mls", "ascp_mlt", "amt_mt")[:count]:
        holding(rosa, credential)
    rosas.get("/courses/hem-1/")
    with django_assert_num_queries(12):
        rosas.get("/courses/hem-1/")
