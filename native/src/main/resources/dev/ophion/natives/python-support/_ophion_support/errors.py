"""Exceptions in the form in which Java gets them."""

import sys

from _ophion_support.guards import ExtensionRefused

_RAISED = 0
_EXIT = 1
_SYNTAX = 2
_EXTENSION = 3

_MAX_CHAIN = 32
_MAX_FRAMES = 1024


def describe(exception):
    """Returns (kind, type name, message, notes, frames, cause, extra), all plain values."""
    return _describe(exception, set())


def _describe(exception, seen):
    seen.add(id(exception))
    kind, extra = _kind(exception)
    return (
        kind,
        _type_name(type(exception)),
        _message(exception, kind),
        _notes(exception),
        _frames(exception.__traceback__),
        _cause(exception, seen),
        extra,
    )


def _type_name(kind):
    if kind.__module__ in ("builtins", "__main__"):
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


def _clean(text):
    # Java's strings take no lone surrogates, and an error must get through in any case.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _text(value):
    try:
        return _clean(str(value))
    except Exception as failure:
        return f"(str() of it raised {type(failure).__name__})"


def _message(exception, kind):
    if kind == _SYNTAX:
        return _text(exception.msg)
    return _text(exception)


def _notes(exception):
    notes = getattr(exception, "__notes__", None)
    return tuple(_text(note) for note in notes) if isinstance(notes, (list, tuple)) else ()


def _frames(traceback):
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        module = traceback.tb_frame.f_globals.get("__name__", "")
        frames.append(
            (
                _text(module),
                _clean(code.co_qualname),
                _clean(code.co_filename),
                traceback.tb_lineno or 0,
            )
        )
        traceback = traceback.tb_next
    # The guard's own frame would only distract.
    frames = [frame for frame in frames if not frame[0].startswith("_ophion_support")]
    if len(frames) > _MAX_FRAMES:
        half = _MAX_FRAMES // 2
        frames = frames[:half] + frames[-half:]
    frames.reverse()
    return tuple(frames)


def _cause(exception, seen):
    cause = exception.__cause__
    if cause is None and not exception.__suppress_context__:
        cause = exception.__context__
    if cause is None or id(cause) in seen or len(seen) >= _MAX_CHAIN:
        return None
    return _describe(cause, seen)


def _kind(exception):
    if isinstance(exception, SystemExit):
        return _EXIT, _exit_code(exception.code)
    if isinstance(exception, SyntaxError):
        return _SYNTAX, _place(exception)
    if isinstance(exception, ExtensionRefused):
        return _EXTENSION, exception.name
    return _RAISED, None


def _exit_code(code):
    if code is None:
        return 0
    if not isinstance(code, int):
        return 1
    return int(code) if -(2**31) <= code < 2**31 else -1


def _place(error):
    line = error.lineno or 0
    column = error.offset or 0
    text = error.text.rstrip("\n") if isinstance(error.text, str) else ""
    excerpt = ""
    if text and column > 0:
        same_line = error.end_lineno in (None, line) and (error.end_offset or 0) > column
        width = error.end_offset - column if same_line else 1
        pad = "".join("\t" if c == "\t" else " " for c in text[: column - 1])
        excerpt = f"{text}\n{pad}{'^' * width}"
    return (_text(error.filename or ""), line, column, _clean(excerpt))
