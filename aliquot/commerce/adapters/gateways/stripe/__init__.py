"""Stripe: hosted Checkout Sessions in payment mode, with Stripe's own library."""
