"""Extension modules come from files that were written for this copy of libpython."""

import _imp
import os
import sys

import _ophion


def _create_in_subinterpreter(spec):
    return _ophion.create_extension(spec, os.fsencode(spec.origin), sys.getdlopenflags())


_create_dynamic = _imp.create_dynamic if _ophion.is_main() else _create_in_subinterpreter


def relocated(path, is_extension):
    """Returns the file to open instead of an extension module or other library, as a str."""
    # Java keeps to the folder that it was started in.
    absolute = os.path.abspath(os.fsencode(path))
    return os.fsdecode(_ophion.relocated(absolute, is_extension))


def open_copy(path, is_extension, open):
    """Calls open with the file to open instead of a library, and returns that file and the result.

    Another process may remove copies, or somebody the whole cache, before they are opened: then
    asking again makes them again.
    """
    copy = relocated(path, is_extension)
    try:
        return copy, open(copy)
    except (ImportError, OSError) as error:
        if copy == path or not _could_not_be_opened(error, copy):
            raise
    copy = relocated(path, is_extension)
    return copy, open(copy)


def _could_not_be_opened(error, copy):
    if os.path.dirname(copy).startswith("/proc/"):
        return False  # in memory, where nobody removes it
    # dlopen's messages begin with the file's name, which may be that of a copy that this one
    # depends on; their rest can be in any language.
    slot = copy[copy.rindex("-") :]
    return str(error).partition(": ")[0].endswith(slot)


def create_dynamic(spec, file=None):
    """Like _imp.create_dynamic, from the copy; the module looks as if it came from the original."""
    origin = spec.origin

    def create(copy):
        return _create_dynamic(spec if copy == origin else _redirected(spec, copy))

    copy, module = open_copy(origin, True, create)
    if copy != origin:
        _ophion.share_text()
    # Set by CPython for single-phase modules and by Cython; importlib leaves what it finds.
    if copy != origin and getattr(module, "__file__", None) == copy:
        module.__file__ = origin
    return module


def _redirected(spec, origin):
    redirected = object.__new__(type(spec))
    redirected.__dict__.update(spec.__dict__)
    redirected.origin = origin
    return redirected
