"""Who is behind a session, read by a statement worked out once: every page asks."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from aliquot.accounts.models import User
from aliquot.infra.statements import Given, Statement, columns_of, instance

_people = Statement(
    lambda *values: instance(User, values),
    lambda: User.objects.filter(pk=Given("id")).values_list(*columns_of(User)),
)


class Backend(AuthenticationBackend):
    """The sign-in library's, but for how a person is read; who may not sign in is nobody."""

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, or None."""
        person = next(iter(_people.rows(id=user_id)), None)
        return person if self.user_can_authenticate(person) else None
