"""The contract read a second time, by other code: plain data in, figures out.

It takes a transcript and rule packs as they stand in files and uses nothing of the engine. Where
the engine searches for an allocation, this looks for the cheapest cut: the most that fits into some
lines is the least, over all sets of them, of what the set needs plus what credit could go outside
it. Slow, short, and wrong in other ways than the engine would be.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from typing import Any

type Doc = dict[str, Any]

FACTORS = {"ceu": 10, "semester_hours": 15, "quarter_hours": 10}
COLLEGE = ("semester_hours", "quarter_hours")
ANY = "any"


@dataclass
class Row:
    """A line: what it needs (None: unknown), its areas, whose approval, how long a part."""

    id: str
    need: Fraction | None
    areas: Any
    approvals: list[str] | None
    least: Fraction = Fraction(0)


@dataclass
class Answer:
    """What a verdict must say. ``refused``: of activities of which no line takes anything."""

    required: bool | None
    window: tuple[date, date]
    needed: Fraction | None
    met: bool | None
    counted: dict[str, Fraction | None] = field(default_factory=dict)
    refused: dict[tuple[str, str], Fraction] = field(default_factory=dict)


class Oracle:
    """Packs and the tree of areas as their files say."""

    def __init__(self, packs: dict[str, Doc], parents: dict[str, str]) -> None:
        self.packs, self.parents = packs, parents

    def answer(self, transcript: Doc, index: int) -> Answer:
        """The answer on one credential of the transcript."""
        held = transcript["credentials"][index]
        pack = self.packs[held["id"]]
        as_of = date.fromisoformat(transcript["as_of"])
        end = date.fromisoformat(held["cycle_ends_on"])
        required = must_take_part(pack, held)
        window = window_of(pack, held, end, as_of, required)
        rules = rules_at(pack, end)
        rows, total, is_ghost = (
            ([], None, True) if rules is None else rows_of(pack, rules, held, end)
        )
        needed: Fraction | None = sum((row.need or Fraction(0) for row in rows), Fraction(0))
        if rules is None or total is None or is_ghost or rules["confirmed"] == "no":
            needed = None
        if any(row.need is None for row in rows):
            needed = None
        found = Answer(required, window, needed, None)
        is_sure = rules is not None and rules["confirmed"] == "yes"
        self._fill(
            found, pack, rows, total, is_ghost, transcript["activities"], needed == 0 and is_sure
        )
        if needed is not None and (needed > 0 or is_sure):
            found.met = sum((n or 0 for n in found.counted.values()), Fraction(0)) == needed
        return found

    def _fill(
        self, found: Answer, pack: Doc, rows: list[Row], total: Fraction | None, is_ghost: bool,
        activities: list[Doc], needs_nothing: bool,
    ) -> None:  # fmt: skip
        limits: dict[str, Fraction] = {}
        if pack.get("caps") and total is not None:
            limits["college"] = total / 2
        for allowance in pack.get("allowances", ()):
            limits["covid"] = Fraction(allowance["at_most"])
        everything = (
            [*rows, Row("?", None, ANY, pack.get("approvals_accepted"))] if is_ghost else rows
        )
        credit: dict[tuple[frozenset[int], str | None], Fraction] = defaultdict(Fraction)
        refused: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for activity in activities:
            factor = FACTORS.get(activity["kind"], 1)
            parts = activity.get("parts") or [activity]
            whole = sum((Fraction(part["amount"]) for part in parts), Fraction(0)) * factor
            reason = whole_refused(pack, activity, whole, found.window, needs_nothing)
            if reason:
                refused[activity["id"], reason] += whole
                continue
            whys = []
            group = "covid" if activity["kind"] == "covid_work" else None
            group = "college" if activity["kind"] in COLLEGE else group
            for part in parts:
                amount = Fraction(part["amount"]) * factor
                takes, why = self._takes(pack, everything, activity, part["areas"], amount)
                whys.append((why, amount))
                known = frozenset(i for i in takes if everything[i].need is not None)
                credit[known, group if group in limits else None] += amount
            if all(why for why, _ in whys):
                for why, amount in whys:
                    refused[activity["id"], why] += amount
        found.refused = dict(refused)
        needs = [row.need for row in rows]
        before = Fraction(0)
        for position, row in enumerate(rows):
            now = most(needs, credit, limits, position + 1)
            found.counted[row.id] = None if row.need is None else now - before
            before = now

    def _takes(
        self, pack: Doc, rows: list[Row], activity: Doc, areas: list[str], amount: Fraction
    ) -> tuple[set[int], str]:
        """The lines that take the part; if none does, why."""
        approvals = activity.get("approvals")
        kinds = pack.get("approvals_apply_to")
        is_asked = approvals is not None and (kinds is None or activity["kind"] in kinds)

        def is_approved(accepted: list[str] | None) -> bool:
            return not is_asked or accepted is None or bool(set(accepted) & set(approvals or ()))

        if activity["kind"] == "covid_work":
            only = {i for i, row in enumerate(rows) if row.id == "remainder"}
            return only, "" if only else "not_accepted"
        left = [area for area in areas if area not in pack.get("excluded", ())]
        fitting = {
            i
            for i, row in enumerate(rows)
            if left
            and (row.areas == ANY or any(set(self._up(area)) & set(row.areas) for area in left))
        }
        long = {i for i in fitting if amount >= rows[i].least}
        takes = {i for i in long if is_approved(rows[i].approvals)}
        if takes:
            return takes, ""
        if fitting - long:
            return takes, "too_short"
        lists = [row.approvals for row in rows] + [pack.get("approvals_accepted")]
        if long or not any(is_approved(accepted) for accepted in lists):
            return takes, "approval_refused"
        return takes, "not_accepted" if left else "area_refused"

    def _up(self, area: str) -> list[str]:
        parent = self.parents.get(area)
        return [area] if parent is None else [area, *self._up(parent)]


def must_take_part(pack: Doc, held: Doc) -> bool | None:
    """The contract's third section, literally."""
    rule = pack["participation"]
    if pack["kind"] == "license" or rule["mandatory_from"] == "always":
        return True
    day = held.get("first_certified_on")
    if held.get("formerly_nca") and pack["body"] == "ASCP" and (day is None or day >= "2004-01-01"):
        return True
    if day is None:
        return None
    limit = rule["mandatory_from"]
    if held.get("international"):
        limit = rule.get("mandatory_from_international", limit)
    return bool(day >= str(limit))


