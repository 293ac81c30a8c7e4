"""Two roles on PostgreSQL: one owns the tables and migrates, the other serves and can only add.

The role that serves may read everything, add rows, and change or delete rows of tables that are
not append-only. It owns nothing, so it cannot switch a trigger off, drop or empty a table.
"""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from aliquot.infra import append_only
from aliquot.lib.errors import AliquotError

READ_ONLY = ("django_migrations",)


def statements(role: str) -> Iterator[str]:
    """SQL that gives a role exactly what serving needs; to be run by the owner of the tables.

    Running it again changes nothing. Raises AliquotError where there is no PostgreSQL.
    """
    _refuse_without_postgresql()
    quote = connection.ops.quote_name
    name, schema, owner = quote(role), quote(_one("current_schema()")), quote(_one("current_user"))
    kept = {*append_only.protected_tables(), *READ_ONLY}
    yield f"GRANT CONNECT ON DATABASE {quote(_one('current_database()'))} TO {name}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {name}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name}"
    yield f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA {schema} TO {name}"
    changing = [quote(table) for table in _tables() if table not in kept]
    yield f"GRANT UPDATE, DELETE ON {', '.join(changing)} TO {name}"
    for table in READ_ONLY:
        yield f"REVOKE INSERT ON {quote(table)} FROM {name}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}"
    # A table that a later migration makes is readable at once; the rest comes with ``grant``.
    yield (
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} "
        f"GRANT SELECT ON TABLES TO {name}"
    )


def creation(role: str) -> str:
    """SQL that makes the role, for whoever may make roles; it needs a password to sign in."""
    _refuse_without_postgresql()
    return f"CREATE ROLE {connection.ops.quote_name(role)} LOGIN"


def grant() -> None:
    """After a migration: give the serving role its rights, where the settings name one."""
    role = settings.DATABASE_APP_ROLE
    if not role or connection.vendor != "postgresql" or _one("current_user") == role:
        return
    with connection.cursor() as cursor:
        for statement in statements(role):
            cursor.execute(statement)


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


def _one(expression: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression}")
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def _refuse_without_postgresql() -> None:
    if connection.vendor != "postgresql":
        raise AliquotError(
            "Roles are PostgreSQL's; DATABASE_URL does not lead there. With SQLite the triggers "
            "stand alone."
        )
