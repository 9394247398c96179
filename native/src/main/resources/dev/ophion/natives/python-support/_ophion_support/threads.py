"""Knows the threads that Python code starts, so that an image can be sure that they have ended.

A thread that is through with its Python state still runs a few instructions of libpython, which
must stay mapped for it. Only a join sees its real end.
"""

import _functools
import _thread

import _ophion
from _ophion_support.stand_ins import put

_FEWEST = 64
_PATIENCE_SECONDS = 0.05

_Handle = _thread._ThreadHandle

# A dict keeps the order, and many threads may take the same handle out at once.
_handles = {}
_limit = _FEWEST
_over = False


class _Call(_functools.partial):
    """A call that adds no frame to tracebacks, and that messages name by its function."""

    def __repr__(self):
        return repr(self.func)


def make_main():
    """Makes the calling thread what `threading` takes for the main one; before that is imported.

    CPython names the thread that started the image, in every interpreter. The carrier would be a
    thread that `threading` has not started: a daemon, and so would be all that it starts.
    """
    carrier = _thread.get_ident()
    put([_thread], "_get_main_thread_ident", lambda original: carrier)


def track():
    """Wraps what starts threads; before `threading` is imported, which keeps the functions."""
    start = _thread.start_joinable_thread

    def start_joinable_thread(start, function, handle=None, daemon=True):
        if _over:
            raise PythonFinalizationError("can't create new thread at interpreter shutdown")
        if handle is None:
            handle = _Handle()
        if isinstance(handle, _Handle):
            # Before it starts: the closing interpreter may raise SystemExit here at any time.
            _remember(handle)
        return start(function, handle=handle, daemon=daemon)

    def start_new_thread(_, function, args, kwargs=None, /):
        if not callable(function):
            raise TypeError("first arg must be callable")
        if not isinstance(args, tuple):
            raise TypeError("2nd arg must be a tuple")
        if kwargs is not None and not isinstance(kwargs, dict):
            raise TypeError("optional 3rd arg must be a dictionary")
        call = _Call(function, *args, **(kwargs or {}))
        return start_joinable_thread(start, call).ident

    put([_thread], "start_joinable_thread", start_joinable_thread)
    put([_thread], "start_new_thread", start_new_thread)
    put([_thread], "start_new", start_new_thread)


def _remember(handle):
    global _limit
    _handles[handle] = None
    if len(_handles) > _limit:
        _join_ended()
        _limit = max(_FEWEST, 2 * len(_handles))


def _join_ended():
    for handle in list(_handles):
        if handle.is_done():
            handle.join()
            _handles.pop(handle, None)


def _join(handle, *timeout):
    try:
        handle.join(*timeout)
    except RuntimeError:
        pass  # it was never started


def join_all():
    """Waits for the very end of all threads; called when none has a thread state any more.

    No other can begin from then on.
    """
    global _over
    _over = True
    for handle in list(_handles):
        _join(handle)


def keep_for_living():
    """Has the image stay mapped if a thread lives; run at a nested interpreter's end."""
    global _over
    _over = True
    for handle in list(_handles):
        _join(handle, _PATIENCE_SECONDS)
        if not handle.is_done():
            _ophion.keep_mapped()
            return
