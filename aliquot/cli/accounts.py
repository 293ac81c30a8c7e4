"""Commands about people."""

import argparse


def code(argv: list[str]) -> int:
    """Print the current one-time code of a demo person; 0, or 2 with one sentence."""
    parser = argparse.ArgumentParser(
        prog="aliquot code",
        description="Print the current one-time code of a member of the demo staff.",
    )
    parser.add_argument("email", help="the address the person signs in with")
    options = parser.parse_args(argv)

    from aliquot.accounts.adapters.second_factor import current_code
    from aliquot.accounts.queries import person_by_email
    from aliquot.infra import clock
    from aliquot.lib.errors import NotFoundError

    person = person_by_email(options.email)
    if person is None:
        raise NotFoundError(f"Nobody signs in with {options.email}.")
    print(current_code(person=person, now=clock.now()))
    return 0


def role(argv: list[str]) -> int:
    """Give a person a staff role, the first administrator above all; 0, or 2 with one sentence."""
    from aliquot.accounts.models import StaffRole

    parser = argparse.ArgumentParser(
        prog="aliquot role",
        description="Give a person who has signed up a staff role; all their sessions end.",
    )
    parser.add_argument("email", help="the address the person signs in with")
    parser.add_argument("role", choices=StaffRole.Role.values)
    options = parser.parse_args(argv)

    from aliquot.accounts.queries import person_by_email
    from aliquot.accounts.services import grant_staff_role
    from aliquot.infra import clock
    from aliquot.lib.errors import NotFoundError

    person = person_by_email(options.email)
    if person is None:
        raise NotFoundError(f"Nobody signs in with {options.email}; they must sign up first.")
    grant_staff_role(person=person, role=options.role, now=clock.now(), actor_id=None)
    print(f"{person.email} has the role {options.role}; a second factor is asked for next.")
    return 0
