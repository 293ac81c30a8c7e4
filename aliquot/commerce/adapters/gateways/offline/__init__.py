"""Invoices paid by check, bank transfer or purchase order: staff are the card network."""
