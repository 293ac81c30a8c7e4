"""Whose credentials one may see: one's own."""

from datetime import datetime

import pytest

from aliquot.accounts.models import User
from aliquot.credentials import access, services
from aliquot.lib.errors import NotFoundError
from tests.factories.credentials import CYCLE_END, holding


def test_the_holder_sees_it(rosa: User) -> None:
    held = holding(rosa)
    assert access.held_for(rosa, held.pk) == held
    assert access.open_cycle_of(held).ends_on == CYCLE_END


def test_another_persons_an_absent_and_a_removed_one_answer_alike(
    rosa: User, stella: User, now: datetime
) -> None:
    held = holding(rosa)
    removed = holding(rosa, "ascp_mlt")
    services.remove_credential(held=removed, now=now, actor_id=rosa.pk)
    messages = []
    for person, held_id in ((stella, held.pk), (rosa, 9_999), (rosa, removed.pk)):
        with pytest.raises(NotFoundError) as refusal:
            access.held_for(person, held_id)
        messages.append(str(refusal.value))
    assert set(messages) == {"There is no such credential."}
