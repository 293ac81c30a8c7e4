"""The same for the pages of the back office."""

from tests.api.only import Only

POWER = Only(
    "gives or takes power in the office: a person decides it in a session with a second factor, "
    "which a token lacks"
)
MONEY = Only(
    "moves money or changes what everybody pays: a person reads the facts and confirms them, in a "
    "session with a second factor, which a token lacks"
)
FOR_EVER = Only(
    "cannot be undone and is told to the holder at once: a person reads what it means and confirms "
    "it, in a session with a second factor"
)
PUBLISHING = Only(
    "part of publishing a course; the command `aliquot courses` does it from files, and a person "
    "enters what an accreditor wrote"
)
SITE = Only("what the site is: set once by a person, read on its public pages")
PAPERS = Only("the buyer's own: `get_paper_pdf` gives it to them, `send_receipt_again` sends it")
OPERATING = Only("for whoever runs the site; commands and /metrics tell the same to machines")

OFFICE: dict[str, str] = {
    "staff:home": "find_people list_office_orders list_refunds",
    "staff:people": "find_people",
    "staff:person": "get_person list_access list_completions_of",
    "staff:person_close": FOR_EVER,
    "staff:person_reopen": FOR_EVER,
    "staff:person_factors": POWER,
    "staff:role_give": POWER,
    "staff:role_withdraw": POWER,
    "staff:entitlement_grant": "grant_access",
    "staff:entitlement_withdraw": "withdraw_access",
    "staff:certificate": "verify_certificate list_completions_of",
    "staff:certificate_revoke": FOR_EVER,
    "staff:certificate_reissue": FOR_EVER,
    "staff:courses": "list_office_courses",
    "staff:course": "get_office_course",
    "staff:course_availability": PUBLISHING,
    "staff:course_free": PUBLISHING,
    "staff:course_review": PUBLISHING,
    "staff:approval_add": PUBLISHING,
    "staff:approval_withdraw": PUBLISHING,
    "staff:provider": SITE,
    "staff:provider_picture": SITE,
    "staff:accreditors": SITE,
    "staff:accreditor_add": SITE,
    "staff:accreditor": SITE,
    "staff:orders": "list_office_orders",
    "staff:order": "get_office_order",
    "staff:order_record": "record_order_payment",
    "staff:order_settle": "settle_order",
    "staff:order_end": "cancel_office_order",
    "staff:order_receipt": "send_receipt_again",
    "staff:order_paper": PAPERS,
    "staff:products": "list_office_products",
    "staff:product_add": MONEY,
    "staff:product": MONEY,
    "staff:price_set": MONEY,
    "staff:shop_settings": MONEY,
    "staff:vouchers": "list_vouchers",
    "staff:voucher_add": "make_voucher",
    "staff:voucher_withdraw": "withdraw_voucher",
    "staff:books": "list_reconciliations",
    "staff:books_export": "get_books",
    "staff:refunds": "list_refunds",
    "staff:refund": "get_refund",
    "staff:refund_approve": MONEY,
    "staff:refund_decline": MONEY,
    "staff:refund_again": MONEY,
    "staff:order_refund": MONEY,
    "staff:tax_rates": "list_tax_rates",
    "staff:tax_rate_add": MONEY,
    "staff:tax_rate_end": MONEY,
    "staff:tax_exemptions": "list_office_exemptions",
    "staff:tax_exemption_file": "get_office_exemption_file",
    "staff:tax_exemption_approve": "approve_office_exemption",
    "staff:tax_exemption_withdraw": "withdraw_office_exemption",
    "staff:webhooks": "list_webhooks",
    "staff:webhook_add": "make_webhook",
    "staff:webhook": "get_webhook list_deliveries",
    "staff:webhook_deed": "switch_webhook_off switch_webhook_on remove_webhook replay_delivery",
    "staff:audit": OPERATING,
    "staff:mail": OPERATING,
    "staff:jobs": OPERATING,
    "staff:upkeep": OPERATING,
}
