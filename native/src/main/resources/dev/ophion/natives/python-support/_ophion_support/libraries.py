"""ctypes opens libraries for this copy of libpython, and finds the copy where it asks for none."""

import os
import sys

import _ophion
from _ophion_support import loading

_LIBPYTHON = f"libpython{sys.version_info.major}.{sys.version_info.minor}.so"
_LLVMLITE = "libllvmlite"


def guard(module):
    """Wraps the function of the module _ctypes that opens libraries."""
    dlopen = module.dlopen

    def guarded(name, flag=os.RTLD_NOW, /):
        found = _found(name)
        if found is None:
            return dlopen(name, flag)
        # Global symbols of a copy would take the place of those of all others.
        handle = dlopen(found, flag & ~os.RTLD_GLOBAL)
        _ophion.share_text()
        if name is not None and os.path.basename(os.fsdecode(name)).startswith(_LLVMLITE):
            _ophion.tell_llvm(handle)
        return handle

    guarded.__name__ = guarded.__qualname__ = "dlopen"
    module.dlopen = guarded


def _found(name):
    """Returns the copy to open, or None if the name stands for itself."""
    if name is None:
        # The process's own symbols: those of Python, and of the C library that it depends on.
        return os.fsdecode(_ophion.libpython())
    if not isinstance(name, (str, bytes, os.PathLike)):
        return None
    path = os.fsdecode(name)
    if os.path.basename(path).startswith(_LIBPYTHON):
        return os.fsdecode(_ophion.libpython())
    if "/" not in path or not os.path.isfile(path):
        return None
    path = os.path.abspath(path)
    copy = loading.relocated(path, False)
    return None if copy == path else copy
