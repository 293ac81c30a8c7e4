"""What Stripe Tax needs: the secret key of the Stripe gateway; its webhook is not needed."""

from aliquot.commerce.adapters.gateways.stripe.settings import check_key


def check() -> None:
    """Refuse a key that is missing, malformed or of the other profile."""
    check_key()
