"""``aliquot demo``: make the demonstration ready; a second time it finds everything in place."""

import argparse
import shlex

from django.conf import settings

from aliquot.demo import cast, shop
from aliquot.demo.generator.command import run as generate
from aliquot.demo.samples import import_samples
from aliquot.infra import clock, upkeep
from aliquot.lib.errors import NotAllowedError

GREETING = """
  Aliquot is ready at {url}

  Sign in with the password  {password}
{people}
  Staff also need a one-time code. Print a current one with:
    {where}ALIQUOT_PROFILE=demo .venv/bin/aliquot code amara@example.org

  Mails of this demonstration are at {url}/demo/mail/
"""


def run(argv: list[str]) -> int:
    """Set up database and files, import the sample courses, make the cast, print the sign-ins."""
    if argv[:1] == ["generate"]:
        return generate(argv[1:])
    parser = argparse.ArgumentParser(
        prog="aliquot demo",
        description=run.__doc__,
        epilog="aliquot demo generate --help: invented people by the thousand.",
    )
    parser.parse_args(argv)
    if not settings.IS_DEMO:
        raise NotAllowedError("The demonstration runs in the demo profile: ALIQUOT_PROFILE=demo.")
    upkeep.bring_database_up_to_date()
    upkeep.collect_static_files()
    imported = import_samples(settings.ROOT / "courses")
    shop.sell_courses(imported)
    now = clock.now()
    shop.open_shop(now=now)
    cast.people(now=now)
    print(greeting())  # noqa: T201 (the command's answer)
    return 0


def greeting() -> str:
    """Address and sign-ins, as printed at the start."""
    width = max(len(member.email) for member in cast.CAST)
    people = "".join(
        f"    {member.email.ljust(width)}  {member.full_name}, {member.introduction}\n"
        for member in cast.CAST
    )
    is_usual = settings.DATA == settings.ROOT / "var"
    where = "" if is_usual else f"ALIQUOT_DATA={shlex.quote(str(settings.DATA))} "
    return GREETING.format(
        url=settings.SITE_URL, password=cast.PASSWORD, people=people, where=where
    )
