"""ctypes opens libraries for this copy of libpython, and finds the copy where it asks for none."""

import os
import sys
import time

import _ophion
from _ophion_support import loading
from _ophion_support.stand_ins import put

_LIBPYTHON = f"libpython{sys.version_info.major}.{sys.version_info.minor}.so"
_LLVMLITE = "libllvmlite"
_MODULE = type(sys)

_sleep = time.sleep


def guard(module):
    """Wraps the function of the module _ctypes that opens libraries, and keeps callbacks' code."""
    _ophion.guard_callbacks(module.sizeof)
    put([module], "dlopen", _dlopen)


def shut_entrance():
    """Has threads of C wait that come to this interpreter from now on, also by callbacks."""
    util = sys.modules.get("ctypes.util")
    if type(util) is _MODULE:
        # Its dllist() hands it out for the length of a call; it would never be freed.
        vars(util).pop("_info_callback", None)
    _ophion.shut_entrance()


def end_nested():
    """Waits for callbacks that run, beside which CPython would end the process."""
    shut_entrance()
    while _ophion.are_callbacks_running():
        _sleep(0.001)


def _dlopen(dlopen, name, flag=os.RTLD_NOW, /):
    # Global symbols of a copy would take the place of those of all others.
    local = flag & ~os.RTLD_GLOBAL
    if _is_python(name):
        return dlopen(os.fsdecode(_ophion.libpython()), local)
    path = _file(name)
    if path is None:
        return dlopen(name, flag)
    handle = loading.open_copy(
        path, False, lambda copy: dlopen(name, flag) if copy == path else dlopen(copy, local)
    )[1]
    _ophion.share_text()
    if os.path.basename(path).startswith(_LLVMLITE):
        _ophion.tell_llvm(handle)
    return handle


def _is_python(name):
    # None stands for the process's own symbols: those of Python, and of the C library that it
    # depends on.
    return name is None or (
        isinstance(name, (str, bytes, os.PathLike))
        and os.path.basename(os.fsdecode(name)).startswith(_LIBPYTHON)
    )


def _file(name):
    """Returns the absolute path that a name stands for, or None if the loader has to search it."""
    if not isinstance(name, (str, bytes, os.PathLike)):
        return None
    path = os.fsdecode(name)
    return os.path.abspath(path) if "/" in path and os.path.isfile(path) else None
