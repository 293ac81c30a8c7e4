"""The rows of the API's permission matrix: every operation, who may use it, and a fitting body."""

from dataclasses import dataclass
from typing import Any

from tests.factories.assessment import token
from tests.factories.papers import pdf


@dataclass(frozen=True)
class Row:
    """``guard``: public, own, owner, staff or administrator; ``scope`` as the code must have it.

    ``values`` name what of the world stands in the path; ``body`` would be accepted, and may hold
    ``{a_name}`` of it, too.
    """

    guard: str
    scope: str = ""
    values: tuple[tuple[str, str], ...] = ()
    body: Any = None
    media: str = "application/json"
    query: str = ""
    shows_name: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    may_be_empty: bool = False  # 422 where there is nothing to buy or to renew


CODE = (("code", "code"),)
ENROLLMENT = (("enrollment_id", "enrollment_id"),)
PAGE = (*ENROLLMENT, ("page", "page_slug"))
ATTEMPT = (*ENROLLMENT, ("attempt_id", "attempt_id"))
ACTIVITY = (("activity_id", "activity_id"),)
PROOF = (*ACTIVITY, ("proof_id", "proof_id"))
IMPORT = (("import_id", "import_id"),)
HELD = (("held_id", "held_id"),)
DECLARED = (("held_id", "declared_held_id"),)
DECLARATION = (*DECLARED, ("declaration_id", "declaration_id"))
OFFERED = (("offer_id", "offer_id"),)
OFFER = {
    "title": "Urinalysis, an update",
    "provider": "A society",
    "parts": [{"hours": "2", "areas": ["chemistry"]}],
    "approvals": [],
    "price": {"amount": "20.00", "currency": "USD"},
}
ITEM = (("item_id", "item_id"),)
GIFT = (("gift_id", "gift_id"),)
EXEMPTION = (("exemption_id", "exemption_id"),)
WEBHOOK = (("webhook_id", "1"),)
PERSON = (("person_id", "person_id"),)
ORDER = (("number", "order_number"),)
SAVE = {"answer": None, "sequence": 0}
CLAIM = {
    "title": "A webinar",
    "provider": "A society",
    "approvals": [],
    "completed_on": "2026-03-01",
    "amount": "1.5",
    "areas": ["hematology"],
}
TABLE = (
    b"title,provider,date,amount,kind,areas\nA webinar,A society,2026-03-01,1.5,hours,hematology\n"
)
EVALUATION = {
    "objectives": {"choose-area": "met", "count-cells": "partly"},
    **dict.fromkeys(("author", "content", "methods", "facilities", "experience"), 4),
    "bias": False,
    "minutes": 75,
}
MATRIX = {
    "list_courses": Row("public"),
    "get_course": Row("public", values=(("code", "course_code"),)),
    "get_preview_page": Row("public", values=(("code", "HEM-101"), ("page", "preview_slug"))),
    "list_areas": Row("public"),
    "verify_certificate": Row("public", values=CODE, shows_name=True),
    "list_credentials": Row("public"),
    "get_profile": Row("own", "profile:read"),
    "save_profile": Row(
        "own", "profile:write", body={"full_name": "R. Méndez", "time_zone": "America/Chicago"}
    ),
    "keep_license": Row(
        "own",
        "profile:write",
        body={"state": "TN", "profession": "Technologist", "number": "TN 11111"},
    ),
    "remove_license": Row("owner", "profile:write", (("license_id", "number_id"),)),
    "list_tokens": Row("own", "profile:read"),
    "revoke_token": Row("owner", "profile:write", (("token_id", "token_id"),)),
    "copy_records": Row("own", "account:export"),
    "get_closing_terms": Row("own", "account:close"),
    "close_own_account": Row("own", "account:close", body={"understood": True}),
    "list_enrollments": Row("own", "learning:read"),
    "start_enrollment": Row("own", "learning:write", body={"course": "SAF-101"}),
    "get_enrollment": Row("owner", "learning:read", ENROLLMENT),
    "return_enrollment": Row("owner", "learning:write", ENROLLMENT),
    "get_page": Row("owner", "learning:read", PAGE),
    "get_figure": Row("owner", "learning:read", (*ENROLLMENT, ("figure", "key"))),
    "finish_page": Row("owner", "learning:write", PAGE),
    "save_bookmark": Row(
        "owner", "learning:write", ENROLLMENT, {"page": "making-a-smear", "sequence": 0}
    ),
    "save_page_answer": Row(
        "owner",
        "learning:write",
        (*ENROLLMENT, ("question", "question_key")),
        {"answer": token("Schistocytes"), "sequence": 0},
    ),
    "list_attempts": Row("owner", "learning:read", ENROLLMENT),
    "start_attempt": Row("owner", "learning:write", ENROLLMENT),
    "get_attempt": Row("owner", "learning:read", ATTEMPT),
    "save_test_answer": Row(
        "owner", "learning:write", (*ATTEMPT, ("question", "test_question")), SAVE
    ),
    "submit_attempt": Row("owner", "learning:write", ATTEMPT),
    "get_results": Row("owner", "learning:read", (*ENROLLMENT, ("attempt_id", "submitted_id"))),
    "finish_enrollment": Row("owner", "learning:write", ENROLLMENT, EVALUATION),
    "list_completions": Row("own", "learning:read"),
    "list_certificates": Row("own", "certificates:read"),
    "get_certificate": Row("owner", "certificates:read", CODE),
    "get_certificate_pdf": Row("owner", "certificates:read", CODE),
    "get_transcript_pdf": Row("own", "certificates:read"),
    "get_transcript_csv": Row("own", "certificates:read"),
    "list_activities": Row("own", "activities:read"),
    "add_activity": Row("own", "activities:write", body=CLAIM),
    "get_activity": Row("owner", "activities:read", ACTIVITY),
    "correct_activity": Row("owner", "activities:write", ACTIVITY, CLAIM),
    "withdraw_activity": Row("owner", "activities:write", ACTIVITY, {}),
    "check_activity": Row("own", "activities:read", body=CLAIM | {"title": "An evening lecture"}),
    "get_activity_effects": Row("owner", "activities:read", ACTIVITY),
    "get_activity_history": Row("owner", "activities:read", ACTIVITY),
    "list_proofs": Row("owner", "activities:read", ACTIVITY),
    "add_proof": Row(
        "owner", "activities:write", ACTIVITY, pdf("another"), media="application/pdf"
    ),
    "get_proof": Row("owner", "activities:read", PROOF),
    "get_proof_file": Row("owner", "activities:read", PROOF),
    "describe_proof": Row("owner", "activities:write", PROOF, {"shows": ["date", "hours"]}),
    "withdraw_proof": Row("owner", "activities:write", PROOF),
    "send_import": Row("own", "activities:write", body=TABLE, media="text/csv"),
    "get_import": Row("owner", "activities:read", IMPORT),
    "list_import_rows": Row("owner", "activities:read", IMPORT),
    "confirm_import": Row("owner", "activities:write", IMPORT, {}),
    "get_import_template": Row("own", "activities:read"),
    "export_activities": Row("own", "activities:read"),
    "get_standing": Row("own", "credentials:read"),
    "list_held": Row("own", "credentials:read"),
    "get_credential": Row("public", values=(("credential", "ascp_mls"),)),
    "get_held": Row("owner", "credentials:read", HELD),
    "add_held": Row(
        "own", "credentials:write", body={"credential": "ascp_ht", "ends_on": "2028-06-30"}
    ),
    "correct_held": Row("owner", "credentials:write", HELD, {"ends_on": "2027-06-30"}),
    "start_next_cycle": Row("owner", "credentials:write", HELD, {"ends_on": "2030-06-30"}),
    "remove_held": Row("owner", "credentials:write", HELD),
    "get_opening_balances": Row("owner", "credentials:read", HELD),
    "save_opening_balances": Row(
        "owner", "credentials:write", HELD, {"points": {"hematology": "1.5"}}
    ),
    "get_pack": Row("owner", "credentials:read", HELD),
    "get_pack_pdf": Row("owner", "credentials:read", HELD),
    "get_pack_csv": Row("owner", "credentials:read", HELD),
    "get_audit": Row("owner", "credentials:read", HELD),
    "get_audit_zip": Row("owner", "credentials:read", HELD),
    "pin_line": Row(
        "owner",
        "credentials:write",
        HELD,
        {"activity": "{activity_id}", "requirement": "blood_bank", "amount": "1"},
    ),
    "unpin_line": Row(
        "owner", "credentials:write", HELD, {"activity": 1, "requirement": "blood_bank"}
    ),
    "check_declaration": Row("owner", "credentials:read", HELD, query="?declared_on=2026-11-20"),
    "declare_cycle": Row(
        "owner",
        "credentials:write",
        HELD,
        {"declared_on": "2026-11-20", "checked": "0" * 64},
    ),
    "list_declarations": Row("owner", "credentials:read", DECLARED),
    "get_declaration": Row("owner", "credentials:read", DECLARATION),
    "get_declaration_pdf": Row("owner", "credentials:read", DECLARATION),
    "get_declaration_csv": Row("owner", "credentials:read", DECLARATION),
    "get_declaration_audit": Row("owner", "credentials:read", DECLARATION),
    "get_declaration_zip": Row("owner", "credentials:read", DECLARATION),
    "withdraw_declaration": Row("owner", "credentials:write", DECLARATION),
    "get_reminders": Row("own", "credentials:read"),
    "save_reminders": Row("own", "credentials:write", body={"days": [90, 7], "rule_changes": True}),
    "get_held_standing": Row("owner", "credentials:read", HELD),
    "get_plan": Row("own", "credentials:read"),
    "get_plan_calendar": Row("owner", "credentials:read"),
    "list_outside_offers": Row("own", "credentials:read"),
    "add_outside_offer": Row("own", "credentials:write", body=OFFER),
    "get_outside_offer": Row("owner", "credentials:read", OFFERED),
    "change_outside_offer": Row("owner", "credentials:write", OFFERED, OFFER),
    "remove_outside_offer": Row("owner", "credentials:write", OFFERED),
    "list_rule_changes": Row("owner", "credentials:read", HELD),
    "mark_rule_changes_seen": Row("owner", "credentials:write", HELD),
    "get_calendar_feed": Row("own", "credentials:read"),
    "make_calendar_feed": Row("own", "credentials:write", body={"replaces": "{feed_made_at}"}),
    "switch_calendar_feed_off": Row("own", "credentials:write"),
    "get_calendar": Row("own", "credentials:read"),
    "get_held_calendar": Row("owner", "credentials:read", HELD),
    "list_orders": Row("own", "orders:read"),
    "get_order": Row("owner", "orders:read", ORDER),
    "find_people": Row("staff", "staff-people:read", query="?q=rosa", shows_name=True),
    "get_person": Row("staff", "staff-people:read", PERSON, shows_name=True),
    "list_completions_of": Row("staff", "staff-people:read", PERSON),
    "list_all_completions": Row("staff", "staff-people:read", shows_name=True),
    "list_access": Row("staff", "staff-people:read", PERSON),
    "grant_access": Row(
        "staff", "staff-access:write", PERSON, {"course": None, "last_day": "2127-01-31"}
    ),
    "withdraw_access": Row(
        "administrator", "staff-access:write", (*PERSON, ("access_id", "entitlement_id"))
    ),
    "list_office_courses": Row("staff", "staff-courses:read"),
    "get_office_course": Row("staff", "staff-courses:read", (("code", "course_code"),)),
    "list_office_products": Row("staff", "staff-shop:read"),
    "list_office_orders": Row("staff", "staff-shop:read", query="?q=A", shows_name=True),
    "get_office_order": Row("staff", "staff-shop:read", ORDER, shows_name=True),
    "record_order_payment": Row(
        "administrator",
        "staff-shop:write",
        ORDER,
        {"amount": {"amount": "95.00", "currency": "USD"}, "reference": "Check 12"},
    ),
    "settle_order": Row("administrator", "staff-shop:write", ORDER),
    "cancel_office_order": Row("administrator", "staff-shop:write", ORDER),
    "send_receipt_again": Row("administrator", "staff-shop:write", ORDER),
    "list_refunds": Row("administrator", "staff-shop:read"),
    "get_refund": Row("administrator", "staff-shop:read", (("refund_id", "refund_id"),)),
    "list_vouchers": Row("administrator", "staff-shop:read"),
    "make_voucher": Row(
        "administrator", "staff-shop:write", body={"code": "SPRING-10", "percent_off": "10"}
    ),
    "withdraw_voucher": Row("administrator", "staff-shop:write", (("voucher_id", "voucher_id"),)),
    "list_tax_rates": Row("administrator", "staff-shop:read"),
    "list_office_exemptions": Row("administrator", "staff-shop:read"),
    "get_office_exemption_file": Row("administrator", "staff-shop:read", EXEMPTION),
    "approve_office_exemption": Row("administrator", "staff-shop:write", EXEMPTION),
    "withdraw_office_exemption": Row("administrator", "staff-shop:write", EXEMPTION),
    "list_reconciliations": Row("administrator", "staff-reports:read"),
    "get_books": Row(
        "administrator", "staff-reports:read", query="?first=2026-11-01&last=2026-11-30"
    ),
    "list_webhooks": Row("administrator", "staff-webhooks:read"),
    "make_webhook": Row(
        "administrator",
        "staff-webhooks:write",
        body={"url": "https://example.org/", "events": ["standing.changed"]},
    ),
    "get_webhook": Row("administrator", "staff-webhooks:read", WEBHOOK),
    "switch_webhook_off": Row("administrator", "staff-webhooks:write", WEBHOOK),
    "switch_webhook_on": Row("administrator", "staff-webhooks:write", WEBHOOK),
    "remove_webhook": Row("administrator", "staff-webhooks:write", WEBHOOK),
    "list_deliveries": Row("administrator", "staff-webhooks:read", WEBHOOK),
    "replay_delivery": Row(
        "administrator", "staff-webhooks:write", (*WEBHOOK, ("delivery_id", "1"))
    ),
    "get_refund_meter": Row("owner", "orders:read", ORDER),
    "request_order_refund": Row("owner", "orders:write", ORDER, {"terms": "0/0/"}),
    "list_products": Row("public"),
    "get_cart": Row("own", "orders:read"),
    "add_to_cart": Row("own", "orders:write", body={"product": "unlimited-year"}),
    "change_cart_item": Row("owner", "orders:write", ITEM, {"quantity": 1}),
    "give_cart_item": Row("owner", "orders:write", ITEM, {"to": "n@example.org"}),
    "keep_cart_item": Row("owner", "orders:write", ITEM),
    "remove_cart_item": Row("owner", "orders:write", ITEM),
    "save_cart_voucher": Row("own", "orders:write", body={"code": ""}),
    "get_quote": Row("own", "orders:read", query="?country=US&region=TX", may_be_empty=True),
    "place_order": Row(
        "own",
        "orders:write",
        body={
            "total": {"amount": "1.00", "currency": "USD"},
            "agrees_to_terms": True,
            "buyer": {"name": "Rosa", "email": "r@example.org", "country": "US", "region": "TX"},
            "pay_by": "test",
        },
        headers=(("Idempotency-Key", "an-order"),),
        may_be_empty=True,
    ),
    "pay_order": Row("owner", "orders:write", ORDER),
    "cancel_order": Row("owner", "orders:write", ORDER),
    "get_paper_pdf": Row("owner", "orders:read", (*ORDER, ("paper_number", "paper_number"))),
    "send_paper": Row("owner", "orders:write", (*ORDER, ("paper_number", "paper_number"))),
    "list_gifts_received": Row("own", "orders:read"),
    "list_gifts_given": Row("own", "orders:read"),
    "get_gift_given": Row("owner", "orders:read", GIFT),
    "send_gift_again": Row("owner", "orders:write", GIFT, {"to": "n@example.org"}),
    "list_tax_exemptions": Row("own", "orders:read"),
    "send_tax_exemption": Row(
        "own",
        "orders:write",
        body=pdf("exempt elsewhere"),
        media="application/pdf",
        query="?institution=Lakeside+Hospital&region=TN",
    ),
    "withdraw_tax_exemption": Row("owner", "orders:write", (("exemption_id", "exemption_id"),)),
    "get_employer_zip": Row("owner", "orders:read", ORDER),
    "get_subscription": Row("own", "orders:read"),
    "get_renewal_terms": Row("own", "orders:read", may_be_empty=True),
    "switch_renewal_on": Row(
        "own",
        "orders:write",
        body={"total": {"amount": "95.00", "currency": "USD"}, "agrees": True},
        may_be_empty=True,
    ),
    "look_at_a_gift": Row("own", "orders:read", body={"code": "AAAA"}, may_be_empty=True),
    "open_a_gift": Row("own", "orders:write", body={"code": "AAAA"}, may_be_empty=True),
    "switch_renewal_off": Row("own", "orders:write"),
}
