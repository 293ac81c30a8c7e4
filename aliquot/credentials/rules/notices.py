"""Warnings: what a holder should know before trusting a verdict."""

from collections.abc import Iterator

from aliquot.credentials.facts import Notice
from aliquot.credentials.rules.amounts import in_words
from aliquot.credentials.rules.case import Case
from aliquot.credentials.rules.sentences import CHECK
from aliquot.credentials.rules.settling import Settled

_NAMED = 5  # activities named in one sentence


def notices_for(case: Case, settled: Settled) -> tuple[Notice, ...]:
    """All warnings, each at most once but for one per pin."""
    return (*_about_rules(case), *_about_activities(case, settled), *_about_pins(case, settled))


def _about_rules(case: Case) -> Iterator[Notice]:
    held, pack = case.held, case.held.pack
    if case.dates.participation.required is None:
        yield Notice(
            "participation_unknown",
            f"Without the date of the first certification by {pack.body} nobody can say whether "
            "participation is required; the cycle is judged as if it were.",
        )
    if case.rule_set is None:
        oldest = pack.rule_sets[-1].renewals_from
        yield Notice(
            "before_oldest_rules",
            f"The oldest rules known are for cycles that end from {oldest}; this one ends on "
            f"{held.cycle_ends_on}.",
        )
    elif case.demand.unknown:
        yield Notice("figures_unknown", f"Not known: {'; '.join(case.demand.unknown)}. {_check()}")
    elif case.demand.total == 0 and not case.demand.is_confirmed:
        yield Notice(
            "nothing_needed_unconfirmed",
            f"That no continuing education is needed is not confirmed. {_check()}",
        )
    if case.demand.remainder_areas_unknown:
        yield Notice(
            "remainder_areas_unknown",
            "Which areas the remainder accepts is not known; every area is taken to count. "
            f"{_check()}",
        )
    if held.expired and pack.expired_rule is None:
        yield Notice(
            "expired_without_rule",
            f"No rule is known for an expired {pack.letters}; judged by its cycle. {_check()}",
        )
    if pack.duty_from_renewal is not None and held.cycle_ends_on < pack.duty_from_renewal:
        yield Notice(
            "before_duty",
            f"The duty starts with renewals from {pack.duty_from_renewal}; this cycle ends before.",
        )


def _about_activities(case: Case, settled: Settled) -> Iterator[Notice]:
    if case.approvals_unknown:
        ids = [case.activities[index].id for index in case.approvals_unknown]
        more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
        yield Notice(
            "approvals_unknown",
            f"{case.held.pack.letters} asks who approved an activity, and that is not stated for "
            f"{', '.join(ids[:_NAMED])}{more}; taken to count.",
        )
    used = {case.credits[credit].kind for credit, _ in settled.taken}
    for allowance in case.held.pack.allowances:
        if allowance.once and allowance.kind in used:
            yield Notice(
                "allowance_once",
                f"Points for COVID-19 work may be used once, in one cycle only. {_check()}",
            )


def _about_pins(case: Case, settled: Settled) -> Iterator[Notice]:
    for cost in settled.pin_costs:
        amount = in_words(cost.cost, case.held.pack.unit)
        if cost.pin is None:
            text = f"The pins together cost {amount}: without them that much less would be missing."
        else:
            text = (
                f"The pin of {cost.pin.activity} to {cost.pin.requirement} costs {amount}: without "
                "it that much less would be missing."
            )
        yield Notice("pin_costs", text)


def _check() -> str:
    return f"{CHECK.capitalize()}."
