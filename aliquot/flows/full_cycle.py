"""Whether a whole cycle of a credential can be planned out of the catalog, by somebody new."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from aliquot.catalog.queries import GENERATION
from aliquot.credentials.facts import OpenCycle, Pack
from aliquot.credentials.rules.offers import newcomer
from aliquot.flows.course_offers import HERE, catalog_offers
from aliquot.flows.plan_courses import plan_cycles
from aliquot.infra import cache

_SECONDS = 2.0  # a visitor waits for it, once a day


@dataclass(frozen=True, slots=True)
class FullCycle:
    """Courses of the catalog that fill every requirement. ``is_least``: no fewer hours would do.

    ``chosen``: code and hours of each.
    """

    courses: int
    hours: Decimal
    is_least: bool
    chosen: tuple[tuple[str, Decimal], ...] = ()


def full_cycle(pack: Pack, *, day: date) -> FullCycle | None:
    """The courses for a holder who must take part and has nothing yet, with the approvals of a day.

    None where the catalog does not fill everything, where nothing is asked, or where a figure is
    not known. Remembered until the catalog changes.
    """
    return cache.remember(
        ("full-cycle-2", pack.id, day), (GENERATION,), lambda: _full_cycle(pack, day)
    )


def _full_cycle(pack: Pack, day: date) -> FullCycle | None:
    cycle = OpenCycle(newcomer(pack, today=day), day, ())
    plan = plan_cycles([cycle], catalog_offers(day), seconds=_SECONDS)
    if not plan.courses or not plan.verdicts[0].met:
        return None
    chosen = tuple((each.activity.id.removeprefix(HERE), each.hours) for each in plan.courses)
    return FullCycle(len(plan.courses), plan.hours, plan.is_proven, chosen)
