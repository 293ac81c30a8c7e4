"""What every request passes through: ids, measures, headers, refusals, the age of sessions."""

from aliquot.infra.http.headers import HeadersMiddleware
from aliquot.infra.http.measure import MeasureMiddleware
from aliquot.infra.http.problems import ProblemMiddleware
from aliquot.infra.http.refusals import RefusalMiddleware
from aliquot.infra.http.requests import ProbeMiddleware, RequestIdMiddleware
from aliquot.infra.http.sessions import SessionAgeMiddleware

__all__ = [
    "HeadersMiddleware",
    "MeasureMiddleware",
    "ProbeMiddleware",
    "ProblemMiddleware",
    "RefusalMiddleware",
    "RequestIdMiddleware",
    "SessionAgeMiddleware",
]
