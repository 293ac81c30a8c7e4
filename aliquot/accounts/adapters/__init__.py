"""Conversations with the sign-in library."""
