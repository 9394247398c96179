"""Functions in parts, by cloudpickle, and what it leaves out."""

import types

from _ophion_support import cloudpickle
from _ophion_support.annotations import annotations_of

# Types that have a name in the module `types` alone, or none.
BUILTIN = {type(None), type(Ellipsis), type(NotImplemented), *cloudpickle._BUILTIN_TYPE_NAMES}

_NAME_OPERATIONS = {"LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"}


def parts_of(pickler, function):
    """Returns (make, (code, globals, name, defaults, closure), state, fill) of a function."""
    reduced = pickler._dynamic_function_reduce(_with_annotations(function))
    make, parts, (attributes, slots), fill = *reduced[:3], reduced[5]
    globals_, names, codes = function.__globals__, set(), list(_codes_in(function.__code__))
    for code in codes:
        names |= _names_in(code)
    for name in sorted(names & globals_.keys()):
        slots["__globals__"].setdefault(name, globals_[name])
    for code in codes[1:]:
        slots["_cloudpickle_submodules"] += cloudpickle._find_imported_submodules(
            code, slots["__globals__"].values()
        )
    slots["__type_params__"] = function.__type_params__
    # The cells themselves, which functions may share.
    slots["__closure__"] = None
    parts = (*parts[:4], function.__closure__)
    return make, parts, (attributes, slots), fill


def _with_annotations(function):
    """A copy whose annotations are there, if they cannot be evaluated."""
    try:
        function.__annotations__
    except Exception:
        copy = types.FunctionType(
            function.__code__,
            function.__globals__,
            function.__name__,
            function.__defaults__,
            function.__closure__,
        )
        for name in ("__kwdefaults__", "__qualname__", "__module__", "__doc__"):
            setattr(copy, name, getattr(function, name))
        copy.__dict__.update(function.__dict__)
        copy.__annotations__ = annotations_of(function)
        return copy
    return function


def _codes_in(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes_in(constant)


def _names_in(code):
    """Names that bodies of classes look up in the globals of the function around them."""
    steps = cloudpickle.dis.get_instructions(code)
    return {step.argval for step in steps if step.opname in _NAME_OPERATIONS}


def reduce_cell(cell):
    """In two steps: it may hold the function that it belongs to."""
    try:
        contents = [cell.cell_contents]
    except ValueError:
        contents = []
    return cloudpickle._make_empty_cell, (), contents, None, None, _fill_cell


def _fill_cell(cell, contents):
    for value in contents:
        cell.cell_contents = value
