"""The cheapest way for a person to have access to courses: a plan's, one, or a full cycle's.

Read only. The prices are those of the moment and of this person: what runs already is used first,
and what was paid for a running pack is set off from a subscription.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from aliquot.accounts.models import User
from aliquot.catalog.queries import entries
from aliquot.commerce import queries
from aliquot.commerce.facts import Advice, Needed, Option
from aliquot.commerce.queries import OnSale
from aliquot.commerce.rules.offers import cheapest
from aliquot.commerce.rules.terms import FOREVER, unlimited_until
from aliquot.credentials.queries import standings_of
from aliquot.flows.course_offers import HERE, Candidate
from aliquot.flows.place_order import upgrade_for
from aliquot.flows.plan_credentials import Wish, plan_for
from aliquot.learning.queries import rights_of
from aliquot.learning.rules import runs
from aliquot.lib.money import Money


@dataclass(frozen=True, slots=True)
class BestOffer:
    """What to say. ``hours`` and ``courses`` are those that are not open to the person yet.

    ``until``: access to everything ends then (``is_endless``: never), so there is nothing to buy.
    ``setoff``: what of a running pack's price a subscription takes off. ``uses_pack``: hours left
    in a pack of the person's own are part of the answer.
    """

    courses: int
    hours: Decimal
    advice: Advice | None = None
    until: datetime | None = None
    is_endless: bool = False
    setoff: Money | None = None
    uses_pack: bool = False


def best_offer(person: User | None, needed: Sequence[Needed], *, now: datetime) -> BestOffer:
    """The cheapest way to open the courses now; ``person`` None: somebody new.

    A fixed number of queries, however many courses there are.
    """
    hours = sum((each.hours for each in needed), Decimal(0))
    rights = [] if person is None else rights_of(person)
    until = unlimited_until(rights, now=now)
    if until is not None:
        endless = until == FOREVER
        return BestOffer(len(needed), hours, until=None if endless else until, is_endless=endless)
    if not needed:
        return BestOffer(0, hours)
    upgrade = None if person is None else upgrade_for(person, now=now)
    setoff = None if upgrade is None else upgrade.setoff
    left = [right.hours_left for right in rights if runs(right, now) and right.hours_left]
    on_sale = queries.on_sale(now)
    advice = cheapest(needed, _options(on_sale, setoff), packs_left=[each for each in left if each])
    return BestOffer(
        len(needed), hours, advice=advice, setoff=setoff if advice else None, uses_pack=bool(left)
    )


def plan_offer(person: User, *, now: datetime) -> BestOffer:
    """The cheapest way to open what the person's plan chose, as the plan's page would show it."""
    standings = standings_of(person, now=now)
    if not standings:
        return best_offer(person, [], now=now)
    plan = plan_for(person, standings, Wish(), now=now, prices=course_prices(now=now))
    needed = needed_of(step.candidate for step in plan.steps)
    return best_offer(person, needed, now=now)


def needed_of(candidates: Iterable[Candidate]) -> list[Needed]:
    """The courses of a plan that must be bought: not begun, not free, not from elsewhere.

    A course that a running pack would open is needed too: whether the pack holds all of them
    together is for the rule to find.
    """
    return [
        Needed(each.id.removeprefix(HERE), each.offer.hours)
        for each in candidates
        if each.outside_id is None
        and each.begun is None
        and not each.is_free
        and (each.right is None or each.right.hours_limit is not None)
    ]


def course_prices(*, now: datetime) -> dict[str, int]:
    """Cents by course code: what a course costs alone now; without those not sold alone."""
    singles = [each for each in queries.on_sale(now) if each.product.kind == "course"]
    own = {each.product.course_id: each.unit.cents for each in singles}
    general = own.pop(None, None)
    prices = ((entry.code, own.get(entry.course_id, general)) for entry in entries())
    return {code: cents for code, cents in prices if cents is not None}


def _options(on_sale: Sequence[OnSale], setoff: Money | None) -> list[Option]:
    return [_option(each, setoff) for each in on_sale if each.product.kind != "seats"]


def _option(sold: OnSale, setoff: Money | None) -> Option:
    product, price = sold.product, sold.unit
    if product.kind == "subscription" and setoff is not None:
        price = price - min(setoff, price)
    courses: frozenset[str] = frozenset()
    if product.kind == "bundle":
        courses = frozenset(product.courses.values_list("code", flat=True))
    elif product.course is not None:
        courses = frozenset({product.course.code})
    return Option(
        product.code, product.kind, product.title, price, product.hours, courses, product.term_days
    )
