"""The words of the best offer: the cheapest way for this person, and why, with what else costs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aliquot.commerce.facts import Basket, Bought
from aliquot.flows.best_offer import BestOffer
from aliquot.lib.dates import last_day, long_date
from aliquot.lib.decimals import shortest

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True)
class OfferWords:
    """What a page says. ``sentence`` first; ``notes`` are further sentences, each on its line."""

    sentence: str
    notes: tuple[str, ...] = ()


def plan_offer_words(offer: BestOffer, *, zone: str) -> OfferWords | None:
    """The words for a plan; free courses and those from elsewhere are not in its hours."""
    return offer_words(offer, subject="Your plan has", zone=zone, which=" of paid courses here")


def offer_words(offer: BestOffer, *, subject: str, zone: str, which: str = "") -> OfferWords | None:
    """The words for a plan or a course; None where there is nothing to say.

    ``subject`` begins the sentence: "This course is"; ``which`` says of which courses the hours
    are: " of paid courses here".
    """
    if offer.is_endless:
        return OfferWords("You have access to everything.")
    if offer.until is not None:
        return OfferWords(f"You have access to everything {_through(offer.until, zone)}.")
    if offer.advice is None:
        return None
    best = offer.advice.best
    begins = f"{subject} {_hours(offer)}{which}"
    if not best.things:
        return OfferWords(f"{begins}: your hour pack has enough.")
    verb = "are" if sum(each.count for each in best.things) > 1 else "is"
    others = [_other(each) for each in offer.advice.others]
    return OfferWords(
        f"{begins}: {_things(best.things)} {verb} cheapest ({best.total}).",
        tuple(_notes(offer, others)),
    )


def _notes(offer: BestOffer, others: Sequence[str]) -> Iterable[str]:
    if others:
        yield f"Instead: {_listed(others, 'or')}."
    if offer.uses_pack:
        yield "The hours left in your pack are used first."
    if offer.setoff is not None:
        yield f"The subscription's price is less the {offer.setoff} that you paid for your pack."
    yield "Prices are before sales tax, where your state asks for it."


def _hours(offer: BestOffer) -> str:
    return f"{shortest(offer.hours)} hour{'' if offer.hours == 1 else 's'}"


def _other(basket: Basket) -> str:
    return f"{_things(basket.things)} for {basket.total}"


def _things(things: Sequence[Bought]) -> str:
    return _listed([_thing(each) for each in things])


def _thing(bought: Bought) -> str:
    """``the subscription``, ``two packs of 8 hours``, ``a single course``."""
    option, count = bought.option, bought.count
    number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    if option.kind == "subscription":
        return f"“{option.title}”"
    if option.kind == "pack" and option.hours is not None:
        size = f"of {shortest(option.hours)} hours"
        return f"a pack {size}" if count == 1 else f"{number} packs {size}"
    if option.kind == "course":
        return "a single course" if count == 1 else f"{number} single courses"
    return f"“{option.title}”"


def _listed(words: Sequence[str], last: str = "and") -> str:
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _through(until: datetime, zone: str) -> str:
    """The last day with access: an end at midnight leaves the day before."""
    return f"through {long_date(last_day(until, zone))}"
