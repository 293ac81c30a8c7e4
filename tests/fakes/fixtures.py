"""The site with Stripe switched on, against our fake."""

from collections.abc import Iterator
from typing import Any

import pytest

from aliquot.commerce.adapters.gateways import gateway
from aliquot.commerce.adapters.taxes import source_called
from tests.fakes.stripe_checkout import KEY, SECRET, StripeFake


@pytest.fixture
def stripe(settings: Any) -> Iterator[StripeFake]:
    """Our fake of Stripe, running, with the settings that lead to it."""
    with StripeFake().running() as fake:
        settings.GATEWAYS = ["test", "offline", "stripe"]
        settings.STRIPE_SECRET_KEY = KEY
        settings.STRIPE_WEBHOOK_SECRET = SECRET
        settings.STRIPE_API_BASE = fake.base
        gateway.cache_clear()
        source_called.cache_clear()
        yield fake
    gateway.cache_clear()
    source_called.cache_clear()


@pytest.fixture
def stripe_tax(stripe: StripeFake, settings: Any) -> StripeFake:
    """The same, asked for taxes too: 8.25 % in Texas, of two kinds, 6 % in Florida, none else."""
    settings.TAX_SOURCE = "stripe"
    stripe.rates = {
        "TX": [("6.25", "Sales Tax", "Texas"), ("2", "Local Sales Tax", "Austin")],
        "FL": [("6", "Sales Tax", "Florida")],
    }
    return stripe
