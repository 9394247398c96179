"""sys.stdout and sys.stderr of an interpreter, and what single calls print.

A redirected stream is an ordinary io.TextIOWrapper; below it is a raw stream that hands bytes to
Java as text. None of it holds a lock during that: what takes the text may call Python again, on this
thread or, waiting for it, on another.
"""

import codecs
import io
import sys

import _contextvars
import _ophion

_NUMBERS = {"stdout": 1, "stderr": 2}
_STREAMS = 4  # what a capture's number counts for in the number of a stream

# The capture of the call that runs. Tasks inherit it, and what runs in a copy of the context;
# threads have contexts of their own.
_current = _contextvars.ContextVar("ophion_capture", default=None)

_own = {}  # those that go to the process's descriptors, by name
_stand_ins = {}  # for those, while a call's output is captured
_captures = set()


class Raw(io.RawIOBase):
    """Bytes in the encoding of the text above, which join it."""

    mode = "wb"

    def __init__(self, number, name, own=None):
        self.name = name
        self.text = None
        self._number = number
        self._own = own
        self._encoding = None

    def writable(self):
        return True

    def write(self, data):
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        data = bytes(memoryview(data).cast("B"))
        capture = _current.get()
        number = None if capture is None else capture.numbers.get(self._number)
        if number is not None:
            capture.written.add(number)
        elif self._own is not None:
            self._own.buffer.write(data)
            self._own.flush()
            return len(data)
        else:
            number = self._number
        if text := self._decoded(data):
            _ophion.write(number, text)
        return len(data)

    def _decoded(self, data):
        try:
            encoding = self.text.encoding
        except ValueError:
            encoding = "utf-8"  # the wrapper was detached; most that come instead are of UTF-8
        if encoding != self._encoding:
            self._encoding = encoding
            self._decode = codecs.getincrementaldecoder(encoding)("backslashreplace").decode
        return self._decode(data)

    def isatty(self):
        return self._own is not None and self._own.isatty()

    def fileno(self):
        if self._own is not None:
            return self._own.fileno()
        raise io.UnsupportedOperation(f"fileno: {self.name} goes to Java and has no descriptor")


class Buffer(io.BufferedIOBase):
    """Keeps nothing back."""

    def __init__(self, raw):
        self.raw = raw

    @property
    def name(self):
        return self.raw.name

    @property
    def mode(self):
        return self.raw.mode

    @property
    def closed(self):
        return self.raw is not None and self.raw.closed

    def writable(self):
        return self._attached().writable()

    def write(self, data):
        return self._attached().write(data)

    def flush(self):
        self._attached().flush()

    def close(self):
        if self.raw is not None:
            self.raw.close()

    def detach(self):
        raw = self._attached()
        self.raw = None
        return raw

    def isatty(self):
        return self._attached().isatty()

    def fileno(self):
        return self._attached().fileno()

    def _attached(self):
        if self.raw is None:
            raise ValueError("raw stream has been detached")
        return self.raw


def _text(number, name, own=None):
    raw = Raw(number, f"<{name}>", own)
    text = raw.text = io.TextIOWrapper(
        Buffer(raw),
        encoding="utf-8" if own is None else own.encoding,
        errors="backslashreplace" if own is None else own.errors,
        newline="\n",
        write_through=True,
    )
    text.mode = "w"
    return text


def install(redirect_stdout, redirect_stderr):
    for name, redirect in (("stdout", redirect_stdout), ("stderr", redirect_stderr)):
        own = getattr(sys, name)
        if redirect:
            stream = _text(_NUMBERS[name], name)
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
        elif own is not None:
            own.reconfigure(line_buffering=True)
            _own[name] = own


class _Capture:
    __slots__ = ("numbers", "token", "written")


def begin(number, stdout, stderr):
    """Has what this call prints go to a receiver of its own, by the number that Java gave it."""
    capture = _Capture()
    capture.written = set()
    capture.numbers = {
        _NUMBERS[name]: number * _STREAMS + _NUMBERS[name]
        for name, captured in (("stdout", stdout), ("stderr", stderr))
        if captured
    }
    try:
        _captures.add(capture)
        for name, own in _own.items():
            if _NUMBERS[name] in capture.numbers and getattr(sys, name) is own:
                own.flush()
                if name not in _stand_ins:
                    _stand_ins[name] = _text(_NUMBERS[name], name, own)
                setattr(sys, name, _stand_ins[name])
        capture.token = _current.set(capture)
        return capture
    except BaseException:  # an interrupt, which may come after the last step too
        capture.numbers = {}
        _captures.discard(capture)
        raise


def end(capture):
    """Ends it. May be called again if something came in between."""
    # What keeps the context for longer prints where others do.
    capture.numbers = {}
    _captures.discard(capture)
    if _current.get() is capture:
        _current.reset(capture.token)
    if not _captures:
        for name, stand_in in _stand_ins.items():
            if getattr(sys, name) is stand_in:
                setattr(sys, name, _own[name])
    while capture.written:
        # Says that an unfinished line is complete.
        _ophion.write(capture.written.pop(), "")


def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass  # replaced or closed by the user's code: nothing of ours is left in it
