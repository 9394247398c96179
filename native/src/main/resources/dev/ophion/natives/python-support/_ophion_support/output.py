"""sys.stdout and sys.stderr of an interpreter."""

import codecs
import io
import sys

import _ophion


class Bytes(io.RawIOBase):
    """What libraries find as sys.stdout.buffer: bytes of UTF-8 that join the text."""

    def __init__(self, stream):
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8")("backslashreplace").decode

    def writable(self):
        return True

    def write(self, data):
        view = memoryview(data).cast("B")
        self._stream.write(self._decode(bytes(view)))
        return len(view)


class Stream(io.TextIOBase):
    """Text that goes to Java as it is written; Java cuts it into lines."""

    def __init__(self, number, name):
        self._number = number
        self.name = name
        self.buffer = Bytes(self)

    encoding = "utf-8"
    errors = "backslashreplace"

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        if text:
            _ophion.write(self._number, text)
        return len(text)


def install(redirect_stdout, redirect_stderr):
    for name, number, redirect in (
        ("stdout", 1, redirect_stdout),
        ("stderr", 2, redirect_stderr),
    ):
        if redirect:
            stream = Stream(number, f"<{name}>")
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
        elif getattr(sys, name) is not None:
            getattr(sys, name).reconfigure(line_buffering=True)


def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass  # replaced or closed by the user's code: nothing of ours is left in it
