"""Gifts: paid by one, sent on a morning, opened once by whoever has the code."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from aliquot.accounts.models import User
from aliquot.commerce import queries
from aliquot.commerce.errors import GiftRefusedError, NotForSaleError
from aliquot.commerce.models import Gift, LineGrant, Order
from aliquot.commerce.rules.gifts import goes_at
from aliquot.commerce.services import cancel_gifts, send_gift, send_gift_again
from aliquot.flows.open_gift import TRIES, look_at_gift, open_gift
from aliquot.flows.place_order import Wish
from aliquot.infra.limits import TooManyRequestsError
from aliquot.infra.models import AuditEntry, OutboxMail
from aliquot.learning.models import Entitlement
from tests.concurrency import at_once
from tests.factories.shop import bought, open_shop, ordered, paid, product

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TO = "nadia@example.org"


def given(giver: User, now: datetime, *, on: date | None = None, what: str = "eight-hours") -> Gift:
    """A paid gift for Nadia."""
    wish = Wish(what, gift_to=TO, gift_message="For your new license.", gift_on=on)
    return Gift.objects.get(line__order=paid(ordered(giver, wish, now=now), now=now))


def mails() -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(subject__contains="gift for you").order_by("pk"))


def sent(gift: Gift, now: datetime) -> str:
    """The code in the mail of a gift that is sent now."""
    assert send_gift(gift, now=now)
    return code_in(mails()[-1])


def code_in(mail: OutboxMail) -> str:
    found = re.search(r"code=([0-9A-Z-]+)", mail.text)
    assert found is not None
    return found[1]


def test_a_paid_gift_opens_nothing_for_its_giver_and_waits(rosa: User, now: datetime) -> None:
    open_shop()
    gift = given(rosa, now, on=now.date() + 3 * DAY)
    assert (gift.to, gift.send_on, gift.sent_at) == (TO, now.date() + 3 * DAY, None)
    assert (LineGrant.objects.count(), Entitlement.objects.count(), mails()) == (0, 0, [])
    assert list(queries.broken_invariants()) == []


def test_it_is_sent_at_nine_in_the_givers_morning_once(rosa: User, now: datetime) -> None:
    open_shop()
    gift = given(rosa, now, on=date(2026, 12, 24))
    morning = goes_at(date(2026, 12, 24), rosa.time_zone)
    assert morning.hour == 9
    assert queries.gifts_to_send(morning - timedelta(seconds=1)) == []
    assert queries.gifts_to_send(morning) == [gift]
    code = sent(gift, morning)
    assert len(code.replace("-", "")) * 5 >= 128
    assert not send_gift(gift, now=morning)
    assert queries.gifts_to_send(morning + DAY) == []
    (mail,) = mails()
    assert mail.recipients == [TO]
    assert "For your new license." in mail.text


def test_the_code_is_in_the_mail_and_nowhere_else(rosa: User, now: datetime) -> None:
    open_shop()
    gift = given(rosa, now)
    code = sent(gift, now)
    gift.refresh_from_db()
    plain = code.replace("-", "")
    assert gift.code_hash == queries.gift_code_hash(code)
    for entry in AuditEntry.objects.all():
        assert plain not in str(entry.details).replace("-", "")


def test_whoever_has_the_code_opens_it_once_and_the_term_begins_then(
    rosa: User, nadia: User, stella: User, now: datetime
) -> None:
    open_shop()
    code = sent(given(rosa, now), now)
    later = now + 30 * DAY
    typed = code.lower().replace("-", " ").replace("0", "o")
    opened = open_gift(nadia, typed, now=later)
    entitlement = Entitlement.objects.get()
    assert (entitlement.person, entitlement.source, entitlement.starts_at) == (nadia, "gift", later)
    assert opened.line.order.person == rosa
    assert (opened.opened_at, opened.opened_by) == (later, nadia)
    assert opened.grant is not None
    assert opened.grant.entitlement == entitlement
    audits = AuditEntry.objects.count()
    assert open_gift(nadia, code, now=later + DAY).opened_at == later
    with pytest.raises(GiftRefusedError, match="opened already"):
        open_gift(stella, code, now=later)
    assert (Entitlement.objects.count(), AuditEntry.objects.count()) == (1, audits)


def test_a_gift_of_a_year_follows_the_openers_own_year(
    rosa: User, nadia: User, now: datetime
) -> None:
    open_shop()
    bought(nadia, "unlimited-year", now=now)
    open_gift(nadia, sent(given(rosa, now, what="unlimited-year"), now), now=now + DAY)
    own, gift = Entitlement.objects.order_by("pk")
    assert gift.starts_at == own.ends_at


def test_sent_again_the_old_code_ends(rosa: User, nadia: User, now: datetime) -> None:
    open_shop()
    gift = given(rosa, now)
    old = sent(gift, now)
    send_gift_again(gift=gift, to="nadia@work.example", actor_id=rosa.pk, now=now + DAY)
    new = code_in(mails()[-1])
    assert mails()[-1].recipients == ["nadia@work.example"]
    with pytest.raises(GiftRefusedError, match="only the code of the newest mail"):
        open_gift(nadia, old, now=now + DAY)
    open_gift(nadia, new, now=now + DAY)
    with pytest.raises(GiftRefusedError, match="opened already"):
        send_gift_again(gift=gift, to=TO, actor_id=rosa.pk, now=now + DAY)
    assert len(mails()) == 2


def test_before_its_day_only_the_address_changes(rosa: User, now: datetime) -> None:
    open_shop()
    gift = given(rosa, now, on=now.date() + 3 * DAY)
    changed = send_gift_again(gift=gift, to="n@example.org", actor_id=rosa.pk, now=now)
    assert (changed.to, changed.sent_at, mails()) == ("n@example.org", None, [])


def test_a_canceled_gift_is_neither_sent_nor_opened(rosa: User, nadia: User, now: datetime) -> None:
    open_shop()
    gift = given(rosa, now)
    code = sent(gift, now)
    cancel_gifts(lines=[gift.line], actor_id=None, now=now)
    with pytest.raises(GiftRefusedError, match="canceled"):
        open_gift(nadia, code, now=now)
    with pytest.raises(GiftRefusedError, match="canceled"):
        send_gift_again(gift=gift, to=TO, actor_id=rosa.pk, now=now)
    assert not Entitlement.objects.exists()


def test_seats_cannot_be_a_gift(rosa: User, now: datetime) -> None:
    product("seats", "seats", 95_00)
    with pytest.raises(NotForSaleError, match="cannot be a gift"):
        ordered(rosa, Wish("seats", quantity=2, gift_to=TO), now=now)
    assert not Order.objects.exists()


def test_guessing_is_slowed_down(nadia: User, now: datetime) -> None:
    for number in range(TRIES):
        with pytest.raises(GiftRefusedError):
            look_at_gift(nadia, f"{number}", now=now)
    with pytest.raises(TooManyRequestsError):
        look_at_gift(nadia, "x", now=now)


@pytest.mark.django_db(transaction=True)
def test_two_who_open_at_once_are_one(rosa: User, nadia: User, stella: User, now: datetime) -> None:
    open_shop()
    code = sent(given(rosa, now), now)
    people = [nadia, stella] * 4

    def opening(number: int) -> bool:
        try:
            open_gift(people[number], code, now=now)
        except GiftRefusedError:
            return False
        return True

    assert sum(at_once(8, opening)) == 4  # the first person, as often as they click
    assert Entitlement.objects.count() == 1


def test_the_morning_is_the_givers_own() -> None:
    assert goes_at(date(2026, 12, 24), "Pacific/Honolulu").astimezone(UTC).hour == 19
    assert goes_at(date(2026, 12, 24), "America/New_York").astimezone(UTC).hour == 14
