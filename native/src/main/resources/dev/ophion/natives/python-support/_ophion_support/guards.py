"""What would kill the JVM's process is refused before it starts, with the remedy."""

import _imp
import _signal
import os
import sys

import _ophion
from _ophion_support import libraries, loading, main, nested, threads

_SINGLE_PHASE = 0
_MULTI_PHASE = 1

_create_builtin = _imp.create_builtin
_is_main = _ophion.is_main()

# Synchronous ones; HotSpot uses them in all its threads and dies where they are blocked.
_FAULTS = frozenset({_signal.SIGBUS, _signal.SIGFPE, _signal.SIGILL, _signal.SIGSEGV})

# What the JVM turns into an orderly exit or a thread dump, or what is ignored.
_HARMLESS = frozenset(
    {
        0,
        _signal.SIGCHLD,
        _signal.SIGCONT,
        _signal.SIGHUP,
        _signal.SIGINT,
        _signal.SIGPIPE,
        _signal.SIGQUIT,
        _signal.SIGTERM,
        _signal.SIGURG,
        _signal.SIGWINCH,
    }
)

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
        if hasattr(faulthandler, name):
            setattr(faulthandler, name, _refuse(f"faulthandler.{name}", "raise an exception"))


# What wraps functions of a module that has just been made.
_GUARDED = {
    "_ctypes": [libraries.guard],
    "_interpreters": [nested.guard],
    "_posixsubprocess": [main.guard_children] if _is_main else [],
    "faulthandler": [_refuse_crashes, main.guard_faulthandler] if _is_main else [_refuse_crashes],
}


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
        f" subinterpreter: {reason}. An interpreter that is made with Isolation.IMAGE loads it",
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


def _refuse(name, remedy):
    def refused(*args, **kwargs):
        raise RuntimeError(f"{name} would end the whole JVM and is refused: {remedy}")

    refused.__name__ = refused.__qualname__ = name.rpartition(".")[2]
    return refused


def _guard_sending(send, number_at, is_own):
    def guarded(*args):
        # Wrong arguments are for the function itself to refuse.
        signal = args[number_at] if len(args) > number_at else 0
        if isinstance(signal, int) and signal not in _HARMLESS and is_own(args[0]):
            raise RuntimeError(
                f"the signal {int(signal)} to this process would end the whole JVM and is refused:"
                " raise an exception instead"
            )
        return send(*args)

    guarded.__name__ = guarded.__qualname__ = send.__name__
    return guarded


def _guard_mask(set_mask):
    def pthread_sigmask(how, mask):
        if how != _signal.SIG_UNBLOCK:
            mask = set(mask) - _FAULTS
        return set_mask(how, mask)

    return pthread_sigmask


def _install_signal_guards(os_modules):
    # Before the module signal takes them over from _signal.
    reason = "no handler can be set in a subinterpreter; use threading.Timer"
    _signal.alarm = _refuse("signal.alarm", reason)
    _signal.setitimer = _refuse("signal.setitimer", reason)
    _signal.raise_signal = _guard_sending(_signal.raise_signal, 0, lambda _: True)
    _signal.pthread_kill = _guard_sending(_signal.pthread_kill, 1, lambda _: True)
    _signal.pthread_sigmask = _guard_mask(_signal.pthread_sigmask)
    own = os.getpid()
    guarded_kill = _guard_sending(os.kill, 1, lambda pid: pid in (own, 0, -1))
    for module in os_modules:
        module.kill = guarded_kill


def install():
    _imp.create_builtin = _checked_create_builtin
    _imp.create_dynamic = _checked_create_dynamic
    # CPython's own looks at all interpreters' threads, whose GILs nobody holds here.
    sys._current_frames = _ophion.current_frames
    sys._current_exceptions = _refuse(
        "sys._current_exceptions", "it looks into other interpreters; use sys.exception()"
    )
    exit_refused = _refuse("os._exit", "raise SystemExit, or close the interpreter from Java")
    abort_refused = _refuse("os.abort", "raise an exception instead")
    os_modules = (os, __import__("posix"))
    for module in os_modules:
        module._exit = exit_refused
        module.abort = abort_refused
    _install_signal_guards(os_modules)
    if _is_main:
        main.guard(os_modules)
    if _ophion.is_private():
        threads.track()
