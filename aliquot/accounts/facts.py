"""Closed lists about people that pages may show."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from types import MappingProxyType
from zoneinfo import available_timezones

# States, territories and the federal district, by the abbreviations a license carries.
STATES = {
    "AL": "Alabama",
    "AK": "Alaska",
    "AZ": "Arizona",
    "AR": "Arkansas",
    "CA": "California",
    "CO": "Colorado",
    "CT": "Connecticut",
    "DE": "Delaware",
    "DC": "District of Columbia",
    "FL": "Florida",
    "GA": "Georgia",
    "GU": "Guam",
    "HI": "Hawaii",
    "ID": "Idaho",
    "IL": "Illinois",
    "IN": "Indiana",
    "IA": "Iowa",
    "KS": "Kansas",
    "KY": "Kentucky",
    "LA": "Louisiana",
    "ME": "Maine",
    "MD": "Maryland",
    "MA": "Massachusetts",
    "MI": "Michigan",
    "MN": "Minnesota",
    "MS": "Mississippi",
    "MO": "Missouri",
    "MT": "Montana",
    "NE": "Nebraska",
    "NV": "Nevada",
    "NH": "New Hampshire",
    "NJ": "New Jersey",
    "NM": "New Mexico",
    "NY": "New York",
    "NC": "North Carolina",
    "ND": "North Dakota",
    "OH": "Ohio",
    "OK": "Oklahoma",
    "OR": "Oregon",
    "PA": "Pennsylvania",
    "PR": "Puerto Rico",
    "RI": "Rhode Island",
    "SC": "South Carolina",
    "SD": "South Dakota",
    "TN": "Tennessee",
    "TX": "Texas",
    "UT": "Utah",
    "VT": "Vermont",
    "VA": "Virginia",
    "VI": "Virgin Islands",
    "WA": "Washington",
    "WV": "West Virginia",
    "WI": "Wisconsin",
    "WY": "Wyoming",
}

# First what most holders need, in the order of the map; then the rest of the world.
COMMON_TIME_ZONES: dict[str, str] = {
    "America/New_York": "Eastern time",
    "America/Chicago": "Central time",
    "America/Denver": "Mountain time",
    "America/Phoenix": "Mountain time, Arizona",
    "America/Los_Angeles": "Pacific time",
    "America/Anchorage": "Alaska time",
    "Pacific/Honolulu": "Hawaii time",
    "America/Puerto_Rico": "Atlantic time, Puerto Rico",
    "Pacific/Guam": "Chamorro time, Guam",
}


@cache
def time_zones() -> Mapping[str, str]:
    """Every zone name that may be chosen, with the words to show; the common ones first.

    Worked out once a process: the system's list is read from hundreds of files.
    """
    rest = sorted(
        name
        for name in available_timezones()
        if "/" in name
        and not name.startswith(("Etc/", "posix/", "right/", "SystemV/"))
        and name not in COMMON_TIME_ZONES
    )
    return MappingProxyType(COMMON_TIME_ZONES | {name: name.replace("_", " ") for name in rest})


# What a token may be allowed to do, by area; docs/api.md explains each.
SCOPES: dict[str, str] = {
    "profile:read": "Read your profile",
    "profile:write": "Change your profile and license numbers, revoke tokens",
    "learning:read": "Read your courses, your progress and your results",
    "learning:write": "Start courses, save your place and answers, take tests, finish courses",
    "certificates:read": "Read your certificates",
    "activities:read": "Read your activities and their proofs",
    "activities:write": "Enter, correct and withdraw activities and their proofs",
    "credentials:read": "Read your credentials, your standing, your plan and your packs",
    "credentials:write": "Add and change credentials, note what you declared, set reminders",
    "orders:read": "Read your cart, your orders, their papers, and what a refund would give back",
    "orders:write": "Order and cancel, ask for refunds, switch renewal; paying is up to you",
    "account:export": "Take a copy of everything that is yours",
    "account:close": "Close your account",
}
STAFF_SCOPES: dict[str, str] = {
    "staff-people:read": "Look people up, with their access and completions",
    "staff-access:write": "Give people access to courses, and take it away",
    "staff-courses:read": "Read all courses, also hidden ones, with their approvals",
    "staff-shop:read": "Read orders, refunds, codes, taxes and exemptions",
    "staff-shop:write": "Record payments, cancel orders, send receipts, make codes, exempt buyers",
    "staff-reports:read": "Read the reports",
    "staff-webhooks:read": "Read the webhooks and their log",
    "staff-webhooks:write": "Make, change and remove webhooks, and send again",
}
MOST_TOKENS = 50  # of one person
STAFF_TOKEN_DAYS = 90  # a token for the back office always ends

# What may be asked beside the password: the sign-in library's names, and what people call them.
FACTORS = {"totp": "one-time codes", "recovery_codes": "recovery codes", "webauthn": "passkeys"}

CLOSING_DAYS = 14  # in which a closed account can be opened again
MOST_COPIES, COPIES_PERIOD = 3, timedelta(hours=1)  # of everything that is one's own
