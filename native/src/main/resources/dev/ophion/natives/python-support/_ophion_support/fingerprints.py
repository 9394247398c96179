"""Whether two definitions are the same: not only their code, but everything that they stand on."""

import types
from _sha2 import sha256

from _ophion_support import classes, cloudpickle, functions, named

_MOST_BYTES = 1 << 18
_PLACE = (10, 13)  # file name and first line in the parts of a code object
_NOTES = ("__firstlineno__", "__static_attributes__")


class _TooMuch(Exception):
    pass


class _Hash:
    """A file that keeps a hash alone."""

    def __init__(self):
        self._hash = sha256()
        self._left = _MOST_BYTES

    def write(self, data):
        self._left -= len(data)
        if self._left < 0:
            raise _TooMuch
        self._hash.update(data)

    def digest(self):
        return self._hash.digest()


def _refuse_buffer(buffer):
    raise _TooMuch


class _Pickler(cloudpickle.Pickler):
    """Writes definitions by what they are; nothing of it is ever loaded."""

    def __init__(self, file):
        super().__init__(file, 5, buffer_callback=_refuse_buffer)
        # Otherwise it would show which equal objects happen to be one object.
        self.fast = True
        self._numbers = {}

    def reducer_override(self, value):
        if isinstance(value, types.CodeType):
            _, parts = cloudpickle._code_reduce(value)
            return _part, tuple(part for at, part in enumerate(parts) if at not in _PLACE)
        if isinstance(value, named.KINDS):
            return _part, (value.__name__, *named.reduce(value, "")[1:])
        if not isinstance(value, (type, types.FunctionType)):
            return NotImplemented
        if isinstance(value, type) and value in functions.BUILTIN:
            return cloudpickle._class_reduce(value)
        if cloudpickle._should_pickle_by_reference(value):
            return NotImplemented
        known = self._numbers.get(id(value))
        if known is not None:
            return _part, (known,)
        self._numbers[id(value)] = len(self._numbers)
        return _part, self._of_definition(value)

    def _of_definition(self, value):
        if isinstance(value, type):
            made, state = classes.parts_of(value)
            return made, {name: part for name, part in state.items() if name not in _NOTES}
        _, parts, state, _ = functions.parts_of(self, value)
        return parts[0], parts[4], *state


def _part():
    raise TypeError("a fingerprint is not loaded")


def of(value):
    """Returns the fingerprint, or None of what has none: what is large, shared or not picklable."""
    file = _Hash()
    try:
        _Pickler(file).dump(value)
    except Exception:
        return None
    return file.digest()
