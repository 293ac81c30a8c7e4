"""What settings.py reads from the environment: small typed readers that fail loudly.

Every failure is one sentence that names the variable and says what would be accepted. A secret may
stand in a file instead: ``NAME_FILE`` holds its path.
"""

import os
import secrets
import stat
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

from aliquot.lib.errors import in_one_line

SHORTEST_KEY, FEWEST_CHARACTERS = 50, 12  # of a signing key: in all, and different ones
LAST_PORT = 65535
LOCAL = {"localhost", "127.0.0.1", "::1"}


def text(name: str, default: str = "") -> str:
    """A plain text setting."""
    return os.environ.get(name, default).strip()


def choice(name: str, default: str, accepted: tuple[str, ...]) -> str:
    """One of a closed list."""
    value = text(name, default)
    if value not in accepted:
        raise ImproperlyConfigured(f"{name} is {value!r}; accepted: {', '.join(accepted)}.")
    return value


def number(name: str, default: int) -> int:
    """A whole number of zero or more."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}; accepted: a whole number.")
    return int(value)


def port(name: str, default: int) -> int:
    """The number of a port to listen on; 0 lets the system choose."""
    value = number(name, default)
    if value > LAST_PORT:
        raise ImproperlyConfigured(f"{name} is {value}; accepted: a port, 0 to {LAST_PORT}.")
    return value


def has_port(parts: SplitResult) -> bool:
    """Whether the port of an address, if it names one, is the number of a port."""
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def secret(name: str) -> str:
    """A secret: from ``NAME``, or the first line of the file that ``NAME_FILE`` names.

    A file that everybody on the machine may read is refused.
    """
    given, file = text(name), text(f"{name}_FILE")
    if not file:
        return given
    if given:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set; set one of them.")
    path = Path(file)
    try:
        mode = path.stat().st_mode
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {file}.") from error
    if mode & stat.S_IROTH:
        raise ImproperlyConfigured(
            f"{name}_FILE may be read by everybody on this machine: chmod o-rwx {file}."
        )
    return content.strip()


def site_url(given: str, *, is_demo: bool) -> str:
    """Where visitors find the site, without a slash at the end; in production always https."""
    url = given.rstrip("/")
    if not url:
        raise ImproperlyConfigured("ALIQUOT_SITE_URL is missing; set it to https://your.host.")
    parts = urlsplit(url)
    is_address = parts.hostname and "@" not in parts.netloc and has_port(parts)
    if parts.scheme not in {"http", "https"} or not is_address:
        raise ImproperlyConfigured(f"ALIQUOT_SITE_URL is {given!r}; accepted: https://your.host.")
    if parts.path or parts.query or parts.fragment:
        raise ImproperlyConfigured("ALIQUOT_SITE_URL must end with the host, without a path.")
    if parts.scheme != "https" and not is_demo:
        raise ImproperlyConfigured("ALIQUOT_SITE_URL must begin with https:// in production.")
    return url


def secret_key(given: str, *, is_demo: bool, folder: Path) -> str:
    """The signing key: from the environment; the demo makes and keeps one of its own."""
    if given:
        return strong(given, name="ALIQUOT_SECRET_KEY")
    if not is_demo:
        raise ImproperlyConfigured(
            "ALIQUOT_SECRET_KEY is missing; set it to at least 50 random characters."
        )
    kept = folder / "secret_key"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(60))
    return kept.read_text()


def strong(key: str, *, name: str) -> str:
    """The key, if nobody can guess it."""
    if len(key) < SHORTEST_KEY:
        raise ImproperlyConfigured(f"{name} is too short; at least 50 characters.")
    if len(set(key)) < FEWEST_CHARACTERS or "insecure" in key.lower():
        raise ImproperlyConfigured(
            f"{name} can be guessed; make one with python -c "
            "'import secrets; print(secrets.token_urlsafe(60))'."
        )
    return key


def database(url: str, *, is_demo: bool, folder: Path) -> dict[str, Any]:
    """What DATABASE_URL says; ``sqlite``, or nothing in the demo, is a file in the data folder."""
    if url == "sqlite" or (not url and is_demo):
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / "aliquot.sqlite3",
            # A file, as in life: threads and processes of a test see the same locks.
            "TEST": {"NAME": folder / "test.sqlite3"},
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    if not url:
        raise ImproperlyConfigured(
            "DATABASE_URL is missing; set it to postgresql://user:password@host:5432/name, or to "
            "sqlite if this site will only ever live on one machine."
        )
    if not url.startswith(("postgresql://", "postgres://")):
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql:// or be sqlite.")
    from psycopg import Error
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = conninfo_to_dict(url)
    except Error as error:
        words = in_one_line(error)
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {words}") from error
    if not parts.get("dbname"):
        raise ImproperlyConfigured(
            "DATABASE_URL names no database; set it to postgresql://user:password@host:5432/name."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        # A connection stays with its thread; docs/decisions has why there is no pool of ours.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # Behind PgBouncer the next statement may meet another server process.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {**parts, "prepare_threshold": None},
    }


def shared_caches(url: str) -> dict[str, dict[str, Any]]:
    """The cache that all processes share: a table, or the server that CACHE_URL names.

    Behind the server the table stays, for when the server is away.
    """
    table = {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
    }
    if not url:
        return {"default": table}
    parts = urlsplit(url)
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname or not has_port(parts):
        raise ImproperlyConfigured(
            "CACHE_URL must look like redis://user:password@host:6379/0 or rediss://…."
        )
    server = {
        "BACKEND": "aliquot.infra.shared_cache.SharedCache",
        "LOCATION": url,
        "KEY_PREFIX": "aliquot",
        # A server that hangs must not hang a sign-in for longer than this.
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
    return {"default": server, "behind": table}


def stored_files(
    *, bucket: str, endpoint: str, region: str, key: str, secret: str, prefix: str, folder: Path
) -> dict[str, Any]:
    """Where files are kept: a folder, or a private bucket that speaks the S3 protocol."""
    if not bucket:
        if endpoint or key:
            raise ImproperlyConfigured(
                "ALIQUOT_S3_BUCKET is missing, but other settings of a bucket are there; without "
                "it files would be kept in ALIQUOT_DATA."
            )
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder / "files"},
        }
    if bool(key) != bool(secret):
        raise ImproperlyConfigured(
            "ALIQUOT_S3_ACCESS_KEY and ALIQUOT_S3_SECRET_KEY belong together; set both, or "
            "neither where the machine has a role of its own."
        )
    if endpoint:
        parts = urlsplit(endpoint)
        is_safe = parts.scheme == "https" or parts.hostname in LOCAL
        if not is_safe or not parts.hostname or not has_port(parts):
            raise ImproperlyConfigured(
                "ALIQUOT_S3_ENDPOINT must begin with https:// unless it is on this machine."
            )
    options = {
        "bucket_name": bucket,
        "endpoint_url": endpoint or None,
        "region_name": region or None,
        "access_key": key or None,
        "secret_key": secret or None,
        "location": prefix.strip("/"),
    }
    return {"BACKEND": "aliquot.infra.bucket.PrivateBucket", "OPTIONS": options}
