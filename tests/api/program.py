"""A program: it sends JSON or a file, and a token, and no cookie."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Any
    body: Any
    raw: bytes


@dataclass
class Program:
    """One token at work."""

    token: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, None, **headers)

    def post(self, path: str, data: Any = None, **headers: str) -> Answer:
        return self.send("POST", path, data, **headers)

    def put(self, path: str, data: Any = None, **headers: str) -> Answer:
        return self.send("PUT", path, data, **headers)

    def send(self, method: str, path: str, data: Any = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        media = sent.pop("Content-Type", "application/json")
        if isinstance(data, bytes):
            body = data
        else:
            body = b"" if data is None else json.dumps(data).encode()
        response = self.client.generic(
            method, f"/api/v1{path}", body, content_type=media, headers=sent
        )
        kind, raw = response.get("Content-Type", ""), response.getvalue()
        parsed = json.loads(raw) if "json" in kind and raw else None
        return Answer(response.status_code, response.headers, parsed, raw)
