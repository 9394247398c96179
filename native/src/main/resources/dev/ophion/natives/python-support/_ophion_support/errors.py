"""Exceptions in the form in which Java gets them: plain values, bounded in number and length.

What an exception says of itself may be any value, and asking for it may run the user's code. So what
CPython keeps is read past overriding attributes, every value is checked for its type, and what fails
costs its own part of the description only.
"""

from _ophion_support.guards import ExtensionRefused
from _ophion_support.sources import shown

_RAISED = 0
_EXIT = 1
_SYNTAX = 2
_EXTENSION = 3
_GROUP = 4

_MAX_DEPTH = 32
_MAX_EXCEPTIONS = 256
_MAX_FRAMES = 1024
_MAX_FRAMES_IN_ALL = 4096
_MAX_MEMBERS = 64
_MAX_NAME = 500
_MAX_NOTES = 64
_MAX_TEXT = 1 << 18
_MAX_TEXT_IN_ALL = 1 << 20

# The part of a source line that is shown around the place of an error.
_EXCERPT_BEFORE = 200
_EXCERPT = 400


def _slot(kind, name):
    return kind.__dict__[name].__get__


_cause_of = _slot(BaseException, "__cause__")
_context_of = _slot(BaseException, "__context__")
_suppresses_context = _slot(BaseException, "__suppress_context__")
_traceback_of = _slot(BaseException, "__traceback__")
_code_of = _slot(SystemExit, "code")
_members_of = _slot(BaseExceptionGroup, "exceptions")
_name_of = _slot(ImportError, "name")
_module_of = _slot(type, "__module__")
_qualname_of = _slot(type, "__qualname__")
_PLACE = [
    _slot(SyntaxError, name)
    for name in ("filename", "lineno", "offset", "end_lineno", "end_offset", "text")
]
_msg_of = _slot(SyntaxError, "msg")


def describe(exception):
    """Returns (kind, type name, message, notes, frames, cause, extra), all plain values."""
    return _describe(exception, (), _Budget())


class _Budget:
    """What one description may still take, in all."""

    def __init__(self):
        self.exceptions = _MAX_EXCEPTIONS
        self.frames = _MAX_FRAMES_IN_ALL
        self.characters = _MAX_TEXT_IN_ALL

    def cut(self, text):
        text = _cut(text, min(_MAX_TEXT, self.characters))
        self.characters = max(0, self.characters - len(text))
        return text


def _describe(exception, outer, budget):
    budget.exceptions -= 1
    outer += (id(exception),)
    kind, extra = _or(_kind, (_RAISED, None), exception)
    message = _or(_message, "(its message could not be read)", exception, kind)
    message = budget.cut(message)
    texts, are_all = _or(_notes, ([], True), exception)
    notes = [budget.cut(text) for text in texts]
    if not are_all:
        notes.append("(more notes are left out)")
    frames = _or(_frames, (), _traceback_of(exception), budget)
    cause = _cause(exception)
    if cause is not None and not _fits(cause, outer, budget):
        if id(cause) not in outer:
            notes.append(f"(its cause, {_type_name(type(cause))}, is left out)")
        cause = None
    if cause is not None:
        cause = _describe(cause, outer, budget)
    if kind == _GROUP:
        extra = _members(extra, outer, budget)
    name = _type_name(type(exception))
    return kind, name, message, tuple(notes), frames, cause, extra


def _fits(exception, outer, budget):
    return budget.exceptions > 0 and len(outer) < _MAX_DEPTH and id(exception) not in outer


def _or(read, otherwise, *arguments):
    try:
        return read(*arguments)
    except BaseException:  # whatever the user's code raises there
        return otherwise


def _plain(value):
    """The text of a str, also of a subclass that says something else; None for other values."""
    return str.__str__(value) if issubclass(type(value), str) else None


def plain_text(text):
    """A str as Java takes it."""
    return _cut(_plain(text) or "", _MAX_TEXT)


def _cut(text, most):
    if len(text) > most:
        text = f"{text[:most]}... ({len(text) - most} more characters)"
    # Java's strings take no lone surrogates, and an error must get through in any case.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def plain_name(value):
    """A name as Java takes it and people read it; empty if it is no str."""
    return _cut(_plain(value) or "", _MAX_NAME)