def back(day: date, *, months: int) -> date:
    """The day after, so many months earlier; March 1 for a February 29 that is missing."""
    after = day + timedelta(days=1)
    index = after.year * 12 + after.month - 1 - months
    is_missing = (after.month, after.day) == (2, 29) and (index // 12) % 4
    return date(index // 12, 3, 1) if is_missing else date(index // 12, index % 12 + 1, after.day)


def window_of(
    pack: Doc, held: Doc, end: date, as_of: date, required: bool | None
) -> tuple[date, date]:
    """The days that count, both included."""
    if held.get("expired") and "expired_rule" in pack:
        return back(as_of, months=pack["expired_rule"]["months"]), as_of
    if required is False:
        return back(as_of, months=36), as_of
    if pack["cycle"].get("evidence"):
        return date(end.year - 2, 1, 1), date(end.year - 1, 12, 31)
    return back(end, months=12 * pack["cycle"]["years"]), end


def rules_at(pack: Doc, end: date) -> Doc | None:
    """The rule set of the day a cycle ends."""
    day = end.isoformat()
    for rules in pack["rule_sets"]:
        since, until = rules.get("renewals_from"), rules.get("renewals_to")
        if (since is None or str(since) <= day) and (until is None or day <= str(until)):
            return dict(rules)
    return None


def rows_of(pack: Doc, rules: Doc, held: Doc, end: date) -> tuple[list[Row], Fraction | None, bool]:
    """The lines, the total that caps go by, and whether there are minima nobody knows."""
    own = pack.get("approvals_accepted")
    total = None if rules["total"] is None else Fraction(str(rules["total"]))
    minima, remainder = rules["minima"], rules["remainder"]
    first = rules.get("first_renewal") if held.get("first_renewal") else None
    waiver = rules.get("minima_waived_for_former_nca")
    if held.get("expired") and "total" in pack.get("expired_rule", {}):
        minima, remainder = [], pack["expired_rule"]["total"]
        total = Fraction(remainder)
    elif first and "proration" in first:
        minima, remainder = [], prorated(held["licensed_on"], end)
        total = Fraction(remainder)
    elif first is not None:
        minima, remainder = first["minima"], 0
        total = sum((Fraction(line["points"]) for line in minima), Fraction(0))
    elif waiver and held.get("formerly_nca") and end.year == 2010:
        minima, remainder = [], waiver["remainder"]
    rows: list[Row] = []
    for line in minima or ():
        if "if_roles" in line and not set(line["if_roles"]) & set(held.get("roles", ())):
            continue
        points = None if line["points"] is None else Fraction(str(line["points"]))
        approvals = line.get("approvals_accepted", own)
        least = Fraction(str(line.get("min_activity", 0)))
        if line.get("per"):
            rows += [
                Row(name, points, [name], approvals, least)
                for name in dict.fromkeys(held.get("specialties", ()))
            ]
        else:
            rows.append(Row(line["id"], points, line["any_of"], approvals, least))
    if remainder == "computed":
        remainder = max(Fraction(0), (total or 0) - sum(row.need or 0 for row in rows))
    if remainder != 0:
        areas = rules["remainder_areas"]
        need = None if remainder is None else Fraction(remainder)
        rows.append(Row("remainder", need, ANY if areas in (ANY, None) else areas, own))
    return rows, total, minima is None


def prorated(licensed_on: str, end: date) -> int:
    """North Dakota: licensed in the first year 24, to December of the odd year 12, then none."""
    if licensed_on < f"{end.year - 1}-07-01":
        return 24
    return 12 if licensed_on < f"{end.year}-01-01" else 0


def whole_refused(
    pack: Doc, activity: Doc, whole: Fraction, window: tuple[date, date], needs_nothing: bool
) -> str:
    """Why nothing of the activity can count whatever its areas; empty if something might."""
    day = date.fromisoformat(activity["completed_on"])
    is_covid = activity["kind"] == "covid_work"
    allowance = next(iter(pack.get("allowances", ())), None)
    if needs_nothing:
        return "no_credit_needed"
    if activity["kind"] == "staff_meeting" or (is_covid and allowance is None):
        return "kind_never_counts"
    if not window[0] <= day <= window[1]:
        return "outside_window"
    if is_covid and not date(2020, 3, 1) <= day <= date(2022, 12, 31):
        return "outside_window"
    return "too_short" if whole < pack.get("min_activity_hours", 0) else ""


def most(
    needs: list[Fraction | None],
    credit: dict[tuple[frozenset[int], str | None], Fraction],
    limits: dict[str, Fraction],
    lines: int,
) -> Fraction:
    """The most that fits into the first ``lines`` lines: the cheapest cut."""
    among = [i for i in range(lines) if needs[i] is not None]
    best: Fraction | None = None
    for chosen in product((False, True), repeat=len(among)):
        full = {i for i, is_full in zip(among, chosen, strict=True) if is_full}
        cut = sum((needs[i] or Fraction(0) for i in full), Fraction(0))
        through: dict[str | None, Fraction] = defaultdict(Fraction)
        for (takes, group), amount in credit.items():
            if not takes.intersection(among) <= full:
                through[group] += amount
        for group, amount in through.items():
            cut += amount if group is None else min(amount, limits[group])
        best = cut if best is None else min(best, cut)
    return best or Fraction(0)
