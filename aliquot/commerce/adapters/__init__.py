"""Conversations with payment providers."""
