"""Functions and classes of __main__, and local ones, by value: no module of the receiver has them.

cloudpickle does it if the sender can import it. Else their code objects travel (marshal, as all
interpreters are of one build), with what the code names: globals, closures, bases, members. Where
the receiver's own __main__ has the same definition under the same name, that one is taken, so that
instances keep their class among interpreters that ran the same source.
"""

import marshal
import sys
import types
import weakref

_OPERATIONS = {"LOAD_GLOBAL", "LOAD_NAME", "STORE_GLOBAL", "DELETE_GLOBAL"}
_EMPTY = "an empty cell"
_OF_ENUMS = frozenset(
    "_generate_next_value_ _member_names_ _member_map_ _member_type_ _value2member_map_"
    " _unhashable_values_ _unhashable_values_map_ _hashable_values_ _new_member_ _use_args_"
    " _value_repr_ __new__".split()
)
# Of one class object alone; pickling an instance adds __slotnames__.
_OF_TYPES = frozenset(
    "__dict__ __weakref__ __module__ __qualname__ __slotnames__ _abc_impl".split()
)

# A class that comes twice stays one class, here and where it came from.
_tokens = weakref.WeakKeyDictionary()
_classes = weakref.WeakValueDictionary()
_filled_classes = weakref.WeakSet()


class Reducer:
    """Reduces for one pickle. `reducers` has what the parts need that pickle refuses."""

    def __init__(self):
        try:
            import cloudpickle
        except ImportError:
            self.reducers = _REDUCERS | _reducers_of_dataclasses() | _reducers_of_typing()
            self._reduce = self._by_code
        else:
            import io

            by_cloudpickle = cloudpickle.Pickler(io.BytesIO(), 5)
            self.reducers = dict(by_cloudpickle.dispatch_table)
            self._reduce = by_cloudpickle.reducer_override
        self._globals = {}

    def reduce(self, value):
        """The reduction of a function or class, or NotImplemented if it has a module's name."""
        reduced = self._reduce(value)
        if reduced is NotImplemented or isinstance(reduced, str):
            return reduced
        make, parts, state, _, _, fill = (*reduced, None, None, None, None)[:6]
        if fill is None:
            return reduced
        arguments = _name_of(value), _codes_of(value), make, parts
        return _found_or_made, arguments, (fill, state), None, None, _fill_made

    def _by_code(self, value):
        if not isinstance(value, type):
            return self._function(value)
        return _nameless(value) if value.__module__ == "builtins" else self._class(value)

    def _function(self, function):
        code = function.__code__
        shared = self._globals.setdefault(
            id(function.__globals__),
            {"__name__": function.__module__, "__builtins__": _Builtins()},
        )
        cells = function.__closure__ or ()
        state = {
            "globals": {
                name: function.__globals__[name]
                for name in sorted(_names_in(code))
                if name in function.__globals__
            },
            "cells": [_contents(cell) for cell in cells],
            "attributes": {
                name: getattr(function, name)
                for name in (
                    "__defaults__", "__kwdefaults__", "__doc__", "__module__", "__name__",
                    "__qualname__", "__type_params__",
                )
            } | _annotations_of(function),
            "dict": function.__dict__,
        }  # fmt: skip
        return _function, (marshal.dumps(code), shared, len(cells)), state, None, None, _fill_function

    def _class(self, cls):
        token = _tokens.get(cls)
        if token is None:
            import uuid

            token = _tokens[cls] = uuid.uuid4().hex
            _classes[token] = cls
            _filled_classes.add(cls)
        names = {"__module__": cls.__module__, "__qualname__": cls.__qualname__}
        members = {
            name: member
            for name, member in vars(cls).items()
            if name not in _OF_TYPES
            and not name.startswith("__annot")
            and not isinstance(member, (types.MemberDescriptorType, types.GetSetDescriptorType))
        } | _annotations_of(cls)
        enum = sys.modules.get("enum")
        if enum and isinstance(cls, enum.EnumType):
            values = {member.name: member.value for member in cls}
            for name in (*cls.__members__, *_OF_ENUMS):
                members.pop(name, None)
            made = token, type(cls), cls.__name__, cls.__bases__, names, values
            return _enum, made, members, None, None, _fill_class
        for name in ("__slots__", "__orig_bases__", "__type_params__", "__parameters__"):
            if name in members:
                names[name] = members.pop(name)
        made = token, type(cls), cls.__name__, cls.__bases__, names
        return _class, made, members, None, None, _fill_class


class _Builtins:
    """Stands in a function's globals for the receiver's own builtins."""

    def __reduce__(self):
        return vars, (sys.modules["builtins"],)


def _annotations_of(value):
    """Evaluated: the function that does it holds the namespace of a class that is no more."""
    try:
        annotations = value.__annotations__
    except NameError:  # of a name that is only known to type checkers
        return {}
    return {"__annotations__": annotations} if annotations else {}


