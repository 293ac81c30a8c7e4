"""Judgments of the shop: prices and quotes, terms, refunds, vouchers, offers, renewals. Pure."""
