"""Failures of the shop that a person, or somebody who pretends to be a gateway, can cause."""

from aliquot.lib.errors import AliquotError, ConflictError, NotFoundError


class OrderNotFoundError(NotFoundError):
    """There is no such order, or it is somebody else's."""

    def __init__(self) -> None:
        super().__init__("There is no such order.")


class NotForSaleError(AliquotError):
    """A product is not offered now, or not in this way."""

    code = "not_for_sale"


class CartEmptyError(AliquotError):
    """There is nothing to order."""

    code = "cart_empty"


class PriceChangedError(ConflictError):
    """The total is another than the buyer saw: it must be shown again before consent."""

    code = "price_changed"


class OrderEndedError(ConflictError):
    """The order was paid, canceled or has lapsed; this cannot be done to it any more."""

    code = "order_ended"


class PaymentMismatchError(AliquotError):
    """What the gateway reports does not fit our order: nothing was granted."""

    code = "payment_mismatch"


class ForgedEventError(AliquotError):
    """An event whose signature, age or size is not right. Nothing of it is kept."""

    code = "forged_event"


class GatewayDownError(AliquotError):
    """The gateway did not answer; nothing is known, so nothing was changed."""

    code = "gateway_down"
    is_passing = True


class TaxUnknownError(GatewayDownError):
    """The source of taxes did not answer; the tax is not known, so nothing is sold."""

    code = "tax_unknown"

    def __init__(self) -> None:
        super().__init__(
            "Tax cannot be computed now; nothing was charged. Try again in a few minutes."
        )


class TaxPlaceError(AliquotError):
    """The buyer's place is not enough to find the tax."""

    code = "tax_place"

    def __init__(self) -> None:
        super().__init__("No tax can be found for this place. Check the ZIP code and the state.")


class TaxFilingRefusedError(AliquotError):
    """The tax service refuses the record of a sale or a refund, with its reason."""

    code = "tax_filing_refused"


class VoucherRefusedError(AliquotError):
    """The code does not apply, with the reason."""

    code = "voucher_refused"


class GiftNotFoundError(NotFoundError):
    """There is no such gift, or somebody else gave it."""

    def __init__(self) -> None:
        super().__init__("There is no such gift.")


class GiftRefusedError(AliquotError):
    """The gift cannot be opened, sent or made, with the reason."""

    code = "gift_refused"


class RenewalRefusedError(AliquotError):
    """Renewal cannot be switched on, with the reason."""

    code = "renewal_refused"


class RefundRefusedError(AliquotError):
    """The refund cannot be made, with the reason."""

    code = "refund_refused"


class RefundChangedError(ConflictError):
    """The rule's answer is another than the buyer saw: it must be shown again before consent."""

    code = "refund_changed"


class TaxRateRefusedError(AliquotError):
    """The rate does not fit into the tax table, with the reason."""

    code = "tax_rate_refused"


class ExemptionRefusedError(AliquotError):
    """The certificate of an exemption cannot be taken, with the reason."""

    code = "exemption_refused"


class ExemptionNotFoundError(NotFoundError):
    """There is no such certificate, or it is somebody else's."""

    def __init__(self) -> None:
        super().__init__("There is no such certificate.")
