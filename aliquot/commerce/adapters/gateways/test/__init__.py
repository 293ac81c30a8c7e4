"""The embedded test gateway: a fake card network with a page of its own. No money moves."""
