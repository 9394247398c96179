"""Interpreters that Python code makes for itself (concurrent.interpreters) get the same guards."""

import sys

# CPython gives it the executable of the image's main interpreter.
_GUARD = f"""\
import sys
sys.executable = {sys.executable!r}
import _ophion_support.start
_ophion_support.start.is_nested()
"""
_MAIN = 0


def guard(module):
    """Wraps the functions of the module _interpreters."""
    _guard_create(module)
    for name in ("call", "exec", "run_func", "run_string", "set___main___attrs"):
        setattr(module, name, _refuse_main(getattr(module, name)))


def _guard_create(module):
    create, run, destroy = module.create, module.exec, module.destroy

    def guarded(config="isolated", *, reqrefs=False):
        if config not in ("isolated", "default"):
            raise RuntimeError(
                "an interpreter with this configuration could end the whole JVM and is refused:"
                " make it 'isolated'"
            )
        ident = create("isolated", reqrefs=reqrefs)
        failure = run(ident, _GUARD)
        if failure is not None:
            destroy(ident)
            raise RuntimeError(f"the new interpreter could not be guarded: {failure.formatted}")
        return ident

    guarded.__name__ = guarded.__qualname__ = "create"
    module.create = guarded


def _refuse_main(function):
    def guarded(ident, *args, **kwargs):
        if ident == _MAIN:
            raise RuntimeError("the main interpreter is Ophion's own and runs no user code")
        return function(ident, *args, **kwargs)

    guarded.__name__ = guarded.__qualname__ = function.__name__
    return guarded
