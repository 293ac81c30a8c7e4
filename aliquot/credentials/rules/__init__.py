"""The rule engine: facts in, verdicts out. No Django, no database, no clock.

``judge`` answers a whole transcript, ``judge_credential`` one cycle, ``figures`` only the figures
of that, for runs over many people. ``problems_with`` checks what a holder typed against the dates
that a body fixes. How it decides is told in docs/rules/.
"""

from aliquot.credentials.rules.cycles import problems_with, rule_set_for
from aliquot.credentials.rules.grounds import Grounds
from aliquot.credentials.rules.standing import figures, judge, judge_credential

__all__ = ["Grounds", "figures", "judge", "judge_credential", "problems_with", "rule_set_for"]
