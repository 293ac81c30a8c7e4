"""Going through the checkout as a browser does."""

import re
from typing import Any

from django.test import Client

ANSWERS = {
    "name": "Rosa Méndez",
    "email": "rosa@example.org",
    "organization": "",
    "address": "",
    "country": "US",
    "region": "TX",
    "gateway": "test",
    "purchase_order_number": "",
    "terms": "on",
}


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found is not None, name
    return found[1]


def put_in(client: Client, product: str, **more: Any) -> Any:
    return client.post("/cart/add/", {"product": product, **more})


def summary(client: Client) -> dict[str, str]:
    """What the page of the checkout would send, its consent given."""
    page = client.get("/checkout/").content.decode()
    return {
        **ANSWERS,
        "step": "pay",
        "key": hidden(page, "key"),
        "agreed_total": hidden(page, "agreed_total"),
    }


def buy(client: Client, product: str, **changes: str) -> str:
    """Buy with the test gateway; gives the number of the order."""
    put_in(client, product)
    to_pay = client.post("/checkout/", summary(client) | changes)["Location"]
    back = client.post(to_pay, {"deed": "pay"})["Location"]
    page = client.get(back).content.decode()
    assert "Received, thank you" in page
    return back.rstrip("/").rsplit("/", 1)[-1]
