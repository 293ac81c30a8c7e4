"""What stops the start: each unsafe setting by one sentence, and nothing else does."""

import os
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from aliquot.infra import start
from tests.infra.own_site import ROOT

KEY = "k3Y-" * 5 + "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ"
SAFE = {
    "ALIQUOT_PROFILE": "production",
    "ALIQUOT_SITE_URL": "https://ce.example.org",
    "ALIQUOT_SECRET_KEY": KEY,
    "ALIQUOT_MAIL_URL": "smtp://desk:word@mail.example.org:587",
    "ALIQUOT_MAIL_FROM": "CE desk <ce@example.org>",
    "ALIQUOT_TRUSTED_PROXIES": "1",
    "DATABASE_URL": "postgresql://aliquot:word@db.example.org/aliquot",
}


def read(monkeypatch: pytest.MonkeyPatch, folder: Path, **environment: str) -> dict[str, Any]:
    """settings.py as a process with this environment would read it."""
    for name in list(os.environ):
        if name.startswith("ALIQUOT_") or name in {"DATABASE_URL", "CACHE_URL", "PORT", "HOST"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("ALIQUOT_DATA", str(folder))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "aliquot" / "settings.py"))


def refused(monkeypatch: pytest.MonkeyPatch, folder: Path, **environment: str) -> str:
    """The sentence that stops a start with this environment; ``""`` if nothing does."""
    try:
        start.check_settings(SimpleNamespace(**read(monkeypatch, folder, **environment)))
    except ImproperlyConfigured as error:
        return str(error)
    return ""


def test_a_production_site_with_all_it_needs_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert refused(monkeypatch, tmp_path, **SAFE) == ""


