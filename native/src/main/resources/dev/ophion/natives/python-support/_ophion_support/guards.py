"""What would kill the JVM's process is refused before it starts, with the remedy."""

import _imp
import _operator
import os
import sys

import _ophion
from _ophion_support import libraries, limits, loading, main, nested, signals, symbols, threads
from _ophion_support.stand_ins import put, refuse_end

_SINGLE_PHASE = 0
_MULTI_PHASE = 1

_create_builtin = _imp.create_builtin
_is_main = _ophion.is_main()

# Their libraries are shared by all images and safe in none but one.
_OF_THE_TERMINAL = frozenset({"readline", "_curses", "_curses_panel"})


# By what _ophion.extension_support says.
REASONS = {
    _SINGLE_PHASE: (
        "it uses single-phase initialization, which aborts the process in a subinterpreter"
        " of CPython 3.14"
    ),
    _MULTI_PHASE: "it does not declare support for interpreters with their own GIL (PEP 684)",
}


class ExtensionRefused(ImportError):
    """An extension module that this kind of interpreter cannot load."""

    reason = ""


def _refused(spec, reason, message):
    refused = ExtensionRefused(message, name=spec.name, path=spec.origin)
    refused.reason = reason
    return refused


def _refuse_crashes(faulthandler):
    for name in (
        "_fatal_error_c_thread",
        "_read_null",
        "_sigabrt",
        "_sigfpe",
        "_sigsegv",
        "_stack_overflow",
    ):
        refuse_end([faulthandler], name, "raise an exception")


# What wraps functions of a module that has just been made.
_GUARDED = {
    "_ctypes": [libraries.guard],
    "_interpreters": [nested.guard],
    "_posixsubprocess": [main.guard_children] if _is_main else [],
    "_testcapi": [nested.guard_tests],
    "_testinternalcapi": [nested.guard_tests],
    "faulthandler": [_refuse_crashes, main.guard_faulthandler] if _is_main else [_refuse_crashes],
    "fcntl": [limits.guard_files],
    "resource": [limits.guard],
}

# The same for what a module gets only when it is executed.
_GUARDED_LATER = {"_ctypes": symbols.guard}


def _exec_dynamic(execute, module, /):
    result = execute(module)
    guard = _GUARDED_LATER.get(module.__name__)
    if guard is not None:
        guard(module)
    return result


def _guarded(module):
    for guard in _GUARDED.get(module.__name__, ()):
        guard(module)
    return module


def _checked_create_dynamic(spec, file=None):
    if _is_main:
        if spec.name in _OF_THE_TERMINAL:
            reason = (
                "its library works for the process's one terminal and for one thread, and sets"
                " signal handlers"
            )
            raise _refused(
                spec,
                reason,
                f"the extension module {spec.name!r} is refused: {reason}. Use input() and print()",
            )
        return _guarded(loading.create_dynamic(spec))
    reason = REASONS.get(_ophion.extension_support(os.fsencode(spec.origin)))
    if reason is not None:
        raise _refusal(spec, reason)
    with _explained(spec):
        return _guarded(loading.create_dynamic(spec))


def _refusal(spec, reason):
    return _refused(
        spec,
        reason,
        f"the extension module {spec.name!r} ({spec.origin}) cannot be loaded in a"
        f" subinterpreter: {reason}. An interpreter that is made with Isolation.IMAGE loads it"
        " (errors.md#refused-extension-modules)",
    )


class _explained:
    """Gives CPython's own refusal, which comes after the file was opened, the same form."""

    def __init__(self, spec):
        self._spec = spec

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if kind is ImportError and "does not support loading in subinterpreters" in str(error):
            raise _refusal(self._spec, REASONS[_MULTI_PHASE]) from None
        return False


def _checked_create_builtin(spec):
    with _explained(spec):
        return _guarded(_create_builtin(spec))


def _remote_exec(execute, pid, script):
    if signals.is_own_process(_operator.index(pid)):
        raise RuntimeError(
            "sys.remote_exec in this process would run in whichever interpreter it finds, and is"
            " refused: run the code by Interpreter.exec in Java"
        )
    return execute(pid, script)


def install():
    _imp.create_builtin = _ophion.stand_in(_create_builtin, _checked_create_builtin)
    _imp.create_dynamic = _ophion.stand_in(_imp.create_dynamic, _checked_create_dynamic)
    put([_imp], "exec_dynamic", _exec_dynamic)
    # CPython's own look at all interpreters' threads, whose GILs nobody holds here.
    sys._current_frames = _ophion.stand_in(sys._current_frames, _ophion.current_frames)
    sys._current_exceptions = _ophion.stand_in(sys._current_exceptions, _ophion.current_exceptions)
    put([sys], "remote_exec", _remote_exec)
    os_modules = [os, __import__("posix")]
    refuse_end(os_modules, "_exit", "raise SystemExit, or close the interpreter from Java")
    refuse_end(os_modules, "abort", "raise an exception instead")
    signals.guard(os_modules)
    if _is_main:
        main.guard(os_modules)
    if _ophion.is_private():
        threads.track()
