"""Codes that lower a price, the tax table, and certificates of tax exemption, for the office."""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpResponse
from pydantic import Field

from aliquot.accounts import access
from aliquot.accounts import services as accounts
from aliquot.api.frame import (
    Amount,
    ApiRequest,
    Area,
    Id,
    InvalidFieldError,
    Limit,
    Listed,
    Price,
    Shape,
    Start,
    Taken,
    after,
    paged,
)
from aliquot.api.frame.shapes import AmountIn, CodeIn, Line, MomentIn, PriceIn, Whole
from aliquot.api.shop.exemptions import ExemptionShape
from aliquot.api.staff.orders import READ, WRITE
from aliquot.commerce import queries, services
from aliquot.commerce.models import Product, TaxExemption, Voucher
from aliquot.commerce.queries import office
from aliquot.infra import storage
from aliquot.infra.http.downloads import attached
from aliquot.lib.errors import NotFoundError
from aliquot.lib.money import Money
from aliquot.lib.papers import EXTENSIONS

area = Area("Back office: shop", may=access.can_handle_money)
Uses = Annotated[Whole, Field(ge=1, le=1_000_000)]


class VoucherShape(Shape):
    """A code and what it takes off: a percentage or an amount. Limits null: none."""

    id: Id
    code: str
    percent_off: Amount | None
    amount_off: Price | None
    product: Annotated[str | None, Field(description="null: anything.")]
    valid_from: datetime
    valid_until: datetime | None
    limit: int | None
    limit_per_person: int | None
    note: str
    used: Annotated[int, Field(description="Uses that count.")]
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, row: Voucher, *, used: int) -> "VoucherShape":
        """As the list of codes shows it."""
        made = {"id", "amount_off", "product", "used"}
        amount = row.amount_off
        return cls(
            **{name: getattr(row, name) for name in cls.model_fields if name not in made},
            id=row.pk,
            amount_off=None if amount is None else Price.of(Money(amount, row.currency)),
            product=row.product.code if row.product else None,
            used=used,
        )


class NewVoucher(Taken):
    """A code to make: `percent_off` or `amount_off`, not both."""

    code: Annotated[Line, Field(description="5 to 40 letters, digits and hyphens.")]
    percent_off: AmountIn | None = None
    amount_off: PriceIn | None = None
    product: Annotated[CodeIn | None, Field(description="null: anything.")] = None
    valid_from: Annotated[MomentIn | None, Field(description="null: from now on.")] = None
    valid_until: MomentIn | None = None
    limit: Annotated[Uses | None, Field(description="Uses in all; null: without a limit.")] = None
    limit_per_person: Uses | None = 1
    note: Annotated[Line, Field(description="For staff only.")] = ""


class TaxRateShape(Shape):
    """A rate of the tax table. `valid_through` null: it goes on."""

    id: Id
    jurisdiction: str
    name: str
    percent: Amount
    tax_code: Annotated[str, Field(description="Empty: products of every code.")]
    valid_from: date
    valid_through: date | None


class OfficeExemption(ExemptionShape):
    """A certificate, and who sent it."""

    person_id: Id


@area.read("/staff/vouchers", scope=READ, gives=Listed[VoucherShape])
def list_vouchers(
    request: ApiRequest, cursor: Start = "", limit: Limit = 25
) -> Listed[VoucherShape]:
    """Every code, the newest first, with how often it was taken."""
    rows, following = paged(office.all_vouchers(), cursor, limit)
    items = [VoucherShape.of(row, used=row.used) for row in rows]  # type: ignore[attr-defined]
    return Listed(items=items, next=following)


@area.deed("/staff/vouchers", scope=WRITE, gives=VoucherShape, status=201)
def make_voucher(request: ApiRequest, body: NewVoucher) -> VoucherShape:
    """Make a code. 422 `voucher_refused` says what cannot be, such as a code that is there."""
    key = request.auth
    said = body.model_dump(exclude={"product", "amount_off", "valid_from"})
    row = services.create_voucher(
        **said,
        amount_off=body.amount_off.money() if body.amount_off else None,
        product=_product(body.product),
        valid_from=body.valid_from or key.now,
        now=key.now,
        actor_id=key.person.pk,
    )
    return VoucherShape.of(row, used=0)


