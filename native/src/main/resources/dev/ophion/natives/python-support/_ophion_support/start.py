"""Imported by the engine in every new interpreter before any user code runs."""

import atexit

import _ophion
from _ophion_support import environment, guards, libraries, signals, threads

guards.install()
environment.adopt()

# Only now: .pth files of the user's may import extension modules.
import site  # noqa: E402

site.main()
_ophion.show_site()


def is_nested():
    """Run in interpreters that Python code makes for itself."""
    signals.is_nested()
    if _ophion.is_private():
        atexit.register(threads.keep_for_living)
    atexit.register(libraries.end_nested)