def test_a_production_site_guards_cookies_and_passwords(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    values = read(monkeypatch, tmp_path, **SAFE)
    for name in ("SESSION", "CSRF", "THEME", "TEXT_SIZE", "MESSAGES"):
        assert values[f"{name}_COOKIE_NAME"].startswith("__Host-")
    for name in ("SESSION", "CSRF"):
        assert values[f"{name}_COOKIE_SECURE"] is True
        assert values[f"{name}_COOKIE_HTTPONLY"] is True
        assert values[f"{name}_COOKIE_SAMESITE"] == "Lax"
    assert values["PASSWORD_HASHERS"] == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert values["SECURE_SSL_REDIRECT"] is True
    assert values["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert values["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True


def test_the_demo_needs_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert refused(monkeypatch, tmp_path, ALIQUOT_PROFILE="demo") == ""
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


UNSAFE = [
    ("ALIQUOT_PROFILE", "staging", "ALIQUOT_PROFILE is 'staging'; accepted: demo, production."),
    ("ALIQUOT_SITE_URL", "", "ALIQUOT_SITE_URL is missing; set it to https://your.host."),
    (
        "ALIQUOT_SITE_URL",
        "http://ce.example.org",
        "ALIQUOT_SITE_URL must begin with https:// in production.",
    ),
    (
        "ALIQUOT_SITE_URL",
        "https://ce.example.org/learn",
        "ALIQUOT_SITE_URL must end with the host, without a path.",
    ),
    (
        "ALIQUOT_SITE_URL",
        "ce.example.org",
        "ALIQUOT_SITE_URL is 'ce.example.org'; accepted: https://your.host.",
    ),
    (
        "ALIQUOT_SITE_URL",
        "https://localhost",
        "ALIQUOT_SITE_URL must be the host by which visitors find the site.",
    ),
    (
        "ALIQUOT_SECRET_KEY",
        "",
        "ALIQUOT_SECRET_KEY is missing; set it to at least 50 random characters.",
    ),
    (
        "ALIQUOT_SECRET_KEY",
        "short",
        "ALIQUOT_SECRET_KEY is too short; at least 50 characters.",
    ),
    (
        "ALIQUOT_SECRET_KEY",
        "changeme" * 8,
        (
            "ALIQUOT_SECRET_KEY can be guessed; make one with python -c "
            "'import secrets; print(secrets.token_urlsafe(60))'."
        ),
    ),
    (
        "ALIQUOT_SECRET_KEY",
        f"django-insecure-{KEY}",
        (
            "ALIQUOT_SECRET_KEY can be guessed; make one with python -c "
            "'import secrets; print(secrets.token_urlsafe(60))'."
        ),
    ),
    (
        "ALIQUOT_SECRET_KEY_FALLBACKS",
        "old",
        "A key among ALIQUOT_SECRET_KEY_FALLBACKS is too short; at least 50 characters.",
    ),
    (
        "ALIQUOT_SECRET_KEY_FALLBACKS",
        KEY,
        "ALIQUOT_SECRET_KEY is also among ALIQUOT_SECRET_KEY_FALLBACKS; take it out there.",
    ),
    (
        "DATABASE_URL",
        "",
        (
            "DATABASE_URL is missing; set it to postgresql://user:password@host:5432/name, or to "
            "sqlite if this site will only ever live on one machine."
        ),
    ),
    (
        "DATABASE_URL",
        "mysql://host/name",
        "DATABASE_URL must begin with postgresql:// or be sqlite.",
    ),
    (
        "ALIQUOT_MAIL_URL",
        "",
        (
            "ALIQUOT_MAIL_URL and ALIQUOT_MAIL_FROM are missing; set them to your mail server "
            "(smtp://user:password@host:587) and sender."
        ),
    ),
    (
        "ALIQUOT_MAIL_URL",
        "mail.example.org",
        "ALIQUOT_MAIL_URL must look like smtp://user:password@host:587 or smtps://…:465.",
    ),
    (
        "ALIQUOT_MAIL_URL",
        "smtp://desk:word@mail.example.org?starttls=off",
        "ALIQUOT_MAIL_URL sends a password over the network without encryption.",
    ),
    (
        "ALIQUOT_MAIL_FROM",
        "Aliquot demo <demo@localhost>",
        "ALIQUOT_MAIL_FROM must be an address of yours, such as CE desk <ce@your.host>.",
    ),
    (
        "ALIQUOT_TRUSTED_PROXIES",
        "0",
        (
            "ALIQUOT_TRUSTED_PROXIES is 0, but in production a proxy with TLS stands before this "
            "server; set it to how many proxies of yours there are, usually 1."
        ),
    ),
    (
        "ALIQUOT_TRUSTED_PROXIES",
        "yes",
        "ALIQUOT_TRUSTED_PROXIES is 'yes'; accepted: a whole number.",
    ),
    (
        "ALIQUOT_ALLOWED_HOSTS",
        "10.0.0.4,*",
        "ALIQUOT_ALLOWED_HOSTS must name hosts; a pattern would let strangers choose one.",
    ),
    (
        "ALIQUOT_LOG_LEVEL",
        "verbose",
        "ALIQUOT_LOG_LEVEL is 'verbose'; accepted: DEBUG, INFO, WARNING, ERROR.",
    ),
    ("ALIQUOT_THREADS", "0", "ALIQUOT_THREADS is 0; accepted: 1 or more."),
    (
        "ALIQUOT_METRICS_TOKEN",
        "token",
        "ALIQUOT_METRICS_TOKEN is too short; at least 32 random characters, or nothing.",
    ),
    (
        "ALIQUOT_METRICS_ADDRESSES",
        "10.0.0.0/24,watch.example.org",
        (
            "ALIQUOT_METRICS_ADDRESSES holds 'watch.example.org'; accepted: addresses and networks "
            "such as 10.0.0.7, 10.0.0.0/24."
        ),
    ),
    (
        "ALIQUOT_METRICS_ADDRESSES",
        "0.0.0.0/0",
        "ALIQUOT_METRICS_ADDRESSES holds 0.0.0.0/0, which is nearly everybody.",
    ),
    ("PORT", "80000", "PORT is 80000; accepted: a port, 0 to 65535."),
    (
        "ALIQUOT_SITE_URL",
        "https://ce.example.org:port",
        "ALIQUOT_SITE_URL is 'https://ce.example.org:port'; accepted: https://your.host.",
    ),
    (
        "ALIQUOT_MAIL_URL",
        "smtp://mail.example.org:99999",
        "ALIQUOT_MAIL_URL must look like smtp://user:password@host:587 or smtps://…:465.",
    ),
    (
        "ALIQUOT_MAIL_FROM",
        "desk@localhost",
        "ALIQUOT_MAIL_FROM must be an address of yours, such as CE desk <ce@your.host>.",
    ),
    (
        "DATABASE_URL",
        "postgresql://aliquot:word@db.example.org/aliquot?pool=5",
        'DATABASE_URL cannot be read: invalid URI query parameter: "pool"',
    ),
    (
        "DATABASE_URL",
        "postgresql://aliquot:word@db.example.org",
        "DATABASE_URL names no database; set it to postgresql://user:password@host:5432/name.",
    ),
    (
        "ALIQUOT_S3_ENDPOINT",
        "https://files.example.org",
        (
            "ALIQUOT_S3_BUCKET is missing, but other settings of a bucket are there; without it "
            "files would be kept in ALIQUOT_DATA."
        ),
    ),
    (
        "CACHE_URL",
        "redis://10.0.0.9:port/0",
        "CACHE_URL must look like redis://user:password@host:6379/0 or rediss://….",
    ),
    (
        "CACHE_URL",
        "memcached://10.0.0.9",
        "CACHE_URL must look like redis://user:password@host:6379/0 or rediss://….",
    ),
]


@pytest.mark.parametrize(("name", "value", "sentence"), UNSAFE)
def test_an_unsafe_setting_stops_the_start_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    value: str,
    sentence: str,
) -> None:
    assert refused(monkeypatch, tmp_path, **SAFE | {name: value}) == sentence


BUCKET = {"ALIQUOT_S3_BUCKET": "aliquot-files"}


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        (
            {"ALIQUOT_S3_ACCESS_KEY": "AK"},
            (
                "ALIQUOT_S3_ACCESS_KEY and ALIQUOT_S3_SECRET_KEY belong together; set both, or "
                "neither where the machine has a role of its own."
            ),
        ),
        (
            {"ALIQUOT_S3_ENDPOINT": "http://files.example.org"},
            "ALIQUOT_S3_ENDPOINT must begin with https:// unless it is on this machine.",
        ),
        ({"ALIQUOT_S3_ENDPOINT": "http://127.0.0.1:9000"}, ""),
        ({}, ""),
    ],
)
def test_half_a_bucket_stops_the_start(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    environment: dict[str, str],
    sentence: str,
) -> None:
    assert refused(monkeypatch, tmp_path, **SAFE | BUCKET | environment) == sentence


