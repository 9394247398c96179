"""Extension modules come from files that were written for this copy of libpython."""

import _imp
import os

import _ophion

_create_dynamic = _imp.create_dynamic


def relocated(path, is_extension):
    """Returns the file to open instead of an extension module or other library, as a str."""
    # Java keeps to the folder that it was started in.
    absolute = os.path.abspath(os.fsencode(path))
    return os.fsdecode(_ophion.relocated(absolute, is_extension))


def create_dynamic(spec, file=None):
    """Like _imp.create_dynamic, from the copy; the module looks as if it came from the original."""
    copy = relocated(spec.origin, True)
    if copy == spec.origin:
        return _create_dynamic(spec)
    try:
        module = _create_dynamic(_redirected(spec, copy))
    except ImportError:
        if os.path.exists(copy):
            raise
        # Another process has pruned the cache since.
        module = _create_dynamic(_redirected(spec, relocated(spec.origin, True)))
    _ophion.share_text()
    # Set by CPython for single-phase modules and by Cython; importlib leaves what it finds.
    if getattr(module, "__file__", None) == copy:
        module.__file__ = spec.origin
    return module


def _redirected(spec, origin):
    redirected = object.__new__(type(spec))
    redirected.__dict__.update(spec.__dict__)
    redirected.origin = origin
    return redirected
