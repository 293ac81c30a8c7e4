"""The site with a sudden death in it: in the middle of the work, or before its answer."""

from aliquot.settings import *  # noqa: F403
from aliquot.settings import MIDDLEWARE

MIDDLEWARE = ["experiments.dying.DieBeforeAnswerMiddleware", *MIDDLEWARE]
