"""Ophion's own Python code. Not for users: it changes without notice."""