def _name_of(value):
    return value.__qualname__ if value.__module__ == "__main__" else ""


def _codes_of(value):
    """What two definitions have in common if they are the same."""
    if isinstance(value, types.FunctionType):
        return marshal.dumps(value.__code__)
    return {
        name: marshal.dumps(member.__code__) if isinstance(member, types.FunctionType) else None
        for name, member in vars(value).items()
        if name not in _OF_TYPES and name != "__doc__" and not name.startswith("__annot")
    }


def _is_same(own, codes):
    if isinstance(own, types.FunctionType):
        return isinstance(codes, bytes) and marshal.loads(codes) == own.__code__
    if not isinstance(own, type) or not isinstance(codes, dict):
        return False
    members = {name: member for name, member in vars(own).items() if name in codes}
    return len(members) == len(codes) and all(
        isinstance(members[name], types.FunctionType)
        and marshal.loads(code) == members[name].__code__
        for name, code in codes.items()
        if code is not None
    )


def _own(name):
    found = sys.modules["__main__"]
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def _found_or_made(name, codes, make, parts):
    own = _own(name) if name else None
    return own if own is not None and _is_same(own, codes) else make(*parts)


def _fill_made(made, state):
    fill, state = state
    if made.__module__ != "__main__" or _own(made.__qualname__) is not made:
        fill(made, state)


def _function(code, shared, cells):
    closure = tuple(types.CellType() for _ in range(cells))
    return types.FunctionType(marshal.loads(code), shared, closure=closure)


def _fill_function(function, state):
    function.__globals__.update(state["globals"])
    for cell, contents in zip(function.__closure__ or (), state["cells"]):
        if contents != (_EMPTY,):
            (cell.cell_contents,) = contents
    for name, value in state["attributes"].items():
        setattr(function, name, value)
    function.__dict__.update(state["dict"])


def _contents(cell):
    try:
        return [cell.cell_contents]
    except ValueError:
        return (_EMPTY,)


def _class(token, metaclass, name, bases, names):
    known = _classes.get(token)
    if known is not None:
        return known
    made = types.new_class(name, bases, {"metaclass": metaclass}, lambda body: body.update(names))
    return _remember(token, made)


def _enum(token, metaclass, name, bases, names, values):
    known = _classes.get(token)
    if known is not None:
        return known
    body = metaclass.__prepare__(name, bases)
    for member, value in values.items():
        body[member] = value
    made = metaclass(name, bases, body)
    for attribute, value in names.items():
        setattr(made, attribute, value)
    return _remember(token, made)


def _remember(token, made):
    _tokens[made] = token
    _classes[token] = made
    return made


def _fill_class(cls, members):
    if cls in _filled_classes:
        return
    _filled_classes.add(cls)
    for name, member in members.items():
        type.__setattr__(cls, name, member)


def _names_in(code):
    import dis

    names = {step.argval for step in dis.get_instructions(code) if step.opname in _OPERATIONS}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _names_in(constant)
    return names


def _reducers_of_dataclasses():
    """Its sentinels are compared by identity."""
    dataclasses = sys.modules.get("dataclasses")
    if dataclasses is None:
        return {}
    return {
        dataclasses._FIELD_BASE: lambda kind: (getattr, (dataclasses, kind.name)),
        dataclasses._MISSING_TYPE: lambda _: (getattr, (dataclasses, "MISSING")),
    }


def _reducers_of_typing():
    typing = sys.modules.get("typing")
    return {} if typing is None else {typing.TypeVar: _type_variable}


def _type_variable(variable):
    module = sys.modules.get(variable.__module__)
    if variable.__module__ != "__main__" and getattr(module, variable.__name__, None) is variable:
        return variable.__name__
    from functools import partial

    make = partial(
        type(variable),
        bound=variable.__bound__,
        covariant=variable.__covariant__,
        contravariant=variable.__contravariant__,
        infer_variance=variable.__infer_variance__,
    )
    return make, (variable.__name__, *variable.__constraints__)


def _nameless(cls):
    """A built-in type that has a name in `types` alone."""
    for name, candidate in vars(types).items():
        if candidate is cls:
            return getattr, (types, name)
    return NotImplemented


def _module(name):
    from importlib import import_module

    return import_module(name)


_REDUCERS = {
    types.ModuleType: lambda module: (_module, (module.__name__,)),
    types.CodeType: lambda code: (marshal.loads, (marshal.dumps(code),)),
    types.MappingProxyType: lambda proxy: (types.MappingProxyType, (dict(proxy),)),
    property: lambda member: (property, (member.fget, member.fset, member.fdel, member.__doc__)),
    classmethod: lambda member: (classmethod, (member.__func__,)),
    staticmethod: lambda member: (staticmethod, (member.__func__,)),
}
