"""Experiments that kill, double and cut off, and count what was acknowledged and then lost.

Not in the test suite: ``make experiments``, minutes each. Every experiment has a control in which
the guard is missing; a control that loses nothing means that the experiment proves nothing.
"""
