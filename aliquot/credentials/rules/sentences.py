"""Why a point counts where it does, or nowhere: short sentences that name rule and source."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from aliquot.credentials.facts import KINDS, Activity, CredentialHeld, Reason, RuleSet, Window
from aliquot.credentials.rules.amounts import in_words, to_hundredths
from aliquot.credentials.rules.grounds import Caps
from aliquot.credentials.rules.requirements import Line, ancestry

CHECK = "check with the body"


@dataclass(frozen=True)
class Speaker:
    """Knows the rules that a verdict is under, so that each sentence can name them."""

    held: CredentialHeld
    rule_set: RuleSet | None
    window: Window | None
    caps: Caps

    def because(
        self,
        activity: Activity,
        areas: Sequence[str],
        line: Line,
        *,
        is_split: bool,
        is_pinned: bool,
    ) -> str:
        """Why credit of these areas of the activity counts toward the line."""
        kind = KINDS[activity.kind]
        subject = kind.title if kind.only_by_allowance else self._areas_counting(areas, line)
        needed = in_words(line.need or 0, self.held.pack.unit)
        sentence = f"{subject} counts toward {line.title} ({needed} needed)"
        if is_pinned:
            sentence += "; you entered it there at the body"
        if is_split:
            sentence += (
                "; the points are split over several subjects without a split by the provider: "
                f"{CHECK}"
            )
        return f"{sentence}. {self.citation}"

    def explain(
        self, reason: Reason, activity: Activity, areas: Iterable[str], lines: Sequence[Line]
    ) -> str:
        """Why credit of these areas counts toward none of the lines it was judged against."""
        kind, subjects = KINDS[activity.kind], self._titles(areas)
        match reason:
            case Reason.NO_CREDIT_NEEDED:
                sentence = "No continuing education is required for this cycle"
            case Reason.KIND_NEVER_COUNTS:
                sentence = f"{kind.title}: never counts toward {self.held.pack.letters}"
            case Reason.OUTSIDE_WINDOW:
                sentence = self._outside(activity)
            case Reason.TOO_SHORT:
                sentence = self._too_short(lines)
            case Reason.APPROVAL_REFUSED:
                sentence = self._approval_refused(activity, lines)
            case Reason.AREA_REFUSED:
                sentence = f"{self.held.pack.letters} refuses {subjects}"
            case Reason.NOT_ACCEPTED:
                sentence = f"No requirement that could still use it takes {subjects}"
            case Reason.RULE_UNKNOWN:
                sentence = f"Only a requirement whose figures are not known could take it: {CHECK}"
            case Reason.CAP_REACHED:
                cap = in_words(self.caps.limit_of(activity.kind) or 0, self.held.pack.unit)
                sentence = f"{kind.title}: at most {cap} count, and that is reached"
            case Reason.SURPLUS:
                sentence = (
                    "Every requirement that takes it is full; keep the proof, it can stand in "
                    "for another activity"
                )
        return f"{sentence}. {self.citation}"

    @cached_property
    def citation(self) -> str:
        """The rules a sentence rests on, with their sources."""
        if self.rule_set is None:
            return "No rules are known for cycles that end this early."
        since = self.rule_set.renewals_from
        rules = f"Rules for cycles that end from {since}" if since else "Current rules"
        sources = ", ".join(source.id for source in self.rule_set.sources)
        return f"{rules}; sources {sources}."

    def _areas_counting(self, areas: Iterable[str], line: Line) -> str:
        """The areas that count here, each with the area it counts as if that is another."""
        named = []
        for area in areas:
            title = self._title(area)
            accepted = line.accepts or ()
            counts_as = next((a for a in ancestry(area, self.held.pack) if a in accepted), area)
            if counts_as != area:
                title += f" (as {self._title(counts_as)}, our reading)"
            named.append(title)
        return " or ".join(named)

    def _outside(self, activity: Activity) -> str:
        day = activity.completed_on
        allowances = [a for a in self.held.pack.allowances if a.kind == activity.kind]
        window = self.window
        if allowances and (window is None or window.starts_on <= day <= window.ends_on):
            first, last = allowances[0].completed_from, allowances[0].completed_to
        elif window is not None:
            first, last = window.starts_on, window.ends_on
        else:
            return f"Completed on {day}, after the cycle's end on {self.held.cycle_ends_on}"
        return f"Completed on {day}; what counts is completed from {first} to {last}"

    def _too_short(self, lines: Sequence[Line]) -> str:
        unit = self.held.pack.unit
        strict = [line for line in lines if line.least_part]
        if not strict:
            least = in_words(to_hundredths(self.held.pack.min_activity_hours or Decimal(0)), unit)
            return f"An activity of less than {least} earns nothing"
        return " and ".join(
            f"{line.title} takes nothing shorter than {in_words(line.least_part, unit)}"
            for line in strict
        )

    def _approval_refused(self, activity: Activity, lines: Sequence[Line]) -> str:
        titles = self.held.pack.approval_titles
        lists = [line.approvals for line in lines if line.approvals is not None]
        accepted = frozenset().union(*lists) or self.held.pack.approvals_accepted or frozenset()
        wanted = ", ".join(title for approval, title in titles.items() if approval in accepted)
        has = "has no approval" if not activity.approvals else "has none of these approvals"
        return f"It {has}; accepted: {wanted}"

    def _titles(self, areas: Iterable[str]) -> str:
        return " or ".join(map(self._title, areas))

    def _title(self, area: str) -> str:
        return self.held.pack.area_titles.get(area, area)
