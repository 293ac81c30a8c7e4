"""Oneself: the profile, license numbers, tokens, a copy of all records, closing the account."""

from aliquot.api.accounts import closing, licenses, profile, tokens

AREAS = (profile.area, licenses.area, tokens.area, closing.area)
