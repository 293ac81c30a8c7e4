"""Commands about people."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aliquot.accounts.models import User


def person_with(email: str, *, otherwise: str = "") -> "User":
    """Whoever signs in with this address. Raises NotFoundError, with more words if there are."""
    from aliquot.accounts.queries import person_by_email
    from aliquot.lib.errors import NotFoundError

    person = person_by_email(email)
    if person is None:
        raise NotFoundError(f"Nobody signs in with {email}{otherwise}.")
    return person


def code(argv: list[str]) -> int:
    """Print the current one-time code of a demo person; 0, or 2 with one sentence."""
    parser = argparse.ArgumentParser(
        prog="aliquot code",
        description="Print the current one-time code of a member of the demo staff.",
    )
    parser.add_argument("email", help="the address the person signs in with")
    options = parser.parse_args(argv)

    from aliquot.accounts.adapters.second_factor import current_code
    from aliquot.infra import clock

    person = person_with(options.email)
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

    from aliquot.accounts.services import grant_staff_role
    from aliquot.infra import clock

    person = person_with(options.email, otherwise="; they must sign up first")
    grant_staff_role(person=person, role=options.role, now=clock.now(), actor_id=None)
    print(f"{person.email} has the role {options.role}; a second factor is asked for next.")
    return 0


def end_sessions(argv: list[str]) -> int:
    """Sign somebody out on every device, or everybody; 0, or 2 with one sentence."""
    parser = argparse.ArgumentParser(
        prog="aliquot end-sessions",
        description="Sign a person out on every device, or everybody. Passwords, second factors "
        "and API tokens stay.",
    )
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("email", nargs="?", help="the address the person signs in with")
    who.add_argument("--everybody", action="store_true", help="all people of the site")
    options = parser.parse_args(argv)

    from aliquot.accounts.queries import people_with_sessions
    from aliquot.accounts.services import end_sessions as end

    if options.everybody:
        ended = [end(person=person, actor_id=None) for person in people_with_sessions()]
        print(f"{sum(ended)} sessions of {len(ended)} people ended.")
        return 0
    person = person_with(options.email)
    print(f"{end(person=person, actor_id=None)} sessions of {person.email} ended.")
    return 0


def remove_factors(argv: list[str]) -> int:
    """Remove the second factors of somebody who lost them; 0, or 2 with one sentence."""
    parser = argparse.ArgumentParser(
        prog="aliquot remove-factors",
        description="Remove one-time codes, recovery codes and passkeys of a person who lost them; "
        "all their sessions end, and a mail tells them.",
    )
    parser.add_argument("email", help="the address the person signs in with")
    parser.add_argument(
        "--because",
        required=True,
        metavar="WHY",
        help="who asked, and how you made sure who it is; stays in the audit trail",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask before it is done")
    options = parser.parse_args(argv)

    from aliquot.accounts import services
    from aliquot.accounts.errors import InvalidProfileError
    from aliquot.accounts.queries import factors_of, roles_of
    from aliquot.lib.errors import AliquotError

    person = person_with(options.email)
    factors = ", ".join(factors_of(person))
    if not factors:
        print(f"{person.email} has no second factor; nothing was changed.")
        return 0
    who = ", ".join([str(person), person.email, *sorted(roles_of(person))])
    if not (options.yes or _is_confirmed(f"{who}: {factors}")):
        raise AliquotError("Nothing was changed. It is done after the answer yes, or with --yes.")
    try:
        services.remove_factors(person=person, because=options.because, actor_id=None)
    except InvalidProfileError as error:
        parser.error(f"--because: {error.message}")
    print(f"{person.email}: {factors} removed, all sessions ended, a mail is on its way.")
    return 0


def _is_confirmed(what: str) -> bool:
    """Show what would go, and ask; no answer is no."""
    print(what)
    try:
        answer = input("Remove all of this? Be sure who asked for it. Type yes: ")
    except EOFError:
        print()
        return False
    return answer.strip().lower() == "yes"


def secrets(argv: list[str]) -> int:
    """Say under which keys secrets are kept; 1 if some are unreadable, or wait for the present key.

    ``--encrypt`` brings them under the present key; ``--forget-unreadable`` removes the rest.
    """
    parser = argparse.ArgumentParser(
        prog="aliquot secrets",
        description="Say under which keys the secrets of one-time and recovery codes are kept.",
    )
    parser.add_argument(
        "--encrypt", action="store_true", help="bring all under the present key, at once"
    )
    parser.add_argument(
        "--forget-unreadable",
        action="store_true",
        help="the key is lost: remove the codes that nobody can read; their people are told",
    )
    options = parser.parse_args(argv)

    from aliquot.accounts import services
    from aliquot.accounts.queries import codes_by_key
    from aliquot.infra import encryption

    if options.encrypt:
        print(f"{services.encrypt_anew()} brought under the present key")
    if options.forget_unreadable:
        print(f"codes of {services.forget_unreadable()} people removed")
    present, *former = encryption.known_names()
    found = codes_by_key()
    of_former = sum(found.get(name, 0) for name in former)
    unreadable = sum(number for name, number in found.items() if name not in {"", present, *former})
    print(f"under the present key: {found.get(present, 0)}")
    print(f"under a former key: {of_former}")
    print(f"not encrypted yet: {found.get('', 0)}")
    print(f"under a key that is not here: {unreadable}")
    return 1 if of_former or found.get("") or unreadable else 0