def _type_name(kind):
    module = plain_name(_or(_module_of, None, kind))
    name = plain_name(_or(_qualname_of, None, kind))
    return name if module in ("", "builtins", "__main__") else f"{module}.{name}"


def _text(value):
    try:
        return _plain(str(value))
    except BaseException as failure:
        return f"(str() of it raised {_type_name(type(failure))})"


def _message(exception, kind):
    message = _plain(_msg_of(exception)) if kind == _SYNTAX else None
    return _text(exception) if message is None else message


def _notes(exception):
    """The texts of the first notes, and whether there are no more."""
    notes = getattr(exception, "__notes__", None)
    kind = type(notes)
    if notes is None:
        return [], True
    if not issubclass(kind, (list, tuple)):
        return [_text(notes)], True
    items = (list if issubclass(kind, list) else tuple).__getitem__(notes, slice(_MAX_NOTES + 1))
    return [_text(note) for note in items[:_MAX_NOTES]], len(items) <= _MAX_NOTES


def _frames(traceback, budget):
    entries = []
    while traceback is not None:
        entries.append(traceback)
        traceback = traceback.tb_next
    most = min(_MAX_FRAMES, budget.frames)
    if len(entries) > most:
        half = most // 2
        entries = entries[:half] + entries[len(entries) - half :]
    budget.frames -= len(entries)
    frames = [_frame(entry) for entry in reversed(entries)]
    # The guard's own frame would only distract.
    return tuple(frame for frame in frames if not frame[0].startswith("_ophion_support"))


def _frame(entry):
    code = entry.tb_frame.f_code
    module = _or(dict.get, None, entry.tb_frame.f_globals, "__name__")
    line = entry.tb_lineno or 0
    return plain_name(module), plain_name(code.co_qualname), shown(plain_name(code.co_filename)), line


def _cause(exception):
    cause = _cause_of(exception)
    if cause is None and not _suppresses_context(exception):
        cause = _context_of(exception)
    return cause


def _members(members, outer, budget):
    described = [
        _describe(member, outer, budget)
        for member in members[:_MAX_MEMBERS]
        if _fits(member, outer, budget)
    ]
    return tuple(described), len(members)


def _kind(exception):
    kind = type(exception)
    if issubclass(kind, SystemExit):
        return _EXIT, _exit_code(_code_of(exception))
    if issubclass(kind, SyntaxError):
        return _SYNTAX, _place(*(read(exception) for read in _PLACE))
    if issubclass(kind, ExtensionRefused):
        return _EXTENSION, plain_name(_name_of(exception))
    if issubclass(kind, BaseExceptionGroup):
        return _GROUP, _members_of(exception)
    return _RAISED, None


def _exit_code(code):
    if code is None:
        return 0
    if not issubclass(type(code), int):
        return 1
    code = int.__index__(code)
    return code if -(2**31) <= code < 2**31 else -1


def _position(value):
    """A line or column: 0 for what is none."""
    number = int.__index__(value) if issubclass(type(value), int) else 0
    return number if 0 < number < 2**31 else 0


def _place(filename, lineno, offset, end_lineno, end_offset, text):
    line, column = _position(lineno), _position(offset)
    end_line, end_column = _position(end_lineno) or line, _position(end_offset)
    width = end_column - column if end_line == line else 1
    excerpt = _excerpt(_plain(text) or "", column, width)
    return shown(plain_name(filename)), line, column, excerpt


def _excerpt(text, column, width):
    """The line, or the part of it around the place, and carets below."""
    text = text.rstrip("\n")
    if not text or column == 0:
        return ""
    column = min(column, len(text) + 1)
    start = max(0, column - 1 - _EXCERPT_BEFORE) if len(text) > _EXCERPT else 0
    shown = text[start : start + _EXCERPT]
    before = shown[: column - 1 - start]
    pad = "".join("\t" if c == "\t" else " " for c in before)
    width = max(1, min(width, len(shown) - len(before)))
    return _cut(f"{shown}\n{pad}{'^' * width}", 3 * _EXCERPT)
