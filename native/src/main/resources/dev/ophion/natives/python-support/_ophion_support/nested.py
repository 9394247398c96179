"""Interpreters that Python code makes for itself (concurrent.interpreters) get the same guards."""

import sys

from _ophion_support.stand_ins import put

# Expressions, so that they leave no name in the new interpreter's __main__. CPython gives it the
# executable of the image's main interpreter.
_GUARD = (
    f"setattr(__import__('sys'), 'executable', {sys.executable!r});"
    " __import__('_ophion_support.start').start.is_nested()"
)
_MAIN = 0


def guard(module):
    """Wraps the functions of the module _interpreters."""
    isolated = vars(module.new_config("isolated"))
    run, destroy = module.exec, module.destroy

    def create(make, config="isolated", *, reqrefs=False):
        if config not in ("isolated", "default") and getattr(config, "__dict__", None) != isolated:
            raise RuntimeError(
                "an interpreter with this configuration could end the whole JVM and is refused:"
                " make it 'isolated'"
            )
        ident = make("isolated", reqrefs=reqrefs)
        failure = run(ident, _GUARD)
        if failure is not None:
            destroy(ident)
            raise RuntimeError(f"the new interpreter could not be guarded: {failure.formatted}")
        return ident

    put([module], "create", create)
    for name in ("call", "exec", "run_func", "run_string", "set___main___attrs"):
        put([module], name, _refuse_main)


def _refuse_main(function, ident, *args, **kwargs):
    if ident == _MAIN:
        raise RuntimeError("the main interpreter is Ophion's own and runs no user code")
    return function(ident, *args, **kwargs)


def guard_tests(module):
    """Wraps the functions by which CPython's own tests make interpreters."""
    for name in ("run_in_subinterp", "run_in_subinterp_with_config"):
        put([module], name, _run_guarded)
    run = getattr(module, "exec_interpreter", None)

    def create_interpreter(create, *args, **kwargs):
        import _interpreters

        ident = create(*args, **kwargs)
        # One that is not ready has no GIL yet, and running anything in it ends the process.
        if _interpreters.whence(ident) != _interpreters.WHENCE_UNKNOWN:
            run(ident, _GUARD)
        return ident

    put([module], "create_interpreter", create_interpreter)


def _run_guarded(run, code, *args, **kwargs):
    return run(f"{_GUARD}\nexec({code!r})", *args, **kwargs)
