"""Imported by the engine in every new interpreter before any user code runs."""

import _ophion
from _ophion_support import environment, guards

guards.install()
environment.adopt()

# Only now: .pth files of the user's may import extension modules.
import site  # noqa: E402

site.main()
_ophion.show_site()
