"""Commands about people."""

import pytest

from aliquot.accounts.models import StaffRole, User
from aliquot.cli.accounts import role
from aliquot.infra.models import AuditEntry
from aliquot.lib.errors import NotFoundError

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_the_first_administrator_is_made_by_the_operator(
    rosa: User, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert role(["ROSA@example.org", "administrator"]) == 0
    assert "rosa@example.org has the role administrator" in capsys.readouterr().out
    assert [(row.person, row.role) for row in StaffRole.objects.all()] == [(rosa, "administrator")]
    [entry] = AuditEntry.objects.filter(action="person.role_granted")
    assert (entry.actor_id, entry.details["role"]) == (None, "administrator")


def test_nobody_gets_a_role_before_signing_up(rosa: User) -> None:
    with pytest.raises(NotFoundError, match="they must sign up first"):
        role(["nobody@example.org", "administrator"])
    with pytest.raises(SystemExit):
        role(["rosa@example.org", "king"])
    assert StaffRole.objects.count() == 0
