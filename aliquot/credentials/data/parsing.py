"""From the YAML of one rule pack to facts. The format is described in ``packs/README.md``."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from aliquot.catalog import data as catalog
from aliquot.credentials.data.consistency import inconsistencies
from aliquot.credentials.data.fields import (
    Fields,
    amount,
    confirmed,
    day,
    flag,
    fraction,
    one_of,
    text,
    whole,
    words,
)
from aliquot.credentials.facts import (
    KINDS,
    Allowance,
    Cap,
    Change,
    CycleEnd,
    DeclarationRule,
    EvidenceWindow,
    ExpiredRule,
    Fee,
    FirstRenewal,
    Pack,
    Participation,
    ProrationStep,
    Requirement,
    RuleSet,
    Source,
    Waiver,
)

type SourceList = tuple[Source, ...]


def parse_source(source_id: str, value: Any) -> Source:
    """One row of ``sources.yaml``."""
    fields = Fields(value, path=(source_id,))
    source = Source(
        id=source_id, where=fields.take("where", text), dated=fields.take("dated", text)
    )
    fields.finish("sources")
    return source


def parse_pack(value: Any, *, name: str, sources: Mapping[str, Source]) -> Pack:
    """The facts of the pack file ``name``; PackError names everything that is wrong."""
    return _PackParser(Fields(value), sources).parse(name)


class _PackParser:
    """Parses one file; holds the source registry, so that every list of sources resolves."""

    def __init__(self, top: Fields, sources: Mapping[str, Source]) -> None:
        self._top = top
        self._cited: Callable[[Any], SourceList] = lambda ids: tuple(
            sources[source_id] for source_id in words(*sources)(ids)
        )

    def parse(self, name: str) -> Pack:
        top = self._top
        if top.faults:  # no mapping: nothing can be said about what is in it
            top.finish(name)
        top.take("schema", one_of_numbers(1))
        cycle = top.group("cycle") or Fields({}, path=("cycle",), faults=top.faults)
        pack = Pack(
            id=top.take("id", one_of(name)),
            title=top.take("title", text),
            letters=top.take("letters", text),
            body=top.take("body", text),
            kind=top.take("kind", one_of("certification", "license")),
            unit=top.take("unit", one_of("points", "hours")),
            last_verified=top.take("last_verified", day),
            rule_sets=tuple(map(self._rule_set, top.rows("rule_sets"))),
            participation=self._participation(),
            cycle_years=cycle.known("years", whole),
            cycle_end=_cycle_end(cycle.group("ends")),
            evidence_window=cycle.take("evidence", EvidenceWindow, EvidenceWindow.CYCLE),
            declaration=self._declaration(),
            finish_days_before_end=top.take("finish_days_before_end", whole, None),
            expired_rule=_expired_rule(top.group("expired_rule")),
            approvals_accepted=top.take("approvals_accepted", _approvals, None),
            approvals_apply_to=top.take("approvals_apply_to", _kinds, None),
            excluded=top.take("excluded", _area_set, frozenset()),
            min_activity_hours=top.take("min_activity_hours", amount, None),
            caps=tuple(map(self._cap, top.rows("caps"))),
            allowances=tuple(map(self._allowance, top.rows("allowances"))),
            duty_from_renewal=top.take("duty_from_renewal", day, None),
            retain_years=top.take("retain_years", whole, None),
            carry_over=top.take("carry_over", amount, None),
            annual_fee=top.take("annual_fee", flag, False),
            fees=tuple(map(self._fee, top.rows("fees"))),
            reexam_after_lapsed_years=top.take("reexam_after_lapsed_years", whole, None),
            credential_valid_years=top.take("credential_valid_years", whole, None),
            note=top.take("note", text, ""),
            changes=tuple(map(_change, top.rows("changes"))),
            area_titles={area.id: area.title for area in catalog.areas().values()},
            specialty_titles=catalog.specialties(),
            role_titles=catalog.roles(),
            area_parents={
                area.id: area.parent for area in catalog.areas().values() if area.parent is not None
            },
            approval_titles=catalog.approvals(),
        )
        cycle.done()
        top.done()
        if not top.faults:  # figures that were not read cannot be compared
            top.faults += inconsistencies(pack)
        top.finish(name)
        return pack

    def _participation(self) -> Participation:
        fields = self._top.group("participation")
        if fields is None:
            self._top.fault("participation is missing")
            return Participation()
        participation = Participation(
            mandatory_from=fields.take("mandatory_from", _day_or_always),
            mandatory_from_international=fields.take("mandatory_from_international", day, None),
            former_nca_before=fields.take("former_nca_before", day, None),
            sources=fields.take("sources", self._cited),
        )
        fields.done()
        return participation

    def _declaration(self) -> DeclarationRule | None:
        fields = self._top.group("declaration")
        if fields is None:
            return None
        rule = DeclarationRule(
            opens_days_before_end=fields.take("opens_days_before_end", whole),
            closes_days_before_end=fields.take("closes_days_before_end", whole),
            sources=fields.take("sources", self._cited),
        )
        fields.done()
        return rule

    def _cap(self, fields: Fields) -> Cap:
        cap = Cap(
            kinds=fields.take("kinds", _kinds),
            fraction_of_total=fields.take("fraction_of_total", fraction),
            sources=fields.take("sources", self._cited),
        )
        fields.done()
        return cap

    def _allowance(self, fields: Fields) -> Allowance:
        allowance = Allowance(
            kind=fields.take("kind", one_of(*KINDS)),
            at_most=fields.take("at_most", amount),
            completed_from=fields.take("completed_from", day),
            completed_to=fields.take("completed_to", day),
            once=fields.take("once", flag),
            sources=fields.take("sources", self._cited),
        )
        fields.done()
        return allowance

    def _fee(self, fields: Fields) -> Fee:
        fee = Fee(
            what=fields.take("what", text),
            cents=fields.take("cents", whole),
            since=fields.take("since", day, None),
            sources=fields.take("sources", self._cited),
        )
        fields.done()
        return fee

    def _rule_set(self, fields: Fields) -> RuleSet:
        areas = fields.take("remainder_areas", _remainder_areas)
        remainder = fields.known("remainder", _amount_or_computed)
        minima = fields.known_rows("minima")
        rule_set = RuleSet(
            renewals_from=fields.take("renewals_from", day, None),
            renewals_to=fields.take("renewals_to", day, None),
            total=fields.known("total", amount),
            minima=None if minima is None else tuple(map(_minimum, minima)),
            remainder=None if isinstance(remainder, str) else remainder,
            remainder_computed=remainder == "computed",
            remainder_areas=areas,
            remainder_takes=_takes(areas) if isinstance(areas, tuple) else None,
            sources=fields.take("sources", self._cited),
            confirmed=fields.take("confirmed", confirmed),
            what_changed=fields.take("what_changed", text),
            waiver=_waiver(fields.group("minima_waived_for_former_nca")),
            first_renewal=_first_renewal(fields.group("first_renewal")),
        )
        fields.done()
        return rule_set


def one_of_numbers(*accepted: int) -> Callable[[Any], int]:
    """A number of a closed list, for the version of the format."""

    def convert(value: Any) -> int:
        if value not in accepted:
            raise ValueError(f"accepted: {', '.join(map(str, accepted))}")
        return int(value)

    return convert


def _minimum(fields: Fields) -> Requirement:
    per_specialty = fields.take("per", one_of("licensed_specialty"), "") != ""
    areas = () if per_specialty else fields.take("any_of", _areas) or ()
    title = "Each licensed specialty" if not areas else catalog.areas()[areas[0]].title
    minimum = Requirement(
        id="per_specialty" if per_specialty else fields.take("id", text),
        title=fields.take("title", text, title),
        points=fields.known("points", amount),
        any_of=areas,
        takes=_takes(areas),
        per_specialty=per_specialty,
        if_roles=fields.take("if_roles", _roles, frozenset()),
        approvals_accepted=fields.take("approvals_accepted", _approvals, None),
        min_activity=fields.take("min_activity", amount, None),
    )
    fields.done()
    return minimum


def _first_renewal(fields: Fields | None) -> FirstRenewal | None:
    if fields is None:
        return None
    first = FirstRenewal(
        minima=tuple(map(_minimum, fields.rows("minima"))),
        proration=tuple(map(_proration_step, fields.rows("proration"))),
    )
    fields.done()
    return first


def _proration_step(fields: Fields) -> ProrationStep:
    licensed_from: tuple[int, int] | None = fields.take("licensed_from", _month_and_day)
    month, date_of_month = licensed_from or (1, 1)
    step = ProrationStep(
        years_before_end=fields.take("years_before_end", whole),
        month=month,
        day=date_of_month,
        total=fields.take("total", amount),
    )
    fields.done()
    return step


def _waiver(fields: Fields | None) -> Waiver | None:
    if fields is None:
        return None
    waiver = Waiver(
        ends_from=fields.take("ends_from", day),
        ends_to=fields.take("ends_to", day),
        remainder=fields.take("remainder", amount),
    )
    fields.done()
    return waiver


def _cycle_end(fields: Fields | None) -> CycleEnd | None:
    if fields is None:
        return None
    month_and_day = fields.take("on", _month_and_day, None)
    end = CycleEnd(
        month=month_and_day[0] if month_and_day else None,
        day=month_and_day[1] if month_and_day else None,
        years=fields.take("years", one_of("any", "even", "odd"), "any"),
    )
    fields.done()
    return end


def _expired_rule(fields: Fields | None) -> ExpiredRule | None:
    if fields is None:
        return None
    rule = ExpiredRule(
        months=fields.take("months", whole), total=fields.take("total", amount, None)
    )
    fields.done()
    return rule


def _change(fields: Fields) -> Change:
    change = Change(released=fields.take("released", day), what=fields.take("what", text))
    fields.done()
    return change


def _takes(areas: tuple[str, ...]) -> frozenset[str]:
    return frozenset().union(*map(catalog.with_descendants, areas))


def _areas(value: Any) -> tuple[str, ...]:
    areas = words(*catalog.areas())(value)
    if not areas:
        raise ValueError("accepted: at least one area")
    return areas


def _area_set(value: Any) -> frozenset[str]:
    return frozenset(words(*catalog.areas())(value))


def _approvals(value: Any) -> frozenset[str]:
    return frozenset(words(*catalog.approvals())(value))


def _roles(value: Any) -> frozenset[str]:
    return frozenset(words(*catalog.roles())(value))


def _kinds(value: Any) -> frozenset[str]:
    return frozenset(words(*KINDS)(value))


def _remainder_areas(value: Any) -> tuple[str, ...] | str | None:
    return value if value in ("any", None) else words(*catalog.areas())(value)


def _amount_or_computed(value: Any) -> Any:
    return value if value == "computed" else amount(value)


def _day_or_always(value: Any) -> date | None:
    return None if value == "always" else day(value)


def _month_and_day(value: Any) -> tuple[int, int]:
    month, _, date_of_month = text(value).partition("-")
    any_leap_year = date(2000, int(month), int(date_of_month))
    return any_leap_year.month, any_leap_year.day
