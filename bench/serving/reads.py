"""Main reads beside the measured works: pages of one's own, of the office, programs, and jobs.

Each is a name and something to call; it needs the settings of a site.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.module_loading import import_string

from aliquot.accounts.models import User
from aliquot.commerce.models import Order
from aliquot.credentials import services as credentials
from aliquot.credentials.models import HeldCredential
from aliquot.credentials.queries.population import PAGE, holders, pages_of_holders
from aliquot.flows.check_invariants import checks
from aliquot.infra import clock
from aliquot.ledger.models import Activity
from bench.serving.client import Connection, request
from bench.serving.works import FORM, asked

type Reading = tuple[str, Callable[[], object]]
OWN = (
    "/learning/", "/credentials/", "/credentials/map/", "/credentials/{held}/",
    "/credentials/{held}/pack/", "/credentials/{held}/audit/", "/credentials/{held}/audit.zip",
    "/credentials/reminders/", "/plan/", "/activities/", "/activities/{activity}/",
    "/activities/export.csv", "/certificates/", "/certificates/transcript.csv", "/orders/",
    "/subscription/", "/cart/", "/profile/", "/profile/tokens/", "/account/email/",
)  # fmt: skip
OFFICE = (
    "/staff/", "/staff/people/?q={name}", "/staff/people/?q={email}", "/staff/people/?q=zzzz",
    "/staff/people/{person}/", "/staff/people/{person}/?show=reads", "/staff/courses/",
    "/staff/courses/{code}/", "/staff/certificates/{certificate}/", "/staff/shop/orders/",
    "/staff/shop/orders/?page=200", "/staff/shop/orders/?unpaid",
    "/staff/shop/orders/?q={email}", "/staff/shop/orders/?q={order}",
    "/staff/shop/orders/{order}/", "/staff/shop/books/", "/staff/shop/refunds/",
    "/staff/shop/codes/", "/staff/audit/", "/staff/audit/?by={email}",
    "/staff/audit/?kind=accounts.user&number={person}", "/staff/audit/?what=course.started",
    "/staff/mail/", "/staff/jobs/", "/staff/upkeep/", "/staff/webhooks/",
)  # fmt: skip
PROGRAM = (
    "/api/v1/me", "/api/v1/me/standing", "/api/v1/me/activities", "/api/v1/me/completions",
    "/api/v1/me/certificates", "/api/v1/me/enrollments", "/api/v1/me/orders",
)  # fmt: skip
OFFICE_PROGRAM = (
    "/api/v1/staff/people?q={name}", "/api/v1/staff/people/{person}",
    "/api/v1/staff/people/{person}/completions", "/api/v1/staff/people/{person}/access",
    "/api/v1/staff/completions", "/api/v1/staff/orders", "/api/v1/staff/refunds",
    "/api/v1/staff/courses", "/api/v1/staff/reports/reconciliations",
)  # fmt: skip
_TOKENS = ((PROGRAM, "program"), (OFFICE_PROGRAM, "office_program"))


def pages(inside: Connection, prepared: dict[str, Any]) -> Iterator[Reading]:
    """Pages and programs, asked as a learner and as the office with their records."""
    known = _known(prepared)
    for path, name in (("/account/login/", "login"), ("/account/password/reset/", "email")):
        form = urlencode({name: known["email"], "password": "not hers"}).encode()
        yield f"POST {path}", _asking(inside, request(path, body=form, content_type=FORM))
    for paths, session in ((OWN, prepared["readers"][-1]["session"]), (OFFICE, prepared["office"])):
        for path in paths:
            yield path, _asking(inside, request(path.format(**known), cookie=session))
    for paths, name in _TOKENS:
        token = f"Authorization: Bearer {prepared[name]}"
        for path in paths:
            yield path, _asking(inside, request(path.format(**known), more=token))


def jobs() -> Iterator[Reading]:
    """What comes round by the clock, population standing, and each check of the invariants."""
    for name, (path, _) in settings.SCHEDULE.items():
        if name not in ("check_invariants", "refresh_verdicts"):
            yield f"job: {name}", import_string(path).call
    yield (
        "standing of everybody: who",
        lambda: (holders().count(), credentials.forget_closed_cycles()),
    )
    yield "standing of everybody: a page of people", _judge_page
    for check in checks(now=clock.now(), trusted_head=""):
        yield f"{check.invariant}: {check.what}, counted", check.counted
        yield f"{check.invariant}: {check.what}", lambda check=check: list(check.broken())


def _asking(inside: Connection, sent: bytes) -> Callable[[], object]:
    return lambda: asked(inside, sent, 200, 302)


def _judge_page() -> None:
    """In the middle, so that what comes before is not read."""
    middle = holders().order_by("-person_id").first() or 0
    people = next(islice(pages_of_holders(after=middle // 2, size=PAGE), 1), [])
    credentials.refresh_verdicts(people, now=clock.now(), judged_before=clock.now())


def _known(prepared: dict[str, Any]) -> dict[str, Any]:
    """Numbers of what the reader has, and of an order somewhere in the middle."""
    person = User.objects.get(pk=prepared["readers"][-1]["person"])
    orders = Order.objects.order_by("pk")
    order = orders.filter(pk__gt=(orders.values_list("pk", flat=True).last() or 0) // 2).first()
    return {
        "person": person.pk,
        "name": person.full_name.split()[-1],
        "email": person.email,
        "held": HeldCredential.objects.filter(person=person, removed_at=None).values_list(
            "pk", flat=True
        )[0],
        "activity": Activity.objects.filter(person=person).values_list("pk", flat=True)[0],
        "certificate": prepared["certificates"][0]["code"],
        "order": order.number if order else "none",
        "code": "HEM-101",
    }
