"""The official library's client, as everything of ours that talks to Stripe uses it."""

from typing import TYPE_CHECKING

from django.conf import settings as site

from aliquot.commerce.adapters.gateways.stripe import settings

if TYPE_CHECKING:
    from stripe import StripeClient

SECONDS_TO_ANSWER = 20


def stripe_client(*, seconds: int = SECONDS_TO_ANSWER, retries: int = 2) -> "StripeClient":
    """A client with our key and our version of the API; ``seconds`` to answer, each time."""
    import stripe

    base = {"api": site.STRIPE_API_BASE} if site.STRIPE_API_BASE else None
    return stripe.StripeClient(
        site.STRIPE_SECRET_KEY,
        stripe_version=settings.API_VERSION,
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=seconds),
        **({"base_addresses": base} if base else {}),  # type: ignore[arg-type]
    )