def test_settings_derived_from_ours_are_judged_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    derived = {**read(monkeypatch, tmp_path, **SAFE), "DEBUG": True}
    with pytest.raises(ImproperlyConfigured, match="DEBUG is on: it shows settings and source"):
        start.check_settings(SimpleNamespace(**derived))


def test_sqlite_in_production_is_what_somebody_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    values = read(monkeypatch, tmp_path, **SAFE | {"DATABASE_URL": "sqlite"})
    assert values["DATABASES"]["default"]["NAME"] == tmp_path / "aliquot.sqlite3"


def test_postgresql_is_spoken_to_as_a_pooler_bears(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = read(monkeypatch, tmp_path, **SAFE)["DATABASES"]["default"]
    assert (given["HOST"], given["NAME"]) == ("db.example.org", "aliquot")
    assert given["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert given["OPTIONS"] == {"prepare_threshold": None}


def test_a_cache_server_takes_the_place_of_the_table(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = read(monkeypatch, tmp_path, **SAFE)["CACHES"]["default"]
    server = read(monkeypatch, tmp_path, **SAFE, CACHE_URL="rediss://:word@cache:6379/0")
    assert table["LOCATION"] == "shared_cache"
    assert server["CACHES"]["default"]["BACKEND"].endswith("SharedCache")
    assert server["CACHES"]["behind"] == table
    assert server["CACHES"]["default"]["LOCATION"] == "rediss://:word@cache:6379/0"
    assert server["CACHES"]["local"]["BACKEND"].endswith("LocalCache")


def test_a_secret_may_stand_in_a_file_that_not_everybody_may_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    file.chmod(0o640)
    environment = {name: value for name, value in SAFE.items() if name != "ALIQUOT_SECRET_KEY"}
    environment["ALIQUOT_SECRET_KEY_FILE"] = str(file)
    assert read(monkeypatch, tmp_path, **environment)["SECRET_KEY"] == KEY
    assert refused(monkeypatch, tmp_path, **environment, ALIQUOT_SECRET_KEY=KEY) == (
        "ALIQUOT_SECRET_KEY and ALIQUOT_SECRET_KEY_FILE are both set; set one of them."
    )
    file.chmod(0o644)
    assert refused(monkeypatch, tmp_path, **environment) == (
        f"ALIQUOT_SECRET_KEY_FILE may be read by everybody on this machine: chmod o-rwx {file}."
    )
    file.unlink()
    assert refused(monkeypatch, tmp_path, **environment) == (
        f"ALIQUOT_SECRET_KEY_FILE cannot be read: {file}."
    )
