"""Imported by the engine in every new interpreter before any user code runs."""

from _ophion_support import guards

guards.install()
