"""Arrays of NumPy whose types its buffers cannot name: dates and records."""

import re

import numpy

# What dev.ophion.DType and format_of write: every order and gap is said.
_ITEM = re.compile(
    r"(?:\((\d+(?:,\d+)*)\))?([@=<>!^]?)(\d*)(T\{|Z[fdg]|[Mm]8(?:\[\w+\])?|[a-zA-Z?])"
)
_CODES = {
    "?": "?", "c": "S1", "b": "i1", "B": "u1", "h": "i2", "H": "u2", "i": "i4", "I": "u4",
    "q": "i8", "Q": "u8", "e": "f2", "f": "f4", "d": "f8", "g": "g", "Zf": "c8", "Zd": "c16",
    "Zg": "G",
}  # fmt: skip
_SIZED = {"s": "S", "w": "U", "x": "V"}
_INTEGERS = numpy.dtype("i8")
# Of the class itself: subclasses may say what they like.
_dtype_of = numpy.ndarray.dtype.__get__
_view = numpy.ndarray.view
_LETTERS = {code: letters for letters, code in _CODES.items() if letters not in ("c", "g", "Zg")}


def described(array):
    """Returns the same memory as a type that NumPy exports, and the format of what it is.

    Records get one too: NumPy writes "@" for fields that happen to lie aligned, which says that
    gaps follow where there are none, and exports none whose fields are out of order or have odd
    names. None if there is no such format, or no need of one.
    """
    dtype = _dtype_of(array)
    if dtype.names is None and dtype.kind not in "mM" or not dtype.itemsize:
        return None
    text = format_of(dtype)
    if text is None:
        return None
    exported = _INTEGERS if dtype.names is None else numpy.dtype(f"V{dtype.itemsize}")
    # Alone a type says its order only if it is not native, as all others do.
    return _view(array, exported, numpy.ndarray), text.removeprefix("<").encode()


def reduced(array):
    """Reduces an array of dates: pickle would copy what NumPy exports no buffer for."""
    return _as_type, (_view(array, _INTEGERS), _dtype_of(array))


def _as_type(array, dtype):
    return array.view(dtype)


def _record(names, formats, offsets, itemsize):
    return numpy.dtype(
        {"names": list(names), "formats": formats, "offsets": offsets, "itemsize": itemsize}
    )


def format_of(dtype):
    """Returns the format of a dtype; None if it has none."""
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        inner = format_of(base)
        return inner and "(" + ",".join(map(str, shape)) + ")" + inner
    if dtype.names is not None:
        return _format_of_record(dtype)
    order = ">" if dtype.str[0] == ">" else "<"
    code = dtype.str[1:]
    if dtype.kind in "mM":
        return order + code
    if dtype.kind == "U":
        return f"{order}{dtype.itemsize // 4}w"
    if dtype.kind in "SV":
        return str(dtype.itemsize) + {"S": "s", "V": "x"}[dtype.kind]
    if dtype.char in "gG":
        return "^g" if dtype.char == "g" else "^Zg"
    letters = "?" if dtype.kind == "b" else _LETTERS.get(code)
    return letters and (order if dtype.itemsize > 1 else "") + letters


def _format_of_record(dtype):
    parts = []
    end = 0
    # As they lie in memory: a format has no offsets.
    for name in sorted(dtype.names, key=lambda name: dtype.fields[name][1]):
        field, offset = dtype.fields[name][:2]
        inner = format_of(field)
        if inner is None or offset < end or not _is_writable(name):
            return None
        parts.append(_gap(offset - end) + f"{inner}:{name}:")
        end = offset + field.itemsize
    return "T{" + "".join(parts) + _gap(dtype.itemsize - end) + "}"


def _is_writable(name):
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return ":" not in name


def _gap(size):
    return f"{size}x" if size else ""


def over(span, text, itemsize, shape, strides, first):
    """Returns an array over the bytes of a memoryview; None if NumPy has no such type."""
    dtype = _Reader(text.decode("utf-8", "replace")).whole()
    if dtype is None or dtype.itemsize != itemsize:
        return None
    return numpy.ndarray(shape, dtype, span, first, strides)


class _Reader:
    def __init__(self, text):
        self._text = text
        self._at = 0

    def whole(self):
        dtype = self._item()
        return dtype if self._at == len(self._text) else None

    def _item(self):
        """None for what is not known, from where on nothing is read."""
        found = _ITEM.match(self._text, self._at)
        if found is None:
            return None
        self._at = found.end()
        shape, order, count, letters = found.groups()
        dtype = self._fields() if letters == "T{" else _simple(order, count, letters)
        if dtype is None or shape is None:
            return dtype
        return numpy.dtype((dtype, tuple(map(int, shape.split(",")))))

    def _fields(self):
        names, formats, offsets = [], [], []
        end = 0
        while not self._text.startswith("}", self._at):
            dtype = self._item()
            if dtype is None:
                return None
            if self._text.startswith(":", self._at):
                close = self._text.find(":", self._at + 1)
                if close < 0:
                    return None
                names.append(self._text[self._at + 1 : close])
                formats.append(dtype)
                offsets.append(end)
                self._at = close + 1
            end += dtype.itemsize
        self._at += 1
        return _record(names, formats, offsets, end)


def _simple(order, count, letters):
    order = {">": ">", "!": ">", "<": "<"}.get(order, "=")
    if letters in _SIZED:
        return numpy.dtype(f"{order}{_SIZED[letters]}{count or 1}")
    code = letters if letters[0] in "mM" else _CODES.get(letters)
    return None if code is None or count else numpy.dtype(order + code)