@area.deed("/staff/vouchers/{voucher_id}/withdraw", scope=WRITE, gives=VoucherShape)
def withdraw_voucher(request: ApiRequest, voucher_id: Id) -> VoucherShape:
    """Let a code be used no more, for good. Orders placed with it keep their price."""
    key = request.auth
    found = office.all_vouchers().filter(pk=voucher_id).first()
    if found is None:
        raise NotFoundError("There is no such code.")
    row = services.withdraw_voucher(voucher=found, actor_id=key.person.pk, now=key.now)
    return VoucherShape.of(row, used=found.used)  # type: ignore[attr-defined]


@area.read("/staff/tax-rates", scope=READ, gives=Listed[TaxRateShape], may=access.can_administer)
def list_tax_rates(
    request: ApiRequest, cursor: Start = "", limit: Limit = 25
) -> Listed[TaxRateShape]:
    """The whole tax table by place, past rates too. A person enters and ends rates, on its page."""
    rows = list(queries.tax_rates())
    piece, following = after(rows, cursor, limit, key=lambda each: str(each.pk))
    return Listed(items=[TaxRateShape.model_validate(row) for row in piece], next=following)


@area.read(
    "/staff/tax-exemptions", scope=READ, gives=Listed[OfficeExemption], may=access.can_administer
)
def list_office_exemptions(
    request: ApiRequest, cursor: Start = "", limit: Limit = 25
) -> Listed[OfficeExemption]:
    """Everybody's certificates of tax exemption, the newest first."""
    rows, following = paged(queries.exemptions_to_see(), cursor, limit)
    _viewed(request, *rows)
    return Listed(items=[OfficeExemption.model_validate(row) for row in rows], next=following)


@area.read(
    "/staff/tax-exemptions/{exemption_id}/file",
    scope=READ,
    gives=None,
    media="application/pdf, image/jpeg, image/png",
    may=access.can_administer,
)
def get_office_exemption_file(request: ApiRequest, exemption_id: Id) -> HttpResponse:
    """The paper, byte for byte as it was sent."""
    exemption = _exemption(exemption_id)
    _viewed(request, exemption)
    file = exemption.file
    name = f"tax-exemption-{exemption_id}.{EXTENSIONS.get(file.media_type, 'bin')}"
    return attached(storage.read(file), file.media_type, name)


@area.deed(
    "/staff/tax-exemptions/{exemption_id}/approve",
    scope=WRITE,
    gives=OfficeExemption,
    may=access.can_administer,
)
def approve_office_exemption(request: ApiRequest, exemption_id: Id) -> OfficeExemption:
    """Let a certificate count: from now on its buyer pays no tax there.

    422 `exemption_refused`: it was withdrawn.
    """
    key = request.auth
    row = services.approve_exemption(
        exemption=_exemption(exemption_id), actor_id=key.person.pk, now=key.now
    )
    return OfficeExemption.model_validate(row)


@area.deed(
    "/staff/tax-exemptions/{exemption_id}/withdraw",
    scope=WRITE,
    gives=OfficeExemption,
    may=access.can_administer,
)
def withdraw_office_exemption(request: ApiRequest, exemption_id: Id) -> OfficeExemption:
    """Let a certificate count no more. Orders placed with it stay as they are."""
    key = request.auth
    row = services.withdraw_exemption(
        exemption=_exemption(exemption_id), actor_id=key.person.pk, now=key.now
    )
    return OfficeExemption.model_validate(row)


def _exemption(exemption_id: int) -> TaxExemption:
    found = queries.exemptions_to_see().filter(pk=exemption_id).first()
    if found is None:
        raise NotFoundError("There is no such certificate.")
    return found


def _viewed(request: ApiRequest, *rows: TaxExemption) -> None:
    people = [row.person for row in rows]
    accounts.record_viewing(people=people, page="exemptions by API", viewer=request.auth.person)


def _product(code: str | None) -> Product | None:
    if code is None:
        return None
    found = office.all_products().filter(code=code).first()
    if found is None:
        raise InvalidFieldError("product", "There is no product of this code.")
    return found
