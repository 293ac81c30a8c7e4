"""Fixtures that every test may use: the cast, a fixed moment, cheap passwords."""

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as property_settings

from tests.fakes.fixtures import stripe, stripe_tax
from tests.people import amara, marcus, nadia, rosa, stella

__all__ = ["amara", "marcus", "nadia", "rosa", "stella", "stripe", "stripe_tax"]

# No test measures time: on a busy machine an example may take as long as it takes.
property_settings.register_profile(
    "house", property_settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
property_settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def settings_of_tests(django_test_environment: None) -> Iterator[None]:
    """Hashing that costs nothing, static files without a manifest, mail as in life: a row.

    The test runner would keep mail in memory instead. Static files are found when one asks for
    them, not listed anew by each test client.
    """
    from django.conf import settings
    from django.test import override_settings

    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES={**settings.STORAGES, "staticfiles": static},
        MAILERS={"default": {"BACKEND": "aliquot.infra.outbox.OutboxBackend"}},
        WHITENOISE_AUTOREFRESH=True,
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def only_whole_pages_are_noted(django_test_environment: None) -> None:
    """The test client notes the context of every piece of a page; that of the page is enough."""
    from django.template import Context, Template
    from django.test.signals import template_rendered

    def render(template: Template, context: Context) -> str:
        if context.template is template:
            template_rendered.send(sender=template, template=template, context=context)
        return template.nodelist.render(context)

    Template._render = render  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def emptying_passes_the_triggers() -> Iterator[None]:
    """A transactional test empties all tables at its end, which the triggers would refuse.

    On PostgreSQL row by row: a TRUNCATE of all tables takes a second, and hardly any has rows.
    """
    from django.db import connection, transaction
    from django.test import TransactionTestCase

    from aliquot.infra import append_only

    empty = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        if connection.vendor != "postgresql":
            with append_only.lifted():
                empty(case)
            return
        tables = set(connection.introspection.django_table_names(only_existing=True))
        tables -= {"django_content_type", "auth_permission"}  # what migrating leaves
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(";".join(f'DELETE FROM "{table}"' for table in sorted(tables)))

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = empty  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def forgotten_local_cache() -> None:
    """The rows of one test are rolled back; what was cached about them must go too."""
    from django.core.cache import caches

    caches["local"].clear()


@pytest.fixture
def now() -> datetime:
    """A fixed moment: the evening of November 23, 2026, in New York."""
    return datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: the garbage collector need not look through it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what touches the database runs: pure tests have run on SQLite."""
    on_postgresql = bool(os.environ.get("ALIQUOT_TEST_DATABASE_URL"))
    kept, left = [], []
    for item in items:
        (kept if _belongs(item, on_postgresql=on_postgresql) else left).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left)


def _belongs(item: pytest.Item, *, on_postgresql: bool) -> bool:
    """Whether a test runs on this kind of database."""
    is_about_postgresql = item.get_closest_marker("postgresql") is not None
    if not on_postgresql or is_about_postgresql:
        return on_postgresql == is_about_postgresql
    if item.get_closest_marker("one_database") is not None:
        return False
    if item.get_closest_marker("both_databases") is not None:
        return True
    touches = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(touches) or item.get_closest_marker("django_db") is not None
