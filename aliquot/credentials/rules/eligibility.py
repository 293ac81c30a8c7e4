"""What each part of an activity may fill in one cycle, or why it may not."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from aliquot.credentials.facts import KINDS, Activity, Pack, Part, Reason
from aliquot.credentials.rules.amounts import to_hundredths
from aliquot.credentials.rules.requirements import REMAINDER, Demand, Line

_MOST_FITS = 2_000  # kept at once: a screening may serve many people


class Answer(Enum):
    """What one line says to one part."""

    TAKES = auto()
    OTHER_AREA = auto()
    TOO_SHORT = auto()
    APPROVAL_REFUSED = auto()


@dataclass(frozen=True, slots=True)
class Fit:
    """The answers of all lines to a part; ``areas`` are those that the credential does not refuse.

    ``takers`` are the lines that take it, of those that can be filled, by position among these.
    ``approval_refused_everywhere``: neither the credential nor any line accepts its approvals.
    """

    answers: tuple[Answer, ...]
    takers: tuple[int, ...]
    areas: tuple[str, ...]
    approval_refused_everywhere: bool

    def taken_by(self, among: Iterable[int]) -> list[int]:
        """The lines of ``among`` that take the part."""
        return [line for line in among if self.answers[line] is Answer.TAKES]

    def refusal(self, among: Iterable[int]) -> Reason | None:
        """The first reason why none of these lines takes the part; None if one does."""
        answers = [self.answers[line] for line in among]
        if Answer.TAKES in answers:
            return None
        if Answer.TOO_SHORT in answers:
            return Reason.TOO_SHORT
        if Answer.APPROVAL_REFUSED in answers or self.approval_refused_everywhere:
            return Reason.APPROVAL_REFUSED
        return Reason.NOT_ACCEPTED if self.areas else Reason.AREA_REFUSED


class Screening:
    """Screens activities for all cycles of a credential that ask for the same.

    ``lines`` are the demand's, then one that stands for minima that nobody knows, if any;
    ``known`` are the positions of those that can be filled.
    """

    def __init__(self, pack: Pack, demand: Demand) -> None:
        self._pack, self._demand = pack, demand
        self._allowances = {allowance.kind: allowance for allowance in pack.allowances}
        self.lines = demand.lines
        if demand.other_minima_unknown:
            self.lines += (Line("", "", None, None, None, pack.approvals_accepted),)
        self.known = tuple(i for i, line in enumerate(self.lines) if line.need is not None)
        self._lists = {line.approvals for line in self.lines} | {pack.approvals_accepted}
        self._least_parts = sorted({line.least_part for line in self.lines} - {0})
        self._fits: dict[object, Fit] = {}

    def converted(self, activity: Activity) -> list[int]:
        """The amounts of the parts in hundredths of the credential's unit."""
        factor = KINDS[activity.kind].factor
        return [to_hundredths(part.amount) * factor for part in activity.parts]

    def refusal_of_whole(self, activity: Activity, total: int, *, is_inside: bool) -> Reason | None:
        """Why nothing of the activity can count, whatever its areas; None if something might.

        ``is_inside``: whether it was completed in the window of the cycle.
        """
        if self._demand.needs_nothing:
            return Reason.NO_CREDIT_NEEDED
        allowance = self._allowances.get(activity.kind)
        kind = KINDS[activity.kind]
        if not kind.earns or (kind.only_by_allowance and allowance is None):
            return Reason.KIND_NEVER_COUNTS
        day = activity.completed_on
        if not is_inside:
            return Reason.OUTSIDE_WINDOW
        if allowance and not allowance.completed_from <= day <= allowance.completed_to:
            return Reason.OUTSIDE_WINDOW
        least = self._pack.min_activity_hours
        if least is not None and total < to_hundredths(least):
            return Reason.TOO_SHORT
        return None

    def fit(self, activity: Activity, part: Part, amount: int) -> Fit:
        """The answers of all lines to a part of an activity that is not refused as a whole."""
        lengths = sum(amount >= least for least in self._least_parts)
        key = (part.areas, activity.approvals, activity.kind, lengths)
        fit = self._fits.get(key)
        if fit is None:
            if len(self._fits) >= _MOST_FITS:
                self._fits.clear()
            fit = self._fits[key] = self._work_out(activity, part, amount)
        return fit

    def approval_is_unknown(self, activity: Activity) -> bool:
        """Whether an approval is asked for that the holder did not state."""
        asks = self._lists != {None}
        return activity.approvals is None and asks and self._asks_of(activity.kind)

    def _asks_of(self, kind: str) -> bool:
        kinds = self._pack.approvals_apply_to
        return kinds is None or kind in kinds

    def _work_out(self, activity: Activity, part: Part, amount: int) -> Fit:
        is_allowance = activity.kind in self._allowances
        refused = frozenset() if is_allowance else self._pack.excluded
        areas = tuple(area for area in part.areas if area not in refused)
        accepts = {approvals: self._accepts(approvals, activity) for approvals in self._lists}
        answers = []
        for line in self.lines:
            if not (line.id == REMAINDER if is_allowance else line.takes_any_of(areas)):
                answers.append(Answer.OTHER_AREA)
            elif amount < line.least_part:
                answers.append(Answer.TOO_SHORT)
            elif not accepts[line.approvals]:
                answers.append(Answer.APPROVAL_REFUSED)
            else:
                answers.append(Answer.TAKES)
        everywhere = not any(accepts.values())
        takers = (i for i, line in enumerate(self.known) if answers[line] is Answer.TAKES)
        return Fit(tuple(answers), tuple(takers), areas, everywhere)

    def _accepts(self, accepted: frozenset[str] | None, activity: Activity) -> bool:
        if accepted is None or activity.approvals is None or not self._asks_of(activity.kind):
            return True
        return not accepted.isdisjoint(activity.approvals)
