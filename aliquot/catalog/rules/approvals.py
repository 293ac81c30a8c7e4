"""Whether an approval may be entered."""

from aliquot.catalog.facts import ApprovalProposal


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
