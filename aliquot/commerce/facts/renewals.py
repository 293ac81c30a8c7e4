"""What the renewal rule gives."""

from enum import StrEnum


class RenewalStep(StrEnum):
    """What falls due for a renewal that is switched on."""

    WAIT = "wait"
    NOTICE = "notice"
    TOO_LATE = "too_late"  # the notice was not sent in time, so nothing is charged
    CHARGE = "charge"
    GIVE_UP = "give_up"  # declined too often, or the gateway was away too long
