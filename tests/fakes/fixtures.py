"""The site with Stripe switched on, against our fake."""

from collections.abc import Iterator
from typing import Any

import pytest

from aliquot.commerce.adapters.gateways import gateway
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
        yield fake
    gateway.cache_clear()
