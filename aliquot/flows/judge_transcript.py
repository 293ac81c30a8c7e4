"""Judging a transcript: what the command line, the API and the reader of the file format share.

No Django and no database: a portable transcript can be judged anywhere.
"""

from aliquot.credentials import rules
from aliquot.credentials.errors import Problem
from aliquot.credentials.facts import CredentialHeld, Transcript, Verdict


def judge_transcript(transcript: Transcript) -> list[Verdict]:
    """The verdict on each credential; UnjudgeableError lists all contradictions and bad pins."""
    return rules.judge(transcript)


def contradictions_of(held: CredentialHeld) -> list[Problem]:
    """What the holder says that a body's fixed dates rule out; paths start at the credential."""
    return rules.problems_with(held)
