"""What CPython refuses in subinterpreters and would do in a main interpreter."""

import _signal
import os
import sys

import _ophion

_PREEXEC_FN = 21  # in the arguments of _posixsubprocess.fork_exec


def guard(os_modules):
    """Refuses it in the main interpreter of a private image as in a subinterpreter."""
    for module in os_modules:
        for name in ("fork", "forkpty"):
            setattr(module, name, _refuse(RuntimeError, f"os.{name}", "subprocess"))
        for name in ("execv", "execve"):
            setattr(module, name, _refuse(RuntimeError, f"os.{name}", "subprocess"))
    for name in ("signal", "set_wakeup_fd", "siginterrupt"):
        setattr(_signal, name, _refuse(ValueError, f"signal.{name}", "a thread or threading.Timer"))
    _keep_libraries_local()


def _refuse(kind, name, remedy):
    def refused(*args, **kwargs):
        raise kind(
            f"{name} acts on the whole JVM, which is not Python's own process, and is refused:"
            f" use {remedy}"
        )

    refused.__name__ = refused.__qualname__ = name.rpartition(".")[2]
    return refused


def _keep_libraries_local():
    set_flags = sys.setdlopenflags

    def setdlopenflags(flags, /):
        # Global symbols of an extension module's copy, and of the libpython that it depends on,
        # would take the place of those of all other images.
        return set_flags(flags & ~os.RTLD_GLOBAL)

    sys.setdlopenflags = setdlopenflags


def guard_children(module):
    """Wraps the function of the module _posixsubprocess."""
    fork_exec = module.fork_exec

    def guarded(*args):
        if len(args) > _PREEXEC_FN and args[_PREEXEC_FN] is not None:
            raise RuntimeError("preexec_fn would run in a copy of the JVM and is refused")
        return fork_exec(*args)

    guarded.__name__ = guarded.__qualname__ = "fork_exec"
    module.fork_exec = guarded


def guard_faulthandler(module):
    """Wraps the functions of the module faulthandler that take signals or end the process."""
    later = module.dump_traceback_later

    def dump_traceback_later(timeout, repeat=False, file=sys.stderr, exit=False, **more):
        if exit:
            raise RuntimeError("exit=True would end the whole JVM and is refused")
        # Its thread is CPython's own, and nobody can see its end.
        _ophion.keep_mapped()
        return later(timeout, repeat, file, **more)

    module.dump_traceback_later = dump_traceback_later
    for name in ("enable", "register"):
        setattr(module, name, _refuse(RuntimeError, f"faulthandler.{name}", "hs_err files"))
