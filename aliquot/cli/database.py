"""``aliquot database-roles``: the SQL of the two roles on PostgreSQL."""

import argparse
from collections.abc import Sequence

from django.conf import settings

from aliquot.infra import roles


def run(argv: Sequence[str]) -> int:
    """Print the SQL that lets a role serve, but never change or delete what is append-only.

    Run what is printed as the owner of the tables. With ALIQUOT_DATABASE_APP_ROLE set, aliquot
    migrate does so by itself for the tables that it makes.
    """
    parser = argparse.ArgumentParser(prog="aliquot database-roles", description=run.__doc__)
    parser.add_argument(
        "--app",
        default=settings.DATABASE_APP_ROLE or "aliquot_app",
        metavar="ROLE",
        help="the role that serves (%(default)s)",
    )
    parser.add_argument(
        "--create", action="store_true", help="begin with the statement that makes the role"
    )
    options = parser.parse_args(argv)
    if options.create:
        print(f"{roles.creation(options.app)};")
    print("BEGIN;")
    for statement in roles.statements(options.app):
        print(f"{statement};")
    print("COMMIT;")
    return 0
