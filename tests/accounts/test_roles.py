"""Staff roles: who may change whose, and that somebody is always left to change them."""

from datetime import datetime

import pytest

from aliquot.accounts import access, services
from aliquot.accounts.errors import LastAdministratorError, OwnRoleError
from aliquot.accounts.models import StaffRole, User
from aliquot.infra.models import AuditEntry
from aliquot.lib.errors import NotFoundError
from tests.concurrency import at_once
from tests.people import person

pytestmark = pytest.mark.django_db


def test_the_last_administrator_keeps_the_role(amara: User) -> None:
    before = AuditEntry.objects.count()
    with pytest.raises(LastAdministratorError):
        services.withdraw_staff_role(person=amara, role="administrator", actor_id=None)
    assert (access.can_administer(amara), AuditEntry.objects.count()) == (True, before)


def test_nobody_changes_their_own_role(amara: User, now: datetime) -> None:
    before = AuditEntry.objects.count()
    with pytest.raises(OwnRoleError):
        services.grant_staff_role(person=amara, role="author", now=now, actor_id=amara.pk)
    with pytest.raises(OwnRoleError):
        services.withdraw_staff_role(person=amara, role="administrator", actor_id=amara.pk)
    assert StaffRole.objects.filter(person=amara).count() == 1
    assert AuditEntry.objects.count() == before


def test_a_role_taken_twice_is_one_audit_row(amara: User, rosa: User, now: datetime) -> None:
    services.grant_staff_role(person=rosa, role="support", now=now, actor_id=amara.pk)
    for _ in range(2):
        services.withdraw_staff_role(person=rosa, role="support", actor_id=amara.pk)
    assert not access.is_staff(rosa)
    assert AuditEntry.objects.filter(action="person.role_withdrawn").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_remove_each_other_leave_one(now: datetime) -> None:
    both = [person(f"admin{number}@example.org", f"Admin {number}") for number in range(2)]
    for each in both:
        services.grant_staff_role(person=each, role="administrator", now=now, actor_id=None)

    def remove(number: int) -> str:
        try:
            services.withdraw_staff_role(
                person=both[1 - number], role="administrator", actor_id=both[number].pk
            )
        except LastAdministratorError:
            return "refused"
        return "done"

    assert sorted(at_once(2, remove)) == ["done", "refused"]
    assert StaffRole.objects.filter(role="administrator").count() == 1


def test_a_record_is_for_support_and_administrators_only(
    rosa: User, stella: User, amara: User, now: datetime
) -> None:
    services.grant_staff_role(person=stella, role="author", now=now, actor_id=None)
    assert access.person_for(amara, rosa.pk) == rosa
    for viewer, wanted in ((rosa, rosa.pk), (stella, rosa.pk), (amara, 999)):
        with pytest.raises(NotFoundError):
            access.person_for(viewer, wanted)
