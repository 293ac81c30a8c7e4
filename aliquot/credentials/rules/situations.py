"""Where a holder is in a cycle on a day. Pure; the sentences are made where they are shown."""

from aliquot.credentials.facts import Figures, Situation, Verdict


def situation_of(verdict: Verdict | Figures) -> Situation:
    """What matters most about the verdict on the day it is about: the first that holds."""
    today, last = verdict.as_of, verdict.finish_by
    opens_on = verdict.declaration.opens_on if verdict.declaration else today
    cases = (
        (verdict.held.expired, Situation.EXPIRED),
        (verdict.participation.required is False, Situation.VOLUNTARY),
        (today > verdict.held.cycle_ends_on, Situation.OVER),
        (verdict.met is None, Situation.UNKNOWN),
        (last is not None and today > last, Situation.LATE),
        (not verdict.met, Situation.SHORT),
        (today < opens_on, Situation.WAITING),
    )
    return next((situation for holds, situation in cases if holds), Situation.READY)
