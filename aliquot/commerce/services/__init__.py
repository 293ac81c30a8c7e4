"""Deeds of the shop: the only writers of its rows. Stories across rooms are in flows."""

from aliquot.commerce.services.alerts import note_mismatch
from aliquot.commerce.services.carts import (
    add_to_cart,
    remove_from_cart,
    set_cart_quantity,
    set_cart_voucher,
    take_ordered_out,
)
from aliquot.commerce.services.documents import issue_document, send_document
from aliquot.commerce.services.erasing import erase_buying
from aliquot.commerce.services.events import note_event, prune_events, store_event
from aliquot.commerce.services.gifts import send_gift, send_gift_again, set_cart_gift
from aliquot.commerce.services.orders import end_order, grant_line, place_order
from aliquot.commerce.services.payments import (
    abandon_asked,
    ask_payment,
    enter_movement,
    name_payment,
    open_payment,
    set_payment_state,
)
from aliquot.commerce.services.products import save_product, set_price
from aliquot.commerce.services.reconciliations import keep_reconciliation
from aliquot.commerce.services.refunds import (
    approve_refund,
    cancel_gifts,
    decline_refund,
    fail_refund,
    lock_refund,
    note_refund_sent,
    open_refund,
    settle_refund,
    stop_renewals,
    trace_refund,
)
from aliquot.commerce.services.renewals import (
    finish_renewal,
    note_renewal_attempt,
    switch_off_renewal,
    switch_on_renewal,
)
from aliquot.commerce.services.seeds import seed_products
from aliquot.commerce.services.shop_settings import save_shop_settings
from aliquot.commerce.services.tax_filings import note_tax_filed, note_tax_refused
from aliquot.commerce.services.taxes import (
    MOST_READ,
    add_tax_rate,
    approve_exemption,
    end_tax_rate,
    opened_certificate,
    send_exemption,
    withdraw_exemption,
)
from aliquot.commerce.services.vouchers import create_voucher, withdraw_voucher

__all__ = [
    "MOST_READ",
    "abandon_asked",
    "add_tax_rate",
    "add_to_cart",
    "approve_exemption",
    "approve_refund",
    "ask_payment",
    "cancel_gifts",
    "create_voucher",
    "decline_refund",
    "end_order",
    "end_tax_rate",
    "enter_movement",
    "erase_buying",
    "fail_refund",
    "finish_renewal",
    "grant_line",
    "issue_document",
    "keep_reconciliation",
    "lock_refund",
    "name_payment",
    "note_event",
    "note_mismatch",
    "note_refund_sent",
    "note_renewal_attempt",
    "note_tax_filed",
    "note_tax_refused",
    "open_payment",
    "open_refund",
    "opened_certificate",
    "place_order",
    "prune_events",
    "remove_from_cart",
    "save_product",
    "save_shop_settings",
    "seed_products",
    "send_document",
    "send_exemption",
    "send_gift",
    "send_gift_again",
    "set_cart_gift",
    "set_cart_quantity",
    "set_cart_voucher",
    "set_payment_state",
    "set_price",
    "settle_refund",
    "stop_renewals",
    "store_event",
    "switch_off_renewal",
    "switch_on_renewal",
    "take_ordered_out",
    "trace_refund",
    "withdraw_exemption",
    "withdraw_voucher",
]
