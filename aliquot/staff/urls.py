"""Addresses of the back office."""

from django.urls import path

from aliquot.staff import certificates, home, learning, operations, webhooks
from aliquot.staff.accounts import closing, factors, people, roles
from aliquot.staff.catalog import accreditors, approvals, courses, provider
from aliquot.staff.shop import exemptions, orders, products, refunds, reports, taxes, vouchers

app_name = "staff"
ORDER = "shop/orders/<slug:number>/"
COURSE, PERSON, CERTIFICATE = (
    "courses/<slug:code>/",
    "people/<int:person_id>/",
    "certificates/<str:code>/",
)
EXEMPTION = "shop/exemptions/<int:exemption_id>/"
urlpatterns = [
    path("", home.home, name="home"),
    path("courses/", courses.courses, name="courses"),
    path(COURSE, courses.course, name="course"),
    path(f"{COURSE}availability/", courses.course_availability, name="course_availability"),
    path(f"{COURSE}access/", courses.course_free, name="course_free"),
    path(f"{COURSE}review/", courses.course_review, name="course_review"),
    path(f"{COURSE}approvals/add/", approvals.approval_add, name="approval_add"),
    path(
        f"{COURSE}approvals/<int:approval_id>/withdraw/",
        approvals.approval_withdraw,
        name="approval_withdraw",
    ),
    path("people/", people.people, name="people"),
    path(PERSON, people.person, name="person"),
    path(f"{PERSON}close/", closing.person_close, name="person_close"),
    path(f"{PERSON}reopen/", closing.person_reopen, name="person_reopen"),
    path(f"{PERSON}factors/", factors.person_factors, name="person_factors"),
    path(f"{PERSON}roles/give/", roles.role_give, name="role_give"),
    path(f"{PERSON}roles/<slug:role>/withdraw/", roles.role_withdraw, name="role_withdraw"),
    path(f"{PERSON}access/give/", learning.entitlement_grant, name="entitlement_grant"),
    path(
        f"{PERSON}access/<int:entitlement_id>/withdraw/",
        learning.entitlement_withdraw,
        name="entitlement_withdraw",
    ),
    path(CERTIFICATE, certificates.certificate, name="certificate"),
    path(f"{CERTIFICATE}revoke/", certificates.certificate_revoke, name="certificate_revoke"),
    path(f"{CERTIFICATE}correct/", certificates.certificate_reissue, name="certificate_reissue"),
    path("provider/", provider.provider, name="provider"),
    path("provider/<slug:name>.png", provider.provider_picture, name="provider_picture"),
    path("accreditors/", accreditors.accreditors, name="accreditors"),
    path("accreditors/add/", accreditors.accreditor_add, name="accreditor_add"),
    path("accreditors/<slug:code>/", accreditors.accreditor, name="accreditor"),
    path("shop/products/", products.products, name="products"),
    path("shop/products/add/", products.product_add, name="product_add"),
    path("shop/products/<slug:code>/", products.product, name="product"),
    path("shop/products/<slug:code>/price/", products.price_set, name="price_set"),
    path("shop/rules/", products.settings, name="shop_settings"),
    path("shop/orders/", orders.orders, name="orders"),
    path(ORDER, orders.order, name="order"),
    path(f"{ORDER}record/", orders.order_record, name="order_record"),
    path(f"{ORDER}settle/", orders.order_settle, name="order_settle"),
    path(f"{ORDER}cancel/", orders.order_end, name="order_end"),
    path(f"{ORDER}papers/<slug:paper>.pdf", orders.order_paper, name="order_paper"),
    path(f"{ORDER}receipt/", orders.order_receipt, name="order_receipt"),
    path("shop/codes/", vouchers.vouchers, name="vouchers"),
    path("shop/codes/add/", vouchers.voucher_add, name="voucher_add"),
    path(
        "shop/codes/<int:voucher_id>/withdraw/", vouchers.voucher_withdraw, name="voucher_withdraw"
    ),
    path("shop/books/", reports.books, name="books"),
    path("shop/books/export.csv", reports.books_export, name="books_export"),
    path("shop/refunds/", refunds.refunds, name="refunds"),
    path("shop/refunds/<int:refund_id>/", refunds.refund, name="refund"),
    path("shop/refunds/<int:refund_id>/approve/", refunds.refund_approve, name="refund_approve"),
    path("shop/refunds/<int:refund_id>/decline/", refunds.refund_decline, name="refund_decline"),
    path("shop/refunds/<int:refund_id>/again/", refunds.refund_again, name="refund_again"),
    path("shop/orders/<slug:number>/refund/", refunds.order_refund, name="order_refund"),
    path("shop/tax/", taxes.tax_rates, name="tax_rates"),
    path("shop/tax/add/", taxes.tax_rate_add, name="tax_rate_add"),
    path("shop/tax/<int:rate_id>/end/", taxes.tax_rate_end, name="tax_rate_end"),
    path("shop/exemptions/", exemptions.tax_exemptions, name="tax_exemptions"),
    path(f"{EXEMPTION}paper/", exemptions.tax_exemption_file, name="tax_exemption_file"),
    path(f"{EXEMPTION}approve/", exemptions.tax_exemption_approve, name="tax_exemption_approve"),
    path(f"{EXEMPTION}withdraw/", exemptions.tax_exemption_withdraw, name="tax_exemption_withdraw"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/add/", webhooks.webhook_add, name="webhook_add"),
    path("webhooks/<int:endpoint_id>/", webhooks.webhook, name="webhook"),
    path("webhooks/<int:endpoint_id>/deed/", webhooks.webhook_deed, name="webhook_deed"),
    path("audit/", operations.audit, name="audit"),
    path("mail/", operations.mail, name="mail"),
    path("jobs/", operations.jobs, name="jobs"),
    path("upkeep/", operations.upkeep, name="upkeep"),
]
