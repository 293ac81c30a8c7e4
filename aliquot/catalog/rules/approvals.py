"""Whether an approval may be entered, and how it stands on a day."""

from datetime import date
from typing import Literal

from aliquot.catalog.facts import ApprovalProposal

ApprovalState = Literal["withdrawn", "upcoming", "ended", "valid"]


def approval_refusal(approval: ApprovalProposal, *, has_reviewer: bool) -> str:
    """Why an approval is refused, or an empty text. A course needs a named reviewer for one."""
    if not has_reviewer:
        return "an approval needs a named reviewer; accepted: people with role reviewer"
    if approval.valid_through < approval.valid_from:
        return (
            f"valid_through {approval.valid_through} lies before valid_from; accepted: "
            f"{approval.valid_from} or later"
        )
    if approval.hours <= 0:
        return f"hours {approval.hours}; accepted: an amount above zero"
    return ""


def approval_state(
    *, valid_from: date, valid_through: date, is_withdrawn: bool, day: date
) -> ApprovalState:
    """How an approval stands on ``day``; its first and last day belong to it."""
    if is_withdrawn:
        return "withdrawn"
    if day < valid_from:
        return "upcoming"
    return "ended" if day > valid_through else "valid"
