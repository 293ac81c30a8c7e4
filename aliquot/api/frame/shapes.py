"""The shapes of what goes in and out: amounts are text, days are days, nothing unknown is taken."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StrictInt,
    StrictStr,
    WithJsonSchema,
)

from aliquot.lib.decimals import shortest
from aliquot.lib.money import Money

LARGEST_ID = 2**63 - 1
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AMOUNT = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
                     r"(Z|[+-][0-9]{2}:[0-9]{2})")  # fmt: skip

Amount = Annotated[
    Decimal,
    PlainSerializer(shortest, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "examples": ["1.5", "36"]}
    ),
]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$")]
CodeIn = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]

Whole = Annotated[StrictInt, Field(ge=0, le=2**53)]
Text = Annotated[StrictStr, Field(max_length=4000)]
Line = Annotated[StrictStr, Field(max_length=200)]
Flag = StrictBool


def _checked(pattern: re.Pattern[str], accepted: str) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if isinstance(value, str) and pattern.fullmatch(value):
            return value
        raise ValueError(f"accepted: {accepted}")

    return check


DayIn = Annotated[
    date,
    BeforeValidator(_checked(_DAY, "a day such as 2026-11-23")),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-23"]}),
]
DayQuery = DayIn
AmountIn = Annotated[
    Decimal,
    BeforeValidator(_checked(_AMOUNT, 'an amount as text, such as "1.5", at most two decimals')),
    WithJsonSchema(
        {"type": "string", "pattern": r"^[0-9]{1,6}(\.[0-9]{1,2})?$", "examples": ["1.5"]}
    ),
]


def between(least: Decimal | int | str, most: int) -> AfterValidator:
    """A range for an amount, both ends accepted."""

    def check(amount: Decimal) -> Decimal:
        if not Decimal(least) <= amount <= most:
            raise ValueError(f"accepted: {least} to {most}")
        return amount

    return AfterValidator(check)


_TIME_SCHEMA = WithJsonSchema(
    {"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["21:00"]}
)
TimeIn = Annotated[time, BeforeValidator(_checked(_TIME, "a time such as 21:00")), _TIME_SCHEMA]
TimeOut = Annotated[time, PlainSerializer(lambda at: f"{at:%H:%M}", return_type=str), _TIME_SCHEMA]


MomentIn = Annotated[
    datetime,
    BeforeValidator(_checked(_MOMENT, "a moment such as 2026-11-23T20:00:00Z")),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-23T20:00:00Z"]}),
]


class Shape(BaseModel):
    """What the API gives."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Taken(BaseModel):
    """What the API takes: unknown members are refused."""

    model_config = ConfigDict(extra="forbid")


class Price(Shape):
    """An amount of money: major units as text, and the currency."""

    amount: Annotated[str, Field(examples=["95.00"])]
    currency: Annotated[str, Field(examples=["USD"])]

    @classmethod
    def of(cls, money: Money) -> Self:
        """Money as the API writes it."""
        return cls(amount=str(money.decimal), currency=money.currency)


class PriceIn(Taken):
    """An amount of money that somebody agrees to."""

    amount: Annotated[StrictStr, Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,2})?$", examples=["95.00"])]
    currency: Literal["USD"]

    def money(self) -> Money:
        """In minor units."""
        return Money.typed(self.amount, self.currency)


def one_of(values: Iterable[str], *, empty: bool = True) -> Any:
    """A text of a closed list that the schema names; "" where nothing is wished for."""
    accepted = [*([""] if empty else []), *values]

    def check(value: str) -> str:
        if value not in accepted:
            raise ValueError(f"accepted: {', '.join(each for each in accepted if each)}")
        return value

    return Annotated[
        str, AfterValidator(check), WithJsonSchema({"type": "string", "enum": accepted})
    ]
