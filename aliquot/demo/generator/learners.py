"""Invented learners: two credentials each, activities over three years, what they did here.

Each is drawn from the seed and the learner's own number, so the first ten of a thousand are the
ten of ten.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from aliquot.accounts.models import User
from aliquot.catalog import data as catalog
from aliquot.credentials.facts import Pack
from aliquot.credentials.models import Cycle, HeldCredential, OpeningBalance
from aliquot.credentials.queries import packs
from aliquot.demo.generator.histories import Histories, Learner
from aliquot.demo.generator.rows import Table
from aliquot.ledger.models import Activity, CreditEntry

_DAYS = 3 * 365
_ZONES = ["America/New_York"] * 5 + ["America/Chicago"] * 3 + ["America/Los_Angeles"] * 2
_ZONES += ["Pacific/Honolulu", "Europe/London"]
_GIVEN = ["Ana", "Ben", "Cora", "Dina", "Eli", "Femi", "Gus", "Hana", "Ivo", "June", "Kofi"]
_FAMILY = ["Abbott", "Baker", "Castillo", "Diaz", "Egan", "Fox", "Grant", "Hale", "Ito", "Khan"]
_SUBJECTS = ["Case review", "Update", "Quality round", "Method comparison", "Journal club"]
_KINDS = ["contact_hours"] * 17 + ["in_service", "in_service", "ceu"]
_APPROVALS = [["pace"]] * 7 + [["cmle"], ["pace", "fl_board"], ["ca_agency"], [], None]
_COMMON = ("ascp_mls", "ascp_mls", "ascp_mls", "ascp_mlt", "amt_mt")


@dataclass(frozen=True, slots=True)
class Tables:
    """What a learner consists of, in the order in which rows need each other."""

    people: Table
    held: Table
    cycles: Table
    balances: Table
    activities: Table
    entries: Table

    @classmethod
    def ready(cls) -> "Tables":
        """Tables whose ids go on after what is there."""
        models = (User, HeldCredential, Cycle, OpeningBalance, Activity, CreditEntry)
        return cls(*map(Table, models))

    def __iter__(self) -> Iterator[Table]:
        return iter(
            (self.people, self.held, self.cycles, self.balances, self.activities, self.entries)
        )


class Inventor:
    """Invents learners as of a day, with so many activities from elsewhere each."""

    def __init__(self, tables: Tables, *, seed: int, as_of: date, activities: int) -> None:
        self._tables, self._seed, self._as_of = tables, seed, as_of
        self._activities = activities
        self.histories: Histories | None = None  # of those who learned here, too
        self._moment = datetime.combine(as_of, time(), tzinfo=UTC)
        self._packs = {pack.id: pack for pack in packs()}
        self._licenses = [pack for pack in self._packs.values() if pack.kind == "license"]
        self._areas = list(catalog.areas())
        self._specialties = list(catalog.specialties())

    def invent(self, number: int) -> None:
        """Learner ``number`` of this seed, with everything, added to the tables."""
        chance = Random(f"{self._seed}-{number}")  # noqa: S311 (invents, guards nothing)
        zone = chance.choice(_ZONES)
        name = f"{chance.choice(_GIVEN)} {chance.choice(_FAMILY)}"
        email = f"learner-{self._seed}-{number}@example.org"
        joined = self._moment - timedelta(days=chance.randrange(30, 900))
        person = self._tables.people.add(
            password="!",  # noqa: S106 (no password fits it)
            last_login=None,
            email=email,
            full_name=name,
            time_zone=zone,
            ascp_customer_id="",
            ascls_member_number="",
            is_active=True,
            date_joined=joined,
        )
        first = self._first(chance)
        second = chance.choice([pack for pack in self._licenses if pack is not first])
        for pack in (first, second):
            self._hold(person, pack, zone, chance)
        for _ in range(self._activities):
            self._earn(person, chance)
        if self.histories is not None:
            learner = Learner(person, name, email, zone, joined)
            self.histories.invent(learner, chance)

    def _first(self, chance: Random) -> Pack:
        """Mostly what most people hold, sometimes anything."""
        if chance.random() < 0.8:
            return self._packs[chance.choice(_COMMON)]
        return chance.choice(list(self._packs.values()))

    def _hold(self, person: int, pack: Pack, zone: str, chance: Random) -> None:
        certified = date(chance.randrange(1995, 2023), chance.randrange(1, 13), 15)
        held = self._tables.held.add(
            person_id=person,
            credential=pack.id,
            first_certified_on=certified if chance.random() < 0.95 else None,
            formerly_nca=chance.random() < 0.03,
            international=False,
            expired=pack.expired_rule is not None and chance.random() < 0.02,
            licensed_on=certified if pack.kind == "license" else None,
            specialties=chance.sample(self._specialties, 2) if pack.kind == "license" else [],
            roles=[],
            added_at=self._moment,
            removed_at=None,
        )
        cycle = self._tables.cycles.add(
            held_id=held,
            ends_on=_end_of_cycle(pack, self._as_of, chance),
            time_zone=zone,
            first_renewal=False,
            added_at=self._moment,
            closed_at=None,
            revision=1,
        )
        if chance.random() < 0.1:
            self._tables.balances.add(
                cycle_id=cycle,
                requirement="remainder",
                points=Decimal(chance.randrange(1, 40)) / 4,
                stated_on=self._as_of - timedelta(days=chance.randrange(200)),
                recorded_at=self._moment,
            )

    def _earn(self, person: int, chance: Random) -> None:
        kind = chance.choice(_KINDS)
        activity = self._tables.activities.add(
            person_id=person,
            origin=Activity.Origin.ELSEWHERE.value,
            completion_id=None,
            title=chance.choice(_SUBJECTS),
            provider_name="A society",
            completed_on=self._as_of - timedelta(days=chance.randrange(_DAYS)),
            kind=kind,
            approvals=chance.choice(_APPROVALS),
            course_number="",
            agency_number="",
            corrects_id=None,
            recorded_at=self._moment,
        )
        for part in range(1 if chance.random() < 0.9 else 2):
            amount = Decimal(chance.randrange(1, 9)) / (40 if kind == "ceu" else 4)
            self._tables.entries.add(
                activity_id=activity,
                person_id=person,
                part=part,
                areas=chance.sample(self._areas, 1 if chance.random() < 0.9 else 2),
                amount=amount.quantize(Decimal("0.01")),
                reverses_id=None,
                reason="",
                recorded_at=self._moment,
            )


def _end_of_cycle(pack: Pack, as_of: date, chance: Random) -> date:
    """A day on which a cycle of the credential can end, mostly still ahead."""
    day = as_of + timedelta(days=chance.randrange(-60, 365 * (pack.cycle_years or 2) - 60))
    fixed = pack.cycle_end
    if fixed is None:
        return day
    month = day.month if fixed.month is None else fixed.month
    year = day.year
    if fixed.years != "any" and (year % 2 == 0) != (fixed.years == "even"):
        year += 1
    if fixed.month is None or fixed.day is None:
        return date(year, month, min(day.day, monthrange(year, month)[1]))
    return date(year, month, fixed.day)
