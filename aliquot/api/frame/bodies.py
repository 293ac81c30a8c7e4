"""Reading what was sent, strictly: JSON objects, bounded, nothing twice, nothing unstorable.

A file comes as the body itself: in JSON it would be a third larger, and the bound could not be told
before all of it was decoded.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from aliquot.api.frame.problems import (
    BodyTooLargeError,
    InvalidFieldError,
    MediaTypeError,
    UnreadableError,
)
from aliquot.infra.idempotency import HEADER, LONGEST_KEY

if TYPE_CHECKING:
    from aliquot.api.frame.doors import ApiRequest

LARGEST_BODY = 64 * 1024
KEY = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_KEY}}}")


class StrictParser(Parser):
    """JSON without repeated members, without NaN, without text that no database keeps."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as plain data."""
        if request.content_type != "application/json":
            raise MediaTypeError
        try:
            data = json.loads(request.body, object_pairs_hook=_members, parse_constant=_no_constant)
        except RecursionError:
            raise UnreadableError("The body is nested too deeply.") from None
        except UnicodeDecodeError:
            raise UnreadableError("The body is not UTF-8.") from None
        except ValueError as error:
            raise UnreadableError(f"The body is not JSON: {error}") from None
        _check_text(data)
        return data

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """The query; what is given twice is refused, or one of them would be lost unseen."""
        for name, values in data.lists():
            if name not in list_fields and len(values) > 1:
                raise InvalidFieldError(name, f"{name} is given more than once.")
            if any(not _is_storable(str(value)) for value in values):
                raise InvalidFieldError(name, f"{name} holds a character that is no text.")
        return super().parse_querydict(data, list_fields, request)


@dataclass(frozen=True, slots=True)
class FileBody:
    """A body that is a file: the media types it may be sent as, and how many bytes it may have."""

    takes: tuple[str, ...]
    most: int
    opens: Callable[[bytes], Any] | None = None

    def read(self, request: HttpRequest) -> bytes:
        """The file, in memory. Raises MediaTypeError before anything is read."""
        if request.content_type not in self.takes:
            raise MediaTypeError(self.takes)
        return request.read(self.most + 1)

    def give(self, request: "ApiRequest") -> None:
        """Read and open it for the view. Raises what ``opens`` raises."""
        request.sent = self.read(request)
        if self.opens is not None:
            request.opened = self.opens(request.sent)

    def described(self) -> dict[str, Any]:
        """The body as the document tells it."""
        schema = {"type": "string", "format": "binary"}
        return {"required": True, "content": {media: {"schema": schema} for media in self.takes}}


def check_size(request: HttpRequest, most: int = LARGEST_BODY) -> None:
    """Refuse a body before it is read. Raises BodyTooLargeError."""
    try:
        size = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        size = 0
    if size > most:
        raise BodyTooLargeError(f"At most {most} bytes are taken.")


def check_key(key: str) -> None:
    """Refuse what is no key, also an empty one: its sender believes that the deed is done once."""
    if not KEY.fullmatch(key):
        raise InvalidFieldError(
            HEADER, f"{HEADER}: 1 to {LONGEST_KEY} letters, digits, hyphens and underscores."
        )


def check_query_names(request: HttpRequest, known: frozenset[str]) -> None:
    """Refuse parameters nobody reads: a mistyped filter must not seem to work."""
    unknown = sorted(set(request.GET) - known)
    if unknown:
        accepted = ", ".join(sorted(known)) or "none"
        raise InvalidFieldError(unknown[0], f"Not known here: {unknown[0]}; accepted: {accepted}.")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member is given twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _check_text(data: Any) -> None:
    if isinstance(data, str):
        if not _is_storable(data):
            raise UnreadableError("The body holds a character that is no text.")
    elif isinstance(data, dict):
        for key, value in data.items():
            _check_text(key)
            _check_text(value)
    elif isinstance(data, list):
        for value in data:
            _check_text(value)


def _is_storable(text: str) -> bool:
    """No NUL and no lone surrogate: PostgreSQL keeps neither."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
