"""Functions and classes of __main__, and local ones, by value: no module of the receiver has them.

cloudpickle reduces functions and what they are made of. Classes are made here, as they are, without
running again what made them: metaclasses and __init_subclass__ may want keywords that nobody knows
any more, and __slots__ and members of enums cannot be added later.

A class that comes twice stays one class, with the members that the sender saw last; one that comes
back is the one that it was. Where the receiver's own __main__ has the same definition under the
same name, that one is taken.
"""

import functools
import io
import sys
import types
import weakref

from _ophion_support import classes, cloudpickle, fingerprints, functions, named

# Types whose reducers would copy what is not the sender's to copy, or that are named instead.
_NOT_REDUCED = {io.TextIOWrapper, memoryview, *named.KINDS}

_REDUCERS = {
    functools.partialmethod: lambda method: (
        functools.partial(functools.partialmethod, **method.keywords),
        (method.func, *method.args),
    ),
    types.CellType: functions.reduce_cell,
    weakref.WeakKeyDictionary: lambda known: (type(known), (dict(known),)),
    weakref.WeakValueDictionary: lambda known: (type(known), (dict(known),)),
}

# Functions that were made here and not found, and so are to be filled.
_made = weakref.WeakSet()


class Reducer:
    """Reduces for one pickle. `reducers` has what the parts need that pickle refuses."""

    def __init__(self):
        self._pickler = cloudpickle.Pickler(io.BytesIO(), 5)
        self.reducers = {
            kind: reduce
            for kind, reduce in self._pickler._dispatch_table.items()
            if kind not in _NOT_REDUCED
        }
        self.reducers |= _REDUCERS

    def reduce(self, value):
        """The reduction of a function or class that no module has under its name."""
        if isinstance(value, type):
            return self._class(value)
        make, parts, state, fill = functions.parts_of(self._pickler, value)
        found = fingerprints.of(value) if _is_of_main(value) else None
        name = value.__qualname__ if found else ""
        return _found_or_made, (name, found, make, parts), (fill, state), None, None, _fill

    def _class(self, cls):
        if cls in functions.BUILTIN:
            return cloudpickle._class_reduce(cls)
        if classes.is_of_c(cls):
            raise cloudpickle.pickle.PicklingError(
                f"{cls!r} is made by C code, and no module has it under this name"
            )
        parts, state = classes.parts_of(cls)
        found = fingerprints.of(cls) if cls.__module__ == "__main__" else None
        name = cls.__qualname__ if found else ""
        token = cloudpickle._get_or_create_tracker_id(cls)
        return _class, (name, found, token, parts), state, None, None, classes.fill

    def reduce_named(self, value, name):
        """The reduction of what reduces to a name that its module does not have."""
        return named.reduce(value, name)


def _is_of_main(value):
    return value.__module__ == "__main__" and "." not in value.__qualname__


def _own(name):
    found = sys.modules["__main__"]
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def _found(name, fingerprint, kind):
    own = _own(name) if name else None
    return own if isinstance(own, kind) and fingerprints.of(own) == fingerprint else None


def _found_or_made(name, fingerprint, make, parts):
    own = _found(name, fingerprint, types.FunctionType)
    if own is not None:
        return own
    made = make(*parts)
    _made.add(made)
    return made


def _fill(function, state):
    fill, state = state
    if function in _made:
        _made.discard(function)
        fill(function, state)


def _class(name, fingerprint, token, parts):
    known = cloudpickle._DYNAMIC_CLASS_TRACKER_BY_ID.get(token)
    if known is not None:
        return known
    own = _found(name, fingerprint, type)
    if own is not None:
        return own
    return cloudpickle._lookup_class_or_track(token, classes.make(*parts))
