"""Drops modules as the end of CPython does: finalizers find the variables, survivors are emptied."""

import gc
import sys
from _weakref import ref

_MARK = "__ophion_end__"
_MODULE = type(sys)

_collect = gc.collect
_unfreeze = gc.unfreeze
_variables_of = _MODULE.__dict__["__dict__"].__get__


class _Mark:
    """Lives in a module's variables for as long as those do."""

    __slots__ = ("__weakref__", "variables")

    def __init__(self, variables):
        self.variables = variables


def drop(modules):
    """Drops the modules of a dict, the last one first, and empties the dict.

    Finalizers run while the variables are whole, since a module goes together with what refers to
    it. Variables that something else keeps are set to None afterwards.
    """
    marks = []
    while modules:
        marks.append(_take_out(*modules.popitem()))
    _unfreeze()  # frozen cycles would never be freed
    _collect()
    for mark in marks:
        _empty(mark())
    _collect()


def _take_out(name, module):
    variables = _variables_of(module)
    mark = variables[_MARK] = _Mark(variables)
    if sys.modules.get(name) is module:
        sys.modules[name] = None  # an import raises, as at the end of CPython
    return ref(mark)


def _empty(mark):
    if mark is None:
        return
    variables = mark.variables
    names = [name for name in variables if type(name) is str and name != "__builtins__"]
    # As in CPython's _PyModule_Clear: private ones first, and the names stay.
    for private in (True, False):
        for name in names:
            if (name[:1] == "_" and name[:2] != "__") == private:
                variables[name] = None


def forget_exceptions():
    """Drops what the interactive interpreter keeps, with the frames that it refers to."""
    for name in ("last_exc", "last_type", "last_value", "last_traceback"):
        if hasattr(sys, name):
            setattr(sys, name, None)
