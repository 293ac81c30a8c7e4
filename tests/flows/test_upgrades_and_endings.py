"""From a pack to a subscription for the difference; access that ends is announced once."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from aliquot.accounts.models import User
from aliquot.commerce.models import LineGrant
from aliquot.flows.place_order import Wish
from aliquot.flows.warn_of_ending import warn_of_ending
from aliquot.infra.models import AuditEntry, OutboxMail
from aliquot.learning import access
from aliquot.learning.models import Entitlement
from aliquot.learning.queries import rights_of
from tests.factories.catalog import provider, published_course
from tests.factories.learning import started
from tests.factories.shop import bought, open_shop, ordered, paid

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def ends() -> list[datetime | None]:
    return list(Entitlement.objects.order_by("pk").values_list("ends_at", flat=True))


def mails() -> list[str]:
    return [mail.subject for mail in OutboxMail.objects.filter(subject__contains="ends after")]


def test_a_subscription_after_a_pack_costs_the_difference_and_takes_its_place(
    rosa: User, now: datetime
) -> None:
    open_shop()
    first = bought(rosa, "eight-hours", now=now, key="a")
    second = bought(rosa, "unlimited-year", now=now + 10 * DAY, key="b")
    assert (second.total, second.discount, second.upgrades) == (45_00, 50_00, first)
    pack, year = Entitlement.objects.order_by("pk")
    assert pack.withdrawn_at == now + 10 * DAY
    assert (year.withdrawn_at, year.starts_at) == (None, now + 10 * DAY)


def test_an_upgrade_that_is_not_paid_leaves_the_pack(rosa: User, now: datetime) -> None:
    open_shop()
    bought(rosa, "eight-hours", now=now, key="a")
    order = ordered(rosa, Wish("unlimited-year"), now=now, key="b")
    assert order.total == 45_00
    assert Entitlement.objects.get().withdrawn_at is None


def test_a_course_begun_by_the_pack_goes_on_under_the_subscription(
    rosa: User, now: datetime
) -> None:
    provider()
    open_shop()
    bought(rosa, "eight-hours", now=now, key="a")
    enrollment = started(rosa, published_course("HEM-101", is_free=False), now)
    bought(rosa, "unlimited-year", now=now + DAY, key="b")
    assert access.continuing_for(enrollment, now + 200 * DAY).may


def test_the_price_of_a_pack_is_set_off_once(rosa: User, now: datetime) -> None:
    open_shop()
    bought(rosa, "eight-hours", now=now, key="a")
    bought(rosa, "unlimited-year", now=now, key="b")
    assert bought(rosa, "unlimited-year", now=now, key="c").total == 95_00


def test_an_ended_pack_a_given_one_and_another_persons_are_not_set_off(
    rosa: User, marcus: User, now: datetime
) -> None:
    open_shop()
    bought(rosa, "eight-hours", now=now - 400 * DAY, key="a")
    bought(marcus, "eight-hours", now=now, key="a")
    gift = Wish("eight-hours", gift_to="nadia@example.org", gift_on=now.date())
    paid(ordered(rosa, gift, now=now, key="b"), now=now)
    assert bought(rosa, "unlimited-year", now=now, key="c").total == 95_00


def test_a_gifted_subscription_does_not_replace_the_givers_pack(rosa: User, now: datetime) -> None:
    open_shop()
    bought(rosa, "eight-hours", now=now, key="a")
    gift = Wish("unlimited-year", gift_to="nadia@example.org", gift_on=now.date())
    order = paid(ordered(rosa, gift, now=now, key="b"), now=now)
    assert (order.total, order.upgrades) == (95_00, None)
    assert rights_of(rosa)[0].withdrawn_at is None


def test_a_pack_bought_while_subscribed_waits(rosa: User, now: datetime) -> None:
    open_shop()
    bought(rosa, "unlimited-year", now=now, key="a")
    bought(rosa, "eight-hours", now=now, key="b")
    year, pack = Entitlement.objects.order_by("pk")
    assert pack.starts_at == year.ends_at
    assert pack.ends_at is not None
    assert pack.ends_at - pack.starts_at in {365 * DAY, 365 * DAY + timedelta(hours=1)}


def test_a_pack_bought_together_with_a_year_waits_wherever_it_stands(
    rosa: User, now: datetime
) -> None:
    open_shop()
    paid(ordered(rosa, Wish("eight-hours"), Wish("unlimited-year"), now=now), now=now)
    year, pack = Entitlement.objects.order_by("starts_at")
    assert (year.starts_at, year.hours_limit, pack.hours_limit) == (now, None, Decimal(8))
    assert pack.starts_at == year.ends_at


def test_the_end_of_a_pack_is_announced_once_thirty_days_before(rosa: User, now: datetime) -> None:
    open_shop()
    bought(rosa, "eight-hours", now=now)
    (end,) = ends()
    assert end is not None
    assert warn_of_ending(now=end - 30 * DAY - timedelta(seconds=1)) == 0
    assert mails() == []
    audits = AuditEntry.objects.count()
    assert warn_of_ending(now=end - 30 * DAY) == 1
    assert warn_of_ending(now=end - 29 * DAY) == 0
    assert mails() == ["Your hour pack ends after November 23, 2027: 8 contact hours left"]
    assert AuditEntry.objects.count() == audits + 1


def test_a_pack_that_is_used_up_or_withdrawn_is_not_worth_a_mail(rosa: User, now: datetime) -> None:
    provider()
    open_shop()
    bought(rosa, "eight-hours", now=now)
    course = published_course("HEM-101", is_free=False, hours="8")
    started(rosa, course, now)
    assert rights_of(rosa)[0].hours_left == Decimal(0)
    (end,) = ends()
    assert end is not None
    assert warn_of_ending(now=end - DAY) == 0
    Entitlement.objects.update(withdrawn_at=now, end_noticed_at=None)
    assert warn_of_ending(now=end - DAY) == 0
    assert mails() == []


def test_access_that_goes_on_is_not_announced(rosa: User, now: datetime) -> None:
    open_shop()
    bought(rosa, "unlimited-year", now=now, key="a")
    bought(rosa, "unlimited-year", now=now, key="b")
    first, second = ends()
    assert first is not None
    assert second is not None
    assert warn_of_ending(now=first - DAY) == 0
    assert warn_of_ending(now=second - DAY) == 1
    assert mails() == ["Your access to all courses ends after November 22, 2028"]
    assert LineGrant.objects.count() == 2
