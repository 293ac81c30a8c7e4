"""``aliquot grant``: a right for one course or all, until a day, for some hours."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from aliquot.accounts.models import User
from aliquot.cli.learning import run
from aliquot.cli.main import main
from aliquot.infra.models import AuditEntry
from aliquot.learning.models import Entitlement
from tests.factories.catalog import published_course

pytestmark = pytest.mark.django_db


def test_a_grant_for_everything_has_no_end_and_no_limit(
    rosa: User, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ROSA@example.org"]) == 0
    found = Entitlement.objects.get()
    assert (found.person, found.source, found.course, found.ends_at, found.hours_limit) == (
        rosa, "grant", None, None, None,
    )  # fmt: skip
    assert capsys.readouterr().out == "rosa@example.org may open every course.\n"
    entry = AuditEntry.objects.get(action="entitlement.granted")
    assert entry.actor_id is None


def test_a_grant_for_one_course_ends_at_midnight_where_the_person_lives(
    rosa: User, capsys: pytest.CaptureFixture[str]
) -> None:
    course = published_course(is_free=False)
    command = ["rosa@example.org", "--course", "HEM-101", "--until", "2099-06-30"]
    assert run([*command, "--hours", "8", "--source", "pack", "--reference", "A-17"]) == 0
    found = Entitlement.objects.get()
    assert found.course == course
    assert found.ends_at == datetime(2099, 7, 1, 4, 0, tzinfo=UTC)
    assert (found.hours_limit, found.source, found.source_reference) == (
        Decimal(8),
        "pack",
        "A-17",
    )
    assert capsys.readouterr().out == (
        "rosa@example.org may open HEM-101 through June 30, 2099, up to 8 contact hours.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nobody@example.org"], "Nobody signs in with nobody@example.org."),
        (["rosa@example.org", "--course", "XYZ-1"], "There is no course XYZ-1."),
        (["rosa@example.org", "--until", "2001-01-01"], "The end must come after the start."),
    ],
)
def test_a_refusal_is_one_sentence_and_writes_nothing(
    rosa: User, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(["grant", *arguments]) == 2
    assert sentence in capsys.readouterr().err
    assert Entitlement.objects.count() == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["--until", "June 30"], ["--hours", "many"], ["--hours", "0"], ["--hours", "NaN"],
        ["--source", "theft"],
    ],
)  # fmt: skip
def test_a_mistyped_argument_says_what_is_accepted(
    rosa: User, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        run(["rosa@example.org", *arguments])
    assert exit_.value.code == 2
    assert "accepted" in capsys.readouterr().err.replace("choose from", "accepted")
    assert Entitlement.objects.count() == 0
