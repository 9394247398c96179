"""Knows the threads that Python code starts, so that an image can be sure that they have ended.

A thread that is through with its Python state still runs a few instructions of libpython, which
must stay mapped for it. Only a join sees its real end.
"""

import _thread

_FEWEST = 64

_handles = []
_limit = _FEWEST


def track():
    """Wraps what starts threads; before `threading` is imported, which keeps the functions."""
    start = _thread.start_joinable_thread

    def start_joinable_thread(function, handle=None, daemon=True):
        handle = start(function, handle=handle, daemon=daemon)
        _remember(handle)
        return handle

    def start_new_thread(function, args, kwargs=None, /):
        if not callable(function):
            raise TypeError("first arg must be callable")
        if not isinstance(args, tuple):
            raise TypeError("2nd arg must be a tuple")
        if kwargs is not None and not isinstance(kwargs, dict):
            raise TypeError("optional 3rd arg must be a dictionary")

        def run():
            function(*args, **(kwargs or {}))

        return start_joinable_thread(run).ident

    _thread.start_joinable_thread = start_joinable_thread
    _thread.start_new_thread = _thread.start_new = start_new_thread


def _remember(handle):
    global _limit
    _handles.append(handle)
    if len(_handles) > _limit:
        join_ended()
        _limit = max(_FEWEST, 2 * len(_handles))


def join_ended():
    """Waits for the very end of threads that have run their last Python code."""
    ended = [handle for handle in _handles if handle.is_done()]
    for handle in ended:
        handle.join()
        _handles.remove(handle)
