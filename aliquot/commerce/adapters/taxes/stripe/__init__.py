"""Stripe Tax: taxes calculated by Stripe, which is told of every sale and refund."""
