"""Selling access: products and prices, orders, payments, receipts, refunds, vouchers, renewals.

Words: product, price, order, line, payment, refund, receipt, credit note, voucher, gift, gateway.
Learning never asks who paid: a paid line grants an entitlement through a flow. Amounts are whole
minor units. What money did is append-only: a refund is a row of its own, a price change never
alters an order, a document is corrected by another document.
"""
