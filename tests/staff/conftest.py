"""The office: Amara with a second factor, Priya of support, and their browsers."""

import pytest
from django.test import Client

from aliquot.accounts.adapters.second_factor import set_up_codes
from aliquot.accounts.models import User
from tests.factories.staff import browser_of, member


@pytest.fixture
def priya(db: None) -> User:
    """Support."""
    return member("support")


@pytest.fixture
def office(amara: User) -> Client:
    """The program administrator at work."""
    set_up_codes(person=amara)
    return browser_of(amara)


@pytest.fixture
def support(priya: User) -> Client:
    """Support at work."""
    return browser_of(priya)
