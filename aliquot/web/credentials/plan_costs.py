"""What a plan costs: the cheapest way to open it, what stands elsewhere, and for how long."""

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from aliquot.accounts.models import User
from aliquot.flows.best_offer import BestOffer, best_offer, needed_of
from aliquot.flows.course_offers import HERE
from aliquot.flows.plan_credentials import PersonPlan
from aliquot.lib.dates import last_day, long_date
from aliquot.web.credentials.plan_page import dollars
from aliquot.web.shop.offer_words import OfferWords, plan_offer_words

LASTING = {"subscription", "bundle", "pack"}  # a single course can be bought in the month it is due


def cost_of(plan: PersonPlan, person: User, *, now: datetime) -> OfferWords | None:
    """The words of "What it costs"; None where nothing is to be paid and nothing runs out."""
    needed = needed_of(step.candidate for step in plan.steps)
    offer = best_offer(person, needed, now=now)
    said = plan_offer_words(offer, zone=person.time_zone)
    elsewhere = _elsewhere(plan)
    if said is None:
        return OfferWords(elsewhere) if elsewhere else None
    paid = {HERE + each.code for each in needed} or _not_free(plan)
    notes = [*_too_short(plan, offer, paid, person.time_zone), *said.notes]
    return replace(said, notes=tuple([elsewhere, *notes] if elsewhere else notes))


def _elsewhere(plan: PersonPlan) -> str:
    """What the courses of other providers cost, as the person entered it."""
    prices = [
        step.candidate.offer.cents for step in plan.steps if step.candidate.outside_id is not None
    ]
    total = sum(cents for cents in prices if cents is not None)
    unknown = sum(1 for cents in prices if cents is None)
    if not total and not unknown:
        return ""
    known = f"Courses from elsewhere cost {dollars(total)} on top, as you entered it"
    if not unknown:
        return f"{known}."
    which = "one of them" if len(prices) > 1 else "the course from elsewhere"
    which = f"{unknown} of them" if unknown > 1 else which
    return (
        f"{known}; of {which} no price is entered." if total else f"Of {which} no price is known."
    )


def _not_free(plan: PersonPlan) -> set[str]:
    courses = [step.candidate for step in plan.steps if step.candidate.outside_id is None]
    return {each.id for each in courses if not each.is_free}


def _too_short(
    plan: PersonPlan, offer: BestOffer, ids: Collection[str], zone: str
) -> Iterable[str]:
    """That the months run past what opens the courses: a year is shorter than many cycles."""
    last = _last_month(plan, ids)
    if last is None or offer.is_endless:
        return
    until = f"The months run through {last:%B %Y}"
    if offer.until is not None:
        ends = last_day(offer.until, zone)
        if _end_of(last) > ends:
            yield f"{until}, and your access ends on {long_date(ends)}: take the courses before."
        return
    days = [
        each.option.term_days
        for each in (offer.advice.best.things if offer.advice else ())
        if each.option.kind in LASTING and each.option.term_days is not None
    ]
    if days and _end_of(last) > plan.today + timedelta(days=min(days)):
        yield f"{until}, but what you buy is open for {min(days)} days: take its courses in these."


def _last_month(plan: PersonPlan, ids: Collection[str]) -> date | None:
    """The first day of the last month in which one of the courses is studied."""
    months = plan.spread.months
    return max(
        (each.first for each in months if any(share.id in ids for share in each.shares)),
        default=None,
    )


def _end_of(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])
