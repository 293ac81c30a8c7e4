"""Conversations with outside engines: the solver behind the planner."""
