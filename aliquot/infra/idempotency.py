"""Deeds that a client may send twice take effect once, and answer the same both times.

After a crash or a lost connection the client cannot know whether its deed was committed, so it
sends the same request again with the same key: a hidden field in forms
(``{% load idempotency %}{% idempotency_key %}``), the header ``Idempotency-Key`` elsewhere. The key
is unique per actor and remembered with a hash of the request:

- same key, same request: the stored answer, nothing is done again;
- same key, another request: refused, 422;
- same key, still at work: refused for now, 409 with Retry-After (a form waits a moment first);
- a worker that died holding the key: its lease passes after 60 seconds, then the retry runs.

Effect and stored answer are one transaction, so there is never one without the other.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from aliquot.infra import clock
from aliquot.infra.models import IdempotencyKey
from aliquot.lib.errors import AliquotError, ConflictError

View = Callable[..., HttpResponse]

LEASE = timedelta(seconds=60)
FIELD, HEADER = "idempotency_key", "Idempotency-Key"
LONGEST_KEY = 80
KEPT_HEADERS = ("Location", "Content-Type", "HX-Redirect", "HX-Location", "HX-Trigger")
FORM_WAIT_SECONDS = 2.0  # a double click waits for the first click's answer
_NOT_THE_REQUEST = {FIELD, "csrfmiddlewaretoken"}


class OtherRequestError(AliquotError):
    """The key was used for another request."""

    code = "idempotency_key_reused"


class StillAtWorkError(ConflictError):
    """The same request is being worked on; ``retry_after`` is in seconds."""

    code = "still_at_work"

    def __init__(self, *, retry_after: int) -> None:
        super().__init__("This was sent a moment ago and is being worked on. Try again shortly.")
        self.retry_after = retry_after


@dataclass(frozen=True)
class Answer:
    """A response as it is stored: status, the headers that matter, and the body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @classmethod
    def of(cls, response: HttpResponse) -> "Answer":
        """Take down a response. A streamed one cannot be stored: that is a mistake of ours."""
        if response.streaming:
            raise TypeError("An idempotent view cannot stream its response.")
        if callable(getattr(response, "render", None)):
            response = response.render()  # type: ignore[attr-defined]
        headers = {name: response[name] for name in KEPT_HEADERS if name in response}
        return cls(response.status_code, headers, response.content)

    def as_response(self) -> HttpResponse:
        """The response again; ``Idempotent-Replay`` says that nothing was done for it."""
        response = HttpResponse(self.body, status=self.status, headers=self.headers)
        response["Idempotent-Replay"] = "true"
        return response


def once(
    *, actor: str, key: str, request_hash: str, now: datetime, do: Callable[[], HttpResponse]
) -> HttpResponse:
    """Do a deed once per actor and key; a repetition gets the stored answer.

    ``do`` runs in one transaction with the stored answer. Answers of 400 and above, and failures,
    are not stored: nothing took effect, so the same key may try again.
    Raises OtherRequestError (422) and StillAtWorkError (409).
    """
    stored = _begin(actor=actor, key=key, request_hash=request_hash, now=now)
    if stored is not None:
        return stored.as_response()
    lock = IdempotencyKey.objects.filter(actor=actor, key=key, locked_until=now + LEASE)
    try:
        with transaction.atomic():
            response = do()
            if response.status_code < 400:
                _store(lock, Answer.of(response))
            else:
                transaction.set_rollback(True)
    except BaseException:
        lock.delete()
        raise
    if response.status_code >= 400:
        lock.delete()
    return response


def idempotent(view: View) -> View:
    """For views that do one deed on POST. Without a key the deed is done as it comes."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get(HEADER, "") or request.POST.get(FIELD, "")
        actor = actor_of(request)
        if request.method != "POST" or not key or not actor:
            return view(request, *args, **kwargs)
        check_key(key)
        patience = FORM_WAIT_SECONDS if FIELD in request.POST else 0.0
        until = time.monotonic() + patience
        while True:
            try:
                return once(
                    actor=actor,
                    key=key,
                    request_hash=hash_of(request),
                    now=clock.now(),
                    do=lambda: view(request, *args, **kwargs),
                )
            except StillAtWorkError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    return wrapper


def check_key(key: str) -> None:
    """Refuse what is no key. Raises OtherRequestError."""
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise OtherRequestError("The idempotency key is not one of ours; reload the page.")


def new_key() -> str:
    """A fresh key for a form."""
    return secrets.token_urlsafe(16)


def actor_of(request: HttpRequest) -> str:
    """Who sends: the person, else the session, else the browser by its CSRF cookie."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"person:{user.pk}"
    session = getattr(request, "session", None)
    if session is not None and session.session_key:
        return f"session:{_digest(session.session_key.encode())}"
    cookie = request.META.get("CSRF_COOKIE", "")
    return f"browser:{_digest(cookie.encode())}" if cookie else ""


def hash_of(request: HttpRequest, *, content: bytes | None = None) -> str:
    """SHA-256 over method, address and body, without the fields that are not the request.

    ``content``: the body, where it was read already.
    """
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if content is not None:
        digest.update(content)
    elif request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        for name in sorted(set(request.POST) - _NOT_THE_REQUEST):
            digest.update(repr((name, request.POST.getlist(name))).encode())
        for name in sorted(request.FILES):
            for file in request.FILES.getlist(name):
                digest.update(repr((name, file.name, _file_digest(file))).encode())
    else:
        digest.update(request.body)
    return digest.hexdigest()


def _begin(*, actor: str, key: str, request_hash: str, now: datetime) -> Answer | None:
    """Take the key, committed at once so that others see it; or give the stored answer."""
    fresh = {"request_hash": request_hash, "locked_until": now + LEASE, "created_at": now}
    try:
        with transaction.atomic():
            IdempotencyKey.objects.create(actor=actor, key=key, **fresh)
        return None
    except IntegrityError:
        row = IdempotencyKey.objects.filter(actor=actor, key=key).first()
    if row is None:  # let go in this very instant
        raise StillAtWorkError(retry_after=1)
    if row.request_hash != request_hash:
        raise OtherRequestError(
            "This form was already sent with other answers. Reload the page and send it again."
        )
    if row.status is not None:
        return _stored(row)
    if row.locked_until is not None and row.locked_until > now:
        raise StillAtWorkError(retry_after=max(1, (row.locked_until - now).seconds))
    taken = IdempotencyKey.objects.filter(pk=row.pk, locked_until=row.locked_until)
    if not taken.update(locked_until=now + LEASE):
        raise StillAtWorkError(retry_after=1)
    return None


def _store(lock: QuerySet[IdempotencyKey], answer: Answer) -> None:
    """Keep the answer under our lease. If that has passed, a retry has taken over and will do
    the deed; raising undoes ours.
    """
    body = base64.b64encode(answer.body).decode()
    response = {"headers": answer.headers, "body": body}
    if not lock.update(locked_until=None, status=answer.status, response=response):
        raise StillAtWorkError(retry_after=1)


def _stored(row: IdempotencyKey) -> Answer:
    kept: Any = row.response
    return Answer(row.status or 200, kept["headers"], base64.b64decode(kept["body"]))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:40]


def _file_digest(file: Any) -> str:
    """Piece by piece: a file may be larger than the memory."""
    digest = hashlib.sha256()
    for piece in file.chunks():
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()[:40]
