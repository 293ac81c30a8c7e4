"""What a change of a rule pack means for one cycle: the same facts judged by both. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import compress

from aliquot.credentials.facts import (
    KINDS,
    DeclarationWindow,
    Figures,
    Pack,
    Requirement,
    RequirementVerdict,
    RuleSet,
    Verdict,
    Window,
)
from aliquot.credentials.facts.changes import Difference
from aliquot.credentials.rules.amounts import in_words, to_hundredths
from aliquot.lib.dates import long_date

type _Said = Iterator[tuple[str, str, str]]

NOT_ASKED = "not asked for"
NOT_KNOWN = "not known"


def differences(before: Figures | Verdict, after: Figures | Verdict) -> tuple[Difference, ...]:
    """What is otherwise for the holder, in the order in which people ask; empty: nothing is."""
    said = (
        *_amounts(before, after),
        *_dates(before, after),
        *_what_counts(before, after),
        *_effect(before, after),
    )
    return tuple(Difference(*row) for row in said if row[1] != row[2])


def _amounts(before: Figures | Verdict, after: Figures | Verdict) -> _Said:
    yield (
        f"{after.pack.unit.capitalize()} in all",
        _amount(before.needed, before.pack),
        _amount(after.needed, after.pack),
    )
    old, new = _by_id(before.requirements), _by_id(after.requirements)
    for line in dict.fromkeys((*new, *old)):
        title = (new.get(line) or old[line]).title
        yield title, _needed(old.get(line), before.pack), _needed(new.get(line), after.pack)
        if line in old and line in new:
            yield (
                f"What counts for {title}",
                _areas(old[line].accepts, before.pack),
                _areas(new[line].accepts, after.pack),
            )


def _dates(before: Figures | Verdict, after: Figures | Verdict) -> _Said:
    yield "Taking part", _taking_part(before), _taking_part(after)
    yield "Work counts if completed", _window(before.window), _window(after.window)
    yield "Window for filing", _filing(before.declaration), _filing(after.declaration)
    yield "Last sensible day", _last_day(before), _last_day(after)


def _what_counts(before: Figures | Verdict, after: Figures | Verdict) -> _Said:
    old, new = before.pack, after.pack
    taken = old.approvals_accepted, new.approvals_accepted
    yield "Approvals that count", *_apart(*taken, new.approval_titles, every="any")
    asked = old.approvals_apply_to, new.approvals_apply_to
    titles = {kind.id: kind.title for kind in KINDS.values()}
    yield "Kinds that need an approval", *_apart(*asked, titles, every="all")
    yield "Areas that never count", *_apart(old.excluded, new.excluded, new.area_titles)
    yield (
        "Shortest activity that counts",
        _amount(old.min_activity_hours, old, "any length"),
        _amount(new.min_activity_hours, new, "any length"),
    )
    yield "Limits", _limits(old), _limits(new)
    minima = [_by_requirement(each.rule_set) for each in (before, after)]
    for line in (line for line in minima[1] if line in minima[0]):
        was, now = minima[0][line], minima[1][line]
        title = now.title
        yield (
            f"Shortest part that counts for {title}",
            _amount(was.min_activity, old, "any length"),
            _amount(now.min_activity, new, "any length"),
        )
        own = was.approvals_accepted, now.approvals_accepted
        every = "as for the others"
        yield f"Approvals that count for {title}", *_apart(*own, new.approval_titles, every=every)


def _effect(before: Figures | Verdict, after: Figures | Verdict) -> _Said:
    unit = after.pack.unit
    yield (
        f"Your {unit} that count",
        _amount(before.counted, before.pack),
        _amount(after.counted, after.pack),
    )
    yield (
        "Still missing",
        _amount(before.missing, before.pack),
        _amount(after.missing, after.pack),
    )


def _by_id(lines: Iterable[RequirementVerdict]) -> Mapping[str, RequirementVerdict]:
    return {line.id: line for line in lines}


def _by_requirement(rule_set: RuleSet | None) -> Mapping[str, Requirement]:
    minima = (rule_set.minima or ()) if rule_set else ()
    return {minimum.id: minimum for minimum in minima}


def _amount(amount: Decimal | None, pack: Pack, unknown: str = NOT_KNOWN) -> str:
    return unknown if amount is None else in_words(to_hundredths(amount), pack.unit)


def _needed(line: RequirementVerdict | None, pack: Pack) -> str:
    return NOT_ASKED if line is None else _amount(line.needed, pack)


def _areas(accepts: tuple[str, ...] | None, pack: Pack) -> str:
    if accepts is None:
        return "any area"
    return " or ".join(pack.area_titles.get(area, area) for area in accepts) or "the specialty"


def _apart(
    old: frozenset[str] | None,
    new: frozenset[str] | None,
    titles: Mapping[str, str],
    *,
    every: str = "",
) -> tuple[str, str]:
    """What only one of two lists has, said of both; ``every`` says that there is no list."""
    if old is None or new is None:
        before, after = (
            every if each is None else _named(each, titles) or "none" for each in (old, new)
        )
        return before, after
    gone, come = _named(old - new, titles), _named(new - old, titles)
    is_said = bool(gone), bool(come)
    return (
        ", ".join(compress((f"with {gone}", f"without {come}"), is_said)),
        ", ".join(compress((f"without {gone}", f"with {come}"), is_said)),
    )


def _named(ids: Iterable[str], titles: Mapping[str, str]) -> str:
    return " and ".join(sorted(titles.get(each, each) for each in ids))


def _kinds(kinds: Iterable[str]) -> str:
    return ", ".join(sorted(KINDS[kind].title for kind in kinds))


def _limits(pack: Pack) -> str:
    said = [
        f"{_kinds(cap.kinds)}: at most {cap.fraction_of_total} of the total" for cap in pack.caps
    ]
    said += [
        f"{_kinds([each.kind])}: at most {_amount(each.at_most, pack)}, completed from "
        f"{long_date(each.completed_from)} to {long_date(each.completed_to)}"
        for each in pack.allowances
    ]
    return "; ".join(said) or "none"


def _taking_part(figures: Figures | Verdict) -> str:
    words = {True: "required", False: "voluntary", None: NOT_KNOWN}
    return words[figures.participation.required]


def _window(window: Window | None) -> str:
    return NOT_KNOWN if window is None else _days(window.starts_on, window.ends_on)


def _filing(declaration: DeclarationWindow | None) -> str:
    return "none" if declaration is None else _days(declaration.opens_on, declaration.closes_on)


def _last_day(figures: Figures | Verdict) -> str:
    return "none" if figures.finish_by is None else long_date(figures.finish_by)


def _days(first: date, last: date) -> str:
    return f"{long_date(first)} to {long_date(last)}"
