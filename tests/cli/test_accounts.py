"""Commands about people."""

import pytest

from aliquot.accounts.models import StaffRole, User
from aliquot.cli.accounts import end_sessions, role
from aliquot.infra.models import AuditEntry
from aliquot.lib.errors import NotFoundError
from tests.accounts.signing_in import is_in, signed_in

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


def test_somebody_or_everybody_is_signed_out_on_every_device(
    rosa: User, marcus: User, stella: User, capsys: pytest.CaptureFixture[str]
) -> None:
    browsers = [signed_in(who) for who in (rosa, rosa, marcus)]
    assert end_sessions(["ROSA@example.org"]) == 0
    assert capsys.readouterr().out == "2 sessions of rosa@example.org ended.\n"
    assert [is_in(each) for each in browsers] == [False, False, True]
    [entry] = AuditEntry.objects.filter(action="person.sessions_ended")
    assert (entry.actor_id, entry.object_id) == (None, str(rosa.pk))
    assert entry.details == {"sessions_ended": 2}
    assert end_sessions(["--everybody"]) == 0
    assert capsys.readouterr().out == "1 sessions of 1 people ended.\n"
    assert not is_in(browsers[2])
    assert end_sessions(["rosa@example.org"]) == 0
    assert AuditEntry.objects.filter(action="person.sessions_ended").count() == 2
    with pytest.raises(NotFoundError, match="Nobody signs in with"):
        end_sessions(["nobody@example.org"])
    with pytest.raises(SystemExit):
        end_sessions([])
