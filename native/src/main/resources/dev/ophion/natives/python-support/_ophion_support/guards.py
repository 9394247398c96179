"""What would kill the JVM's process is refused before it starts, with the remedy."""

import _imp
import os

import _ophion

_SINGLE_PHASE = 0
_MULTI_PHASE = 1

_create_dynamic = _imp.create_dynamic


class ExtensionRefused(ImportError):
    """An extension module that this kind of interpreter cannot load."""


def _checked_create_dynamic(spec, file=None):
    support = _ophion.extension_support(os.fsencode(spec.origin))
    if support == _SINGLE_PHASE:
        reason = (
            "it uses single-phase initialization, which aborts the process in a subinterpreter"
            " of CPython 3.14"
        )
    elif support == _MULTI_PHASE:
        reason = "it does not declare support for interpreters with their own GIL (PEP 684)"
    else:
        return _create_dynamic(spec) if file is None else _create_dynamic(spec, file)
    raise ExtensionRefused(
        f"the extension module {spec.name!r} ({spec.origin}) cannot be loaded in a"
        f" subinterpreter: {reason}. Use a package without it or with a pure Python fallback, or"
        " run the code in a child process (sys.executable)",
        name=spec.name,
        path=spec.origin,
    )


def _refuse(name, remedy):
    def refused(*args, **kwargs):
        raise RuntimeError(f"{name} would end the whole JVM and is refused: {remedy}")

    refused.__name__ = refused.__qualname__ = name.rpartition(".")[2]
    return refused


def install():
    _imp.create_dynamic = _checked_create_dynamic
    exit_refused = _refuse("os._exit", "raise SystemExit, or close the interpreter from Java")
    abort_refused = _refuse("os.abort", "raise an exception instead")
    for module in (os, __import__("posix")):
        module._exit = exit_refused
        module.abort = abort_refused
