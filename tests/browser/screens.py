"""Every screen of the site: who looks at it and where. A route is here, or says why it is none."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Screen:
    """A route as somebody sees it. Braces in ``address`` are numbers of the stage."""

    route: str
    address: str
    who: str = ""
    status: int = 200


SCREENS = [
    # Everybody
    Screen("pages:home", "/"),
    *(
        Screen("pages:page", f"/about/{name}/")
        for name in ("benefits", "questions", "terms", "privacy", "accessibility", "contact")
    ),
    Screen("pages:style", "/style/"),
    Screen("pages:style_player", "/style/player/"),
    Screen("catalog:list", "/courses/"),
    Screen("catalog:list", "/courses/?q=hemotology+smeer"),
    Screen("catalog:list", "/courses/?q=nothing+of+the+kind"),
    Screen("catalog:course", "/courses/{smear}/"),
    Screen("catalog:preview", "/courses/{smear}/preview/{preview}/"),
    Screen("credentials:for_index", "/for/"),
    Screen("credentials:for_body", "/for/ascp-mls/"),
    Screen("certificates:verify_form", "/v/"),
    Screen("certificates:verify", "/v/{rosa_code}"),
    Screen("certificates:verify", "/v/{tess_saf_code}"),
    Screen("certificates:verify", "/v/{pat_saf_code}"),
    Screen("certificates:verify", "/v/AAAAAAAAAAAAAAAA", status=404),
    Screen("operations:mail_list", "/demo/mail/"),
    Screen("operations:mail", "/demo/mail/{mail}/"),
    Screen("account_login", "/account/login/"),
    Screen("account_signup", "/account/signup/"),
    Screen("account_inactive", "/account/inactive/"),
    Screen("account_reset_password", "/account/password/reset/"),
    Screen("account_reset_password_done", "/account/password/reset/done/"),
    Screen("account_reset_password_from_key_done", "/account/password/reset/key/done/"),
    Screen("account_reset_password_from_key", "/account/password/reset/key/1-nothing/"),
    # A newcomer
    Screen("learning:home", "/learning/", "emma"),
    Screen("certificates:list", "/certificates/", "emma"),
    Screen("credentials:home", "/credentials/", "emma"),
    Screen("credentials:add", "/credentials/add/", "emma"),
    Screen("credentials:plan", "/plan/", "emma"),
    # A learner
    Screen("pages:home", "/", "rosa"),
    Screen("catalog:list", "/courses/", "rosa"),
    Screen("catalog:course", "/courses/{spills}/", "rosa"),
    Screen("learning:home", "/learning/", "rosa"),
    Screen("learning:player", "/learning/{rosa_hem}/pages/{preview}/", "rosa"),
    Screen("certificates:list", "/certificates/", "rosa"),
    Screen("certificates:detail", "/certificates/{rosa_code}/", "rosa"),
    Screen("learning:finished", "/learning/{rosa_saf}/finished/", "rosa"),
    Screen("learning:test", "/learning/{olga_hem_enrollment}/test/", "olga"),
    Screen("learning:attempt", "/learning/{tess_hem_enrollment}/test/{tess_hem_attempt}/", "tess"),
    Screen(
        "learning:check",
        "/learning/{tess_hem_enrollment}/test/{tess_hem_attempt}/check/",
        "tess",
    ),
    Screen(
        "learning:results",
        "/learning/{tess_hem_enrollment}/test/{tess_hem_failed}/results/",
        "tess",
    ),
    Screen(
        "learning:results",
        "/learning/{pat_hem_enrollment}/test/{pat_hem_passed}/results/",
        "pat",
    ),
    Screen("learning:evaluation", "/learning/{pat_hem_enrollment}/evaluation/", "pat"),
    Screen("certificates:detail", "/certificates/{pat_saf_code}/", "pat"),
    Screen("credentials:home", "/credentials/", "rosa"),
    Screen("credentials:detail", "/credentials/{rosa_held}/", "rosa"),
    Screen("credentials:points", "/credentials/{rosa_held}/points/", "rosa"),
    Screen("credentials:change", "/credentials/{rosa_held}/change/", "rosa"),
    Screen("credentials:next", "/credentials/{rosa_held}/next/", "rosa"),
    Screen("credentials:remove", "/credentials/{rosa_held}/remove/", "rosa"),
    Screen("credentials:plan", "/plan/", "rosa"),
    Screen("credentials:plan", "/plan/?most=0.25&without=here-HEM-101&by=price", "rosa"),
    Screen("credentials:offer_add", "/plan/courses/add/", "rosa"),
    Screen("credentials:offer_change", "/plan/courses/{rosa_offer}/", "rosa"),
    Screen("credentials:offer_remove", "/plan/courses/{rosa_offer}/remove/", "rosa"),
    Screen("credentials:rules", "/credentials/{rosa_held}/rules/", "rosa"),
    Screen("accounts:profile", "/profile/", "rosa"),
    Screen("accounts:add_license", "/profile/licenses/add/", "rosa"),
    Screen("account_email", "/account/email/", "rosa"),
    Screen("account_change_password", "/account/password/change/", "rosa"),
    Screen("account_logout", "/account/logout/", "rosa"),
    Screen("mfa_index", "/account/2fa/", "rosa"),
    Screen("mfa_activate_totp", "/account/2fa/totp/activate/", "rosa"),
    Screen("mfa_list_webauthn", "/account/2fa/webauthn/", "rosa"),
    Screen("mfa_add_webauthn", "/account/2fa/webauthn/add/", "rosa"),
    Screen("usersessions_list", "/account/sessions/", "rosa"),
    # The office
    Screen("mfa_index", "/account/2fa/", "amara"),
    Screen("mfa_deactivate_totp", "/account/2fa/totp/deactivate/", "amara"),
    Screen("mfa_view_recovery_codes", "/account/2fa/recovery-codes/", "amara"),
    Screen("mfa_generate_recovery_codes", "/account/2fa/recovery-codes/generate/", "amara"),
    Screen("staff:home", "/staff/", "amara"),
    Screen("staff:courses", "/staff/courses/", "amara"),
    Screen("staff:course", "/staff/courses/HEM-101/", "amara"),
    Screen("staff:course_availability", "/staff/courses/HEM-101/availability/", "amara"),
    Screen("staff:course_free", "/staff/courses/HEM-101/access/", "amara"),
    Screen("staff:course_review", "/staff/courses/HEM-101/review/", "amara"),
    Screen("staff:approval_add", "/staff/courses/HEM-101/approvals/add/", "amara"),
    Screen(
        "staff:approval_withdraw",
        "/staff/courses/HEM-101/approvals/{approval}/withdraw/",
        "amara",
    ),
    Screen("staff:people", "/staff/people/?q=rosa", "amara"),
    Screen("staff:person", "/staff/people/{rosa}/", "amara"),
    Screen("staff:role_give", "/staff/people/{rosa}/roles/give/", "amara"),
    Screen("staff:role_withdraw", "/staff/people/{priya}/roles/support/withdraw/", "amara"),
    Screen("staff:entitlement_grant", "/staff/people/{rosa}/access/give/", "amara"),
    Screen(
        "staff:entitlement_withdraw",
        "/staff/people/{emma}/access/{emma_entitlement}/withdraw/",
        "amara",
    ),
    Screen("staff:certificate", "/staff/certificates/{rosa_code}/", "amara"),
    Screen("staff:certificate_revoke", "/staff/certificates/{rosa_code}/revoke/", "amara"),
    Screen("staff:certificate_reissue", "/staff/certificates/{rosa_code}/correct/", "amara"),
    Screen("staff:provider", "/staff/provider/", "amara"),
    Screen("staff:accreditors", "/staff/accreditors/", "amara"),
    Screen("staff:accreditor_add", "/staff/accreditors/add/", "amara"),
    Screen("staff:accreditor", "/staff/accreditors/{accreditor}/", "amara"),
    Screen("staff:audit", "/staff/audit/", "amara"),
    Screen("staff:mail", "/staff/mail/", "amara"),
    Screen("staff:jobs", "/staff/jobs/", "amara"),
    # What people meet when something is wrong
    Screen("", "/nothing/here/", status=404),
]

DEED = "a deed: it answers with another page"
FILE = "a file"
MACHINE = "read by machines"
LATER = "stands between two steps; the journeys pass it"
NO_SCREEN = {
    "account_reauthenticate": "looked at on the way to screens that ask for it",
    "account_email_verification_sent": LATER,
    "account_set_password": "leads away from whoever has a password, and everybody has",
    "account_confirm_login_code": "leads to signing in: such codes are not offered",
    "mfa_authenticate": LATER,
    "mfa_reauthenticate": LATER,
    "mfa_download_recovery_codes": FILE,
    "mfa_reauthenticate_webauthn": LATER,
    "mfa_remove_webauthn": "needs a passkey, which only a device can make",
    "mfa_edit_webauthn": "needs a passkey, which only a device can make",
    "mfa_login_webauthn": MACHINE,
    "operations:healthz": MACHINE,
    "operations:readyz": MACHINE,
    "operations:robots": MACHINE,
    "operations:security_txt": MACHINE,
    "operations:csp_report": MACHINE,
    "accounts:remove_license": DEED,
    "catalog:figure": FILE,
    "catalog:sitemap": MACHINE,
    "credentials:plan_calendar": FILE,
    "credentials:rules_seen": DEED,
    "learning:start": DEED,
    "learning:resume": DEED,
    "learning:save": DEED,
    "learning:turn": DEED,
    "learning:answer": DEED,
    "learning:save_answer": DEED,
    "learning:submit": DEED,
    "certificates:transcript": FILE,
    "certificates:transcript_csv": FILE,
    "certificates:pdf": FILE,
    "staff:provider_picture": FILE,
    "pages:theme": DEED,
    "pages:provider_css": FILE,
}
