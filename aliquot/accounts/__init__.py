"""People: who they are, how they sign in, their staff roles, the license numbers they carry.

Words: person (a ``User`` row), staff role, license number. It does not know what anybody learns,
earns or pays.
"""
