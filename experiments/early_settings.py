"""The site with its guard removed: answers that come before the work is committed."""

from aliquot.settings import *  # noqa: F403
from aliquot.settings import MIDDLEWARE

MIDDLEWARE = ["experiments.early.AcknowledgeEarlyMiddleware", *MIDDLEWARE]
