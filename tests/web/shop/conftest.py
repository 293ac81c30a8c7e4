"""An open shop, and Rosa's and Stella's browsers."""

import pytest
from django.test import Client

from aliquot.accounts.models import User
from aliquot.commerce.models import Product
from tests.factories.catalog import provider
from tests.factories.shop import open_shop, product


@pytest.fixture
def products(db: None) -> dict[str, Product]:
    provider()
    return open_shop() | {"seats": product("seats", "seats", 95_00)}


@pytest.fixture
def as_rosa(rosa: User) -> Client:
    client = Client()
    client.force_login(rosa)
    return client


@pytest.fixture
def as_stella(stella: User) -> Client:
    client = Client()
    client.force_login(stella)
    return client
