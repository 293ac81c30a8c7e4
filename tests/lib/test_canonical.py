"""The same data gives the same digest, however it was put together."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from aliquot.lib import canonical


def test_the_order_of_keys_does_not_matter() -> None:
    assert (
        canonical.text({"b": [1, None, True], "a": "Méndez"}) == '{"a":"Méndez","b":[1,null,true]}'
    )
    assert canonical.digest({"a": 1, "b": 2}) == canonical.digest({"b": 2, "a": 1})


def test_the_digest_is_the_known_one() -> None:
    assert (
        canonical.digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    )


@pytest.mark.parametrize("data", [1.5, {"a": [0.25]}, {1: "a"}])
def test_what_has_no_single_text_is_refused(data: object) -> None:
    with pytest.raises(TypeError):
        canonical.text(data)


def test_plain_data_writes_amounts_and_dates_as_text() -> None:
    assert canonical.plain(
        {"hours": Decimal("1.50"), "on": date(2026, 11, 23), "tolerance": 0.5, "parts": (1, 2)}
    ) == {"hours": "1.5", "on": "2026-11-23", "tolerance": "0.5", "parts": [1, 2]}
    assert canonical.plain(datetime(2026, 11, 23, tzinfo=UTC)) == "2026-11-23T00:00:00+00:00"
