"""Record the first released schema anew: its migrations, and rows as they were in its tables.

``python -m tests.infra.schema.record``, by hand, at the first release and never after it.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
SCHEMA, ROWS = FOLDER / "first_schema.txt", FOLDER / "first_rows.json"
NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
MADE_BY_DJANGO = {"auth", "contenttypes"}  # after every migration, by itself
HEADING = """\
# The schema of the first release: every migration it had. The linter judges what comes after;
# tests/infra/schema/test_upgrade.py migrates from here, with first_rows.json, to the newest.
"""


def live() -> None:
    """Something of everything: people, a finished course, a credential, orders in the shop."""
    from django.core.mail import send_mail

    from aliquot.infra import seals
    from tests.factories.certificates import certificate
    from tests.factories.credentials import declared, holding, outside_offer
    from tests.factories.learning import started
    from tests.factories.purchases import purchases
    from tests.people import person

    rosa = person("rosa@example.org", "Rosa Méndez")
    amara = person("amara@example.org", "Amara Okafor")
    before = NOW - timedelta(days=3)
    course = certificate(rosa, before).completion.enrollment.version.course
    started(amara, course, before)
    purchases(rosa, amara, before)
    declared(holding(rosa), NOW)
    outside_offer(rosa, NOW)
    send_mail("Code", "123456", None, ["rosa@example.org"])
    seals.seal_entries(now=NOW)


def rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, by model."""
    from django.apps import apps

    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.app_label not in MADE_BY_DJANGO and model._base_manager.exists()
    }


def main() -> None:
    """Make a database, live in it, and write down what there is."""
    import tests.environment  # noqa: F401 (the settings of the tests)

    os.environ["DJANGO_SETTINGS_MODULE"] = "aliquot.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.core.serializers.json import DjangoJSONEncoder
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0)
    live()
    applied = sorted(MigrationRecorder(connection).applied_migrations())
    SCHEMA.write_text(HEADING + "".join(f"{app} {name}\n" for app, name in applied))
    text = json.dumps(rows(), cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, indent=0)
    ROWS.write_text(text + "\n")


if __name__ == "__main__":
    main()
