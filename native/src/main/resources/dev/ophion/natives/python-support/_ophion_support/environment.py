"""Makes a virtual environment the one of this interpreter (PEP 405)."""

import os
import sys


def adopt():
    """Sets what CPython works out from pyvenv.cfg where it is not told its home; `site` follows.

    What it worked out for the image's main interpreter may be of another environment.
    """
    sys.prefix = sys.exec_prefix = sys.base_prefix
    sys._base_executable = sys.executable
    folder = os.path.dirname(sys.executable)
    prefix = os.path.dirname(folder)
    if any(os.path.isfile(os.path.join(place, "pyvenv.cfg")) for place in (folder, prefix)):
        sys.prefix = sys.exec_prefix = prefix
        # The standard library that runs here, whatever Python the environment was made with.
        version = "%d.%d" % sys.version_info[:2]
        sys._base_executable = os.path.join(sys.base_prefix, "bin", "python" + version)
