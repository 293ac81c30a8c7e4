"""Courses from elsewhere: what is kept, what is refused, that repeating is harmless."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from aliquot.accounts.models import User
from aliquot.credentials import access, queries, services
from aliquot.credentials.errors import InvalidOfferError
from aliquot.credentials.facts import Offered, Part
from aliquot.credentials.models import OutsideOffer
from aliquot.credentials.rules.outside import MOST_OFFERS
from aliquot.infra.models import AuditEntry
from aliquot.lib.errors import NotFoundError


def offered(**changes: Any) -> Offered:
    said = {
        "title": "Laws and rules, live",
        "provider_name": "A state society",
        "parts": (Part(Decimal("1.5"), ("fl_laws_rules",)),),
        "approvals": ("fl_board",),
        "cents": 2995,
    }
    return Offered(**(said | changes))


def add(person: User, now: datetime, **changes: Any) -> OutsideOffer:
    return services.add_outside_offer(
        person=person, offered=offered(**changes), now=now, actor_id=person.pk
    )


def deeds() -> list[str]:
    return list(
        AuditEntry.objects.filter(action__startswith="outside_offer.")
        .order_by("pk")
        .values_list("action", flat=True)
    )


def test_adding_keeps_what_was_said_with_one_audit_row(rosa: User, now: datetime) -> None:
    row = add(rosa, now, title="  Laws  and rules, live ")
    assert queries.outside_offers(rosa) == [row]
    assert queries.offered(OutsideOffer.objects.get()) == offered()
    assert (row.added_at, row.removed_at) == (now, None)
    entry = AuditEntry.objects.get(action="outside_offer.added")
    assert (entry.actor_id, entry.details) == (rosa.pk, {"title": "Laws and rules, live"})


def test_a_double_click_adds_once(rosa: User, now: datetime) -> None:
    assert add(rosa, now).pk == add(rosa, now).pk
    assert (OutsideOffer.objects.count(), deeds()) == (1, ["outside_offer.added"])


@pytest.mark.parametrize("approvals", [None, ()])
def test_unknown_approvals_and_none_are_told_apart(
    rosa: User, now: datetime, approvals: tuple[str, ...] | None
) -> None:
    add(rosa, now, approvals=approvals, cents=None)
    assert queries.offered(OutsideOffer.objects.get()).approvals == approvals


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"title": "  "}, {"title": "Enter the title of the course."}),
        ({"title": "x" * 301}, {"title": "Enter at most 300 characters."}),
        ({"provider_name": "x" * 201}, {"provider_name": "Enter at most 200 characters."}),
        ({"parts": ()}, {"parts": "Enter the contact hours, and what they are about."}),
        (
            {"parts": (Part(Decimal(1), ("astrology",)),)},
            {"parts": "Choose the subject area of the hours."},
        ),
        (
            {"parts": (Part(Decimal(1), ()),)},
            {"parts": "Choose the subject area of the hours."},
        ),
        *(
            (
                {"parts": (Part(Decimal(amount), ("ethics",)),)},
                {"parts": "Enter contact hours above 0, at most 1,000."},
            )
            for amount in ("0", "-1", "1001", "NaN", "Infinity")
        ),
        (
            {"parts": (Part(Decimal("1.255"), ("ethics",)),)},
            {"parts": "Enter contact hours with at most two decimals, such as 1.25."},
        ),
        ({"approvals": ("moon",)}, {"approvals": "Choose approvals of the list."}),
        ({"cents": -1}, {"price": "Enter a price from 0 to 100,000 dollars."}),
    ],
)
def test_what_cannot_be_right_is_refused_and_nothing_written(
    rosa: User, now: datetime, changes: dict[str, Any], problems: dict[str, str]
) -> None:
    with pytest.raises(InvalidOfferError) as failure:
        add(rosa, now, **changes)
    assert failure.value.problems == problems
    assert (OutsideOffer.objects.count(), deeds()) == (0, [])


def test_changing_writes_what_is_new_and_only_once(rosa: User, now: datetime) -> None:
    row = add(rosa, now)
    for _ in range(2):
        services.change_outside_offer(offer=row, offered=offered(cents=None), actor_id=rosa.pk)
    assert queries.offered(OutsideOffer.objects.get()).cents is None
    assert deeds() == ["outside_offer.added", "outside_offer.changed"]
    assert AuditEntry.objects.get(action="outside_offer.changed").details == {
        "to": {"price_cents": None}
    }


def test_a_removed_one_is_in_no_list_and_cannot_be_changed(rosa: User, now: datetime) -> None:
    row = add(rosa, now)
    for _ in range(2):
        services.remove_outside_offer(offer=row, now=now, actor_id=rosa.pk)
    assert queries.outside_offers(rosa) == []
    assert deeds() == ["outside_offer.added", "outside_offer.removed"]
    with pytest.raises(NotFoundError):
        services.change_outside_offer(offer=row, offered=offered(cents=1), actor_id=rosa.pk)
    with pytest.raises(NotFoundError):
        access.outside_offer_for(rosa, row.pk)


def test_a_stranger_finds_nothing(rosa: User, stella: User, now: datetime) -> None:
    row = add(rosa, now)
    assert queries.outside_offers(stella) == []
    with pytest.raises(NotFoundError):
        access.outside_offer_for(stella, row.pk)


def test_there_is_an_end_to_how_many(rosa: User, now: datetime) -> None:
    for number in range(MOST_OFFERS):
        add(rosa, now, title=f"Course {number}")
    with pytest.raises(InvalidOfferError, match="Remove one first"):
        add(rosa, now, title="One more")
    assert OutsideOffer.objects.count() == MOST_OFFERS
