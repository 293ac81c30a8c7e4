"""Finding a person by e-mail address."""

import pytest
from django.db import connection

from aliquot.accounts import queries
from aliquot.accounts.models import User


def test_an_address_finds_its_person_whatever_its_case(rosa: User, stella: User) -> None:
    assert queries.person_by_email(" Rosa@Example.ORG ") == rosa
    assert User.objects.get_by_natural_key("STELLA@example.org") == stella
    assert queries.person_by_email("rosa_@example.org") is None
    assert queries.person_by_email("rosa") is None


@pytest.mark.postgresql
def test_an_address_is_found_without_reading_everybody(rosa: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = User.objects.with_address(rosa.email).explain()
    assert "user_email_whatever_case" in plan
