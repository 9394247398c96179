"""What CPython refuses in subinterpreters and would do in a main interpreter."""

import os
import sys

import _ophion
from _ophion_support.stand_ins import put, refuse

_PREEXEC_FN = 21  # in the arguments of _posixsubprocess.fork_exec


def guard(os_modules):
    """Refuses it in the main interpreter of a private image as in a subinterpreter."""
    for name in ("fork", "forkpty", "execv", "execve"):
        _refuse(os_modules, name, "subprocess")
    put([sys], "setdlopenflags", _setdlopenflags)


def _refuse(modules, name, remedy):
    shown = f"{modules[0].__name__.removeprefix('_')}.{name}"
    refuse(
        modules,
        name,
        f"{shown} acts on the whole JVM, which is not Python's own process, and is refused:"
        f" use {remedy}",
    )


def _setdlopenflags(set_flags, flags, /):
    # Global symbols of an extension module's copy, and of the libpython that it depends on, would
    # take the place of those of all other images.
    return set_flags(flags & ~os.RTLD_GLOBAL)


def guard_children(module):
    """Wraps the function of the module _posixsubprocess."""
    put([module], "fork_exec", _fork_exec)


def _fork_exec(fork_exec, *args):
    if len(args) > _PREEXEC_FN and args[_PREEXEC_FN] is not None:
        raise RuntimeError("preexec_fn would run in a copy of the JVM and is refused")
    return fork_exec(*args)


def guard_faulthandler(module):
    """Wraps the functions of the module faulthandler that take signals or end the process."""
    put([module], "dump_traceback_later", _dump_traceback_later)
    for name in ("enable", "register"):
        _refuse([module], name, "hs_err files")


def _dump_traceback_later(later, timeout, repeat=False, file=None, exit=False, **more):
    if exit:
        raise RuntimeError("exit=True would end the whole JVM and is refused")
    # Its thread is CPython's own, and nobody can see its end.
    _ophion.keep_mapped()
    return later(timeout, repeat, sys.stderr if file is None else file, **more)
