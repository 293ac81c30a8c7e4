"""Who may do what with whom."""

from aliquot.accounts.facts import SCOPES, STAFF_SCOPES
from aliquot.accounts.models import ApiToken, LicenseNumber, StaffRole, User
from aliquot.accounts.queries import has_second_factor, roles_of, tokens_of
from aliquot.lib.errors import NotFoundError


def license_number_for(person: User, number_id: int) -> LicenseNumber:
    """One of the person's own license numbers; absent and another's answer alike."""
    found = LicenseNumber.objects.filter(person=person, pk=number_id).first()
    if found is None:
        raise NotFoundError("There is no such license number.")
    return found


def token_for(person: User, token_id: int) -> ApiToken:
    """One of the person's own tokens; absent, revoked and another's answer alike."""
    found = tokens_of(person).filter(pk=token_id).first()
    if found is None:
        raise NotFoundError("There is no such token.")
    return found


def scopes_for(person: User) -> dict[str, str]:
    """What a token of this person may be allowed; the back office only with a second factor."""
    if is_staff(person) and has_second_factor(person):
        return SCOPES | STAFF_SCOPES
    return SCOPES


def is_staff(person: User) -> bool:
    """Whether the person holds any staff role; staff need a second factor to work."""
    return bool(roles_of(person))


def can_administer(person: User) -> bool:
    """Whether the person may change courses, approvals and certificates."""
    return StaffRole.Role.ADMINISTRATOR in roles_of(person)


def can_support(person: User) -> bool:
    """Whether the person may look up another person and help."""
    return bool(roles_of(person) & {StaffRole.Role.ADMINISTRATOR, StaffRole.Role.SUPPORT})


def can_handle_money(person: User) -> bool:
    """Whether the person may see orders and decide about refunds."""
    return bool(roles_of(person) & {StaffRole.Role.ADMINISTRATOR, StaffRole.Role.FINANCE})


def can_see_orders(person: User) -> bool:
    """Whether the person may look at orders: finance, and support, who may not change them."""
    return can_handle_money(person) or can_support(person)


def person_for(viewer: User, person_id: int) -> User:
    """Somebody's record, for staff who may look people up. Raises NotFoundError for all others.

    Whoever shows it calls ``services.record_viewing``: every such read is logged.
    """
    found = User.objects.filter(pk=person_id).first() if can_support(viewer) else None
    if found is None:
        raise NotFoundError("There is no such person.")
    return found
