"""The rule packs, read once per process, and what pages say about them."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache

from aliquot.credentials import data
from aliquot.credentials.data.bodies import Body, CountingRule, ProofWants, body
from aliquot.credentials.errors import UnknownCredentialError
from aliquot.credentials.facts import KINDS, Confirmed, Pack, Questions
from aliquot.credentials.rules import claims
from aliquot.credentials.rules.offers import newcomer
from aliquot.lib.decimals import shortest


@dataclass(frozen=True, slots=True)
class Served:
    """A credential this site knows the rules of, as lists of credentials show it.

    ``total`` and ``cycle_years`` None: not known.
    """

    id: str
    letters: str
    title: str
    body: str
    slug: str
    unit: str
    total: Decimal | None
    cycle_years: int | None
    confirmed: Confirmed


def packs() -> tuple[Pack, ...]:
    """All rule packs, by id."""
    return data.all_packs()


@dataclass(frozen=True, slots=True)
class ServedBody:
    """A body with the credentials it issues, as the index lists them."""

    body: Body
    kind: str  # certification or license
    credentials: tuple[Served, ...]


# Shown where there is no room for all: the most held certifications, and the largest states.
FEATURED = ("ascp_mls", "ascp_mlt", "ascp_ht", "amt_mt", "lic_ca", "lic_fl")


@cache
def served_credentials() -> tuple[Served, ...]:
    """Every credential this site knows the rules of, by id."""
    return tuple(map(served, packs()))


@cache
def featured_credentials() -> tuple[Served, ...]:
    """A few credentials for places that cannot list all."""
    return tuple(served(data.pack(credential)) for credential in FEATURED)


def served_by_body(words: str = "") -> list[ServedBody]:
    """The credentials of which letters, title or body hold all these words, grouped by body.

    Certifications come before licenses, the bodies with most credentials first.
    """
    wanted = words.casefold().split()
    groups: dict[str, list[Served]] = {}
    for each in served_credentials():
        text = f"{each.letters} {each.title} {each.body} {body(each.body).name}".casefold()
        if all(word in text for word in wanted):
            groups.setdefault(each.body, []).append(each)
    found = [
        ServedBody(body(name), data.pack(rows[0].id).kind, tuple(rows))
        for name, rows in groups.items()
    ]
    return sorted(found, key=lambda each: (each.kind, -len(each.credentials), each.body.name))


@cache
def confirmation_counts() -> dict[Confirmed, int]:
    """How many credentials have figures that are confirmed, partly confirmed, and not yet."""
    counts = dict.fromkeys(Confirmed, 0)
    for each in served_credentials():
        counts[each.confirmed] += 1
    return counts


def proof_wants(pack: Pack) -> ProofWants:
    """What the body behind a credential wants to read on a proof."""
    return body(pack.body).proof


def served(pack: Pack) -> Served:
    """One pack as lists show it, with the figures of its newest rules."""
    newest = pack.rule_sets[0]
    return Served(
        id=pack.id,
        letters=pack.letters,
        title=pack.title,
        body=pack.body,
        slug=slug_of(pack.id),
        unit=pack.unit,
        total=newest.total,
        cycle_years=pack.cycle_years,
        confirmed=newest.confirmed,
    )


def slug_of(pack_id: str) -> str:
    """The last part of the address of a credential's public page."""
    return pack_id.replace("_", "-")


def pack_by_slug(slug: str) -> Pack:
    """The pack whose public page has this address; UnknownCredentialError if there is none."""
    if slug != slug.lower() or "_" in slug:
        raise UnknownCredentialError(f"no rules for the credential {slug!r}")
    return data.pack(slug.replace("-", "_"))


def pack_of(credential: str) -> Pack:
    """The rules of a credential by its id; UnknownCredentialError if there are none."""
    return data.pack(credential)


def body_of(pack: Pack) -> Body:
    """What pages say about the body behind a credential."""
    return body(pack.body)


def counting_rules(pack: Pack) -> list[CountingRule]:
    """How the body counts credit, with the figures of this credential filled in."""
    newest = pack.rule_sets[0]
    cap = next((cap.fraction_of_total for cap in pack.caps), None)
    figures = {
        "total": _figure(newest.total),
        "cap": _figure(
            None
            if cap is None or newest.total is None
            else newest.total * cap.numerator / cap.denominator
        ),
        "ceu": str(KINDS["ceu"].factor),
        "semester": str(KINDS["semester_hours"].factor),
        "quarter": str(KINDS["quarter_hours"].factor),
        "unit": pack.unit,
        "approvals": _titles(pack),
    }
    return [replace(rule, text=rule.text.format_map(figures)) for rule in body_of(pack).counting]


def _figure(amount: Decimal | None) -> str:
    return "a number we do not know" if amount is None else shortest(amount)


def _titles(pack: Pack) -> str:
    accepted = pack.approvals_accepted
    titles = [
        title
        for approval, title in pack.approval_titles.items()
        if accepted is None or approval in accepted
    ]
    return ", ".join(titles)


def open_end_of(pack: Pack, today: date) -> date:
    """A day on which a cycle of the credential may end, today or later."""
    return newcomer(pack, today=today).cycle_ends_on


def question_left(pack: Pack, first_certified_on: date | None) -> str | None:
    """What else decides who must take part: ``formerly_nca``, ``international`` or nothing."""
    return claims.question_left(pack, first_certified_on)


def questions_of(pack: Pack, *, today: date) -> Questions:
    """What the holder of a credential is asked, because its rules depend on it."""
    return claims.questions_of(pack, today=today)


def possible_ends(pack: Pack, *, today: date, later_than: date) -> tuple[date, ...]:
    """The ends of the next cycle where the body fixes them; else empty."""
    return claims.possible_ends(pack, today, later_than=later_than)
