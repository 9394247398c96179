"""Pickling with everything large out of band, and back. The hooks are native: see pickle_hooks.cpp."""

import io
import pickle
import re

# BufferKind in pickle_hooks.h.
_PICKLE = 0
_BYTES = 2
_BYTEARRAY = 3
_ARRAY = 4


class _Pickler(pickle.Pickler):
    """Gives instances a __dict__: the C pickler looks for reducer_override there too."""


def pickled(hooks, value):
    """Returns the in-band bytes; the hooks keep the rest."""
    file = io.BytesIO()
    pickler = _Pickler(file, 5, buffer_callback=hooks.take_buffer)
    pickler.persistent_id = hooks.persistent_id
    pickler.reducer_override = hooks.reducer_override
    pickler.dump(value)
    return file.getvalue()


def unpickled(data, views, kinds):
    """Returns the value; `kinds` says what each of the memoryviews was."""
    try:
        return _unpickled(data, views, kinds)
    except (ModuleNotFoundError, AttributeError) as failure:
        remedy = _missing_definition(failure)
        if remedy is None:
            raise
        raise pickle.UnpicklingError(f"{remedy} ({failure})") from failure


def import_numpy():
    """For an array that comes without a pickle."""
    try:
        import numpy  # noqa: F401
    except ModuleNotFoundError as failure:
        raise pickle.UnpicklingError(f"{_missing_definition(failure)} ({failure})") from failure


def _missing_definition(failure):
    """What the receiver lacks, if that is why a name of the pickle could not be found."""
    if isinstance(failure, ModuleNotFoundError):
        return (
            f"this interpreter lacks the module {failure.name!r}, which the pickled objects come"
            " from: install it in its environment or extend its sys.path"
        )
    if failure.__traceback__.tb_next.tb_next is not None:
        return None  # raised by code of an object, not by pickle
    return (
        "this interpreter lacks a definition that the pickled objects come from: give both sides"
        " the same version of the module"
    )


def _unpickled(data, views, kinds):
    own = [view for view, kind in zip(views, kinds) if kind == _PICKLE]
    if len(own) == len(views):
        return pickle.loads(data, buffers=own)
    rebuilt = {}

    def find(number):
        if number >= 0:
            return views[number]
        number = ~number
        if number not in rebuilt:
            rebuilt[number] = _rebuild(kinds[number], views[number])
        return rebuilt[number]

    unpickler = pickle.Unpickler(io.BytesIO(data), buffers=own)
    unpickler.persistent_load = find
    return unpickler.load()


def _rebuild(kind, view):
    if kind == _BYTES:
        return bytes(view)
    if kind == _BYTEARRAY:
        return bytearray(view)
    if kind == _ARRAY:
        from array import array

        copy = array(view.format)
        if view:  # memoryview casts no empty ones
            copy.frombytes(view.cast("B"))
        return copy
    return view


_ITEM = re.compile(r"when serializing .+? item (.+)", re.S)
_WORD = re.compile(r"'(\w+)'")


def explain(failure):
    """Returns why a value cannot be pickled, and the path of what stopped it."""
    # The pickler notes each container it was in, the innermost first.
    path = ""
    inside_state = False
    for note in reversed(_notes(failure)):
        if note.endswith((" state", " arguments")):
            inside_state = True
            continue
        item = _ITEM.fullmatch(note)
        if item is None:
            path += "{element}" if note.endswith("set element") else ""
            continue
        word = _WORD.fullmatch(item[1])
        if inside_state:
            # Where an object's state is a tuple, its positions mean nothing to the user.
            if word:
                path += "." + word[1]
            inside_state = not word
        else:
            path += f'["{word[1]}"]' if word else f"[{item[1]}]"
    return _clean(f"{type(failure).__name__}: {_text(failure)}"), _clean(path)


def _notes(failure):
    # What stopped pickle may be an exception of the user's own.
    try:
        return [note for note in failure.__notes__ if type(note) is str]
    except Exception:
        return []


def _text(failure):
    try:
        return str.__str__(str(failure))
    except Exception as worse:
        return f"(its str() raised {type(worse).__name__})"


def _clean(text):
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
