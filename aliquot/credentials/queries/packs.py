"""The rule packs, read once per process, and what pages say about them."""

from collections import Counter
from collections.abc import Iterable
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
class ServedGroup:
    """The certifications of a body, or all licenses, as lists to choose from show them.

    ``first`` are those that the body's description puts first; ``others`` are sorted by letters.
    """

    title: str
    short: str  # for a link to the group
    first: tuple[Served, ...]
    others: tuple[Served, ...]


# Shown where there is no room for all: generalists of the bench, and two large states. Our choice.
FEATURED = ("ascp_mls", "ascp_mlt", "ascp_ht", "amt_mt", "lic_ca", "lic_fl")


@cache
def served_credentials() -> tuple[Served, ...]:
    """Every credential this site knows the rules of, by id."""
    return tuple(map(served, packs()))


@cache
def featured_credentials() -> tuple[Served, ...]:
    """A few credentials for places that cannot list all."""
    return tuple(served(data.pack(credential)) for credential in FEATURED)


def served_in_groups(words: str = "") -> list[ServedGroup]:
    """The credentials of which letters, title or body hold all these words, in groups.

    A group for each body that certifies, those with most credentials first, then one of all
    licenses.
    """
    wanted = words.casefold().split()
    rows: dict[str, list[Served]] = {}
    for each in served_credentials():
        named = each.body if data.pack(each.id).kind == "certification" else ""
        text = f"{each.letters} {each.title} {each.body} {body(each.body).name}".casefold()
        if all(word in text for word in wanted):
            rows.setdefault(named, []).append(each)
    licenses = rows.pop("", [])
    size = Counter(each.body for each in served_credentials())
    found = [
        _group(body(named), rows[named])
        for named in sorted(rows, key=lambda named: (-size[named], body(named).name))
    ]
    if licenses:
        found.append(ServedGroup("State licenses", "State licenses", (), _by_letters(licenses)))
    return found


def _group(described: Body, rows: list[Served]) -> ServedGroup:
    known = {each.id: each for each in rows}
    first = tuple(known.pop(credential) for credential in described.first if credential in known)
    return ServedGroup(described.name, described.id, first, _by_letters(known.values()))


def _by_letters(rows: Iterable[Served]) -> tuple[Served, ...]:
    return tuple(sorted(rows, key=lambda each: each.letters.casefold()))


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
