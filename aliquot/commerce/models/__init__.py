"""Products, carts, orders, payments, documents, vouchers and gifts, renewals."""

from aliquot.commerce.models.buying import Cart, CartItem, TaxExemption
from aliquot.commerce.models.documents import Document, NumberSeries
from aliquot.commerce.models.offline_gateway import OfflinePayment
from aliquot.commerce.models.orders import LineGrant, Order, OrderLine, TaxRate
from aliquot.commerce.models.payments import (
    GatewayEvent,
    MoneyEntry,
    Payment,
    Reconciliation,
    Refund,
)
from aliquot.commerce.models.products import Price, Product, ShopSettings
from aliquot.commerce.models.renewals import Renewal
from aliquot.commerce.models.taxes import TaxFiling
from aliquot.commerce.models.test_gateway import FakeCharge
from aliquot.commerce.models.vouchers import Gift, Voucher, VoucherUse

__all__ = [
    "Cart",
    "CartItem",
    "Document",
    "FakeCharge",
    "GatewayEvent",
    "Gift",
    "LineGrant",
    "MoneyEntry",
    "NumberSeries",
    "OfflinePayment",
    "Order",
    "OrderLine",
    "Payment",
    "Price",
    "Product",
    "Reconciliation",
    "Refund",
    "Renewal",
    "ShopSettings",
    "TaxExemption",
    "TaxFiling",
    "TaxRate",
    "Voucher",
    "VoucherUse",
]
