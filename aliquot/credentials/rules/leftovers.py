"""The reason for every amount that counts toward nothing."""

from collections.abc import Sequence

from aliquot.credentials.facts import Reason
from aliquot.credentials.rules.eligibility import Fit


def reason_for_leftover(
    fit: Fit,
    *,
    needs: Sequence[int | None],
    missing: Sequence[int | None],
    is_partly_used: bool,
    is_cap_reached: bool,
) -> tuple[Reason, list[int]]:
    """Why what is left of a part counts toward nothing, and the lines it was judged against.

    ``needs`` and ``missing`` are per line, None where the figure is unknown. A part that no line
    takes is judged against all of them. So is one of an activity of which nothing counts, so that
    its own shortcoming is named before the fullness of the lines. What is left of a partly used
    activity is judged against the lines that still lack points.
    """
    everything = list(range(len(needs)))
    unknown = [line for line in everything if needs[line] is None]
    refusal = fit.refusal(everything)
    if refusal is not None:
        return refusal, everything
    if is_partly_used:
        lacking = [line for line in everything if missing[line] != 0]
        if not lacking:
            return Reason.SURPLUS, everything
        refusal = fit.refusal(lacking)
        if refusal is not None:
            return refusal, lacking
    if fit.taken_by(unknown):
        return Reason.RULE_UNKNOWN, unknown
    return (Reason.CAP_REACHED if is_cap_reached else Reason.SURPLUS), everything
