"""What an interpreter does before it ends, and what is said of one that does not."""

import _thread
import _frozen_importlib_external
import atexit
import gc
import sys
import time

import _ophion
from _ophion_support import errors, libraries, modules, output

# Taken now: user code may replace them, and the interpreter has to end all the same.
_C_LOADERS = (_frozen_importlib_external.ExtensionFileLoader,)
_EXIT = SystemExit
_KEPT = {*sys.stdlib_module_names, "_ophion", "_ophion_support"} - {"__main__"}
_MODULE = type(sys)
_count_exit_functions = atexit._ncallbacks
_monotonic = time.monotonic
_raise_in_thread = _ophion.raise_in_thread
_run_exit_functions = atexit._run_exitfuncs
_sleep = time.sleep
_start_thread = _thread.start_new_thread
_threads = _ophion.threads


def _name_of(thread):
    try:
        return errors.plain_name(thread.name)
    except BaseException:  # a user's subclass may do anything
        return ""


def _other_threads():
    own = _thread.get_ident()
    threading = sys.modules.get("threading")
    known = threading.enumerate() if threading else ()
    names = {thread.ident: _name_of(thread) for thread in known}
    return [
        (ident, names.get(ident) or f"thread {ident}", frame)
        for ident, frame in _ophion.current_frames().items()
        if ident != own
    ]


_announced = False
_announcer = None
_asked = []


def _announce_end():
    """Has executors end their threads, as threading._shutdown does before it joins them."""
    global _announced, _announcer
    registered = getattr(sys.modules.get("threading"), "_threading_atexits", None)
    if _announced or not registered or not _threads():
        return
    _announced = True

    def call_all():
        while registered:
            registered.pop()()

    # They wait for threads themselves, so not here, where all others are asked to end.
    _announcer = _start_thread(call_all, ())


def _started(daemons):
    """Returns the living threads of the module threading that are daemons, or those that are not.

    Without its lock, which a thread may hold that never runs again.
    """
    threading = sys.modules.get("threading")
    if threading is None:
        return []
    return [
        thread
        for thread in (*threading._active.values(), *threading._limbo.values())
        if bool(thread._daemonic) == daemons
        and not isinstance(thread, (threading._MainThread, threading._DummyThread))
        and not thread._os_thread_handle.is_done()
    ]


def _waited_for():
    """Returns the idents of the threads that Python's own exit waits for before exit functions.

    The ident of one that has not begun is None. Threads of _thread.start_new_thread are not waited
    for there.
    """
    living = {*_threads()}
    if not living:
        return []
    idents = [thread.ident for thread in _started(daemons=False)]
    return [ident for ident in (*idents, _announcer) if ident in living] + [
        ident for ident in idents if ident is None
    ]


def _ask(idents):
    for ident in idents:
        if ident is not None:
            _raise_in_thread(ident, _EXIT)


def _wait(left, seconds):
    deadline = _monotonic() + seconds
    while left():
        if _monotonic() > deadline:
            return True
        _sleep(0.001)
    return False


def wait_for_threads(seconds, ask):
    """Waits until daemon threads are alone; returns whether others are left."""
    _announce_end()
    if ask:
        _ask(_waited_for())
    return _wait(_waited_for, seconds)


def wait_for_daemons(seconds, ask):
    """Waits for all threads, after the exit functions; returns whether any are left.

    CPython would go on without daemon threads, so they are asked to end once those had their chance
    that an exit function tells to. Threads of C that come by themselves cannot be asked: from here
    on they wait, as CPython has them wait while it finalizes.
    """
    libraries.shut_entrance()
    if ask:
        _ask(_threads())
    if not _wait(_threads, seconds):
        return False
    for thread in _started(daemons=True):
        if thread not in _asked:
            _asked.append(thread)
            _ask([thread.ident])
    return True


def shut_down():
    """Runs what the user's code registered for the end, as CPython does beside daemon threads."""
    try:
        if threading := sys.modules.get("threading"):
            threading._shutdown()
    finally:
        _run_exit_functions()


def let_go():
    """Drops the user's variables, without other threads; returns whether that is all.

    Otherwise there are new exit functions. Memory of other interpreters above all is dropped: two
    that hold memory of each other would wait for each other's end for ever, since an interpreter
    ends only when nobody uses its memory.
    """
    try:
        modules.forget_exceptions()
        main = sys.modules.get("__main__")
        mains = {"__main__": main} if isinstance(main, _MODULE) else {}
        del main
        modules.drop(mains)
    finally:
        output.flush()
    return not has_exit_functions()


def has_exit_functions():
    """Returns whether something is registered that the end of CPython would run."""
    threading = sys.modules.get("threading")
    registered = getattr(threading, "_threading_atexits", None)
    # Those can be registered until threading has been shut down.
    return _count_exit_functions() > 0 or bool(
        registered and not getattr(threading, "_SHUTTING_DOWN", True)
    )


def _holds_user_state(name, module):
    if name.partition(".")[0] in _KEPT or not isinstance(module, _MODULE):
        return False
    # The variables of C code are its own affair.
    loader = getattr(module.__dict__.get("__spec__"), "loader", None)
    return not isinstance(loader, _C_LOADERS)


def clear_modules():
    """Drops modules of the user and of packages, as the end of CPython would a little later.

    Called when no code runs any more. Modules of the standard library stay: the end needs them.
    """
    modules.drop(
        {
            name: module
            for name, module in list(sys.modules.items())
            if _holds_user_state(name, module)
        }
    )


def carrier_ident():
    return _thread.get_ident()


def _stack(frame):
    # Without the traceback module: importing it takes the GIL away from a busy carrier hundreds of
    # times, five milliseconds each.
    lines = []
    while frame is not None and len(lines) < 20:
        code = frame.f_code
        file, name = errors.plain_name(code.co_filename), errors.plain_name(code.co_qualname)
        lines.append(f'  File "{file}", line {frame.f_lineno}, in {name}')
        frame = frame.f_back
    return lines


def stacks(carrier):
    """Returns the Python stacks, innermost first, of all threads but the calling one."""
    lines = []
    for ident, name, frame in _other_threads():
        lines.append("the carrier:" if ident == carrier else f"the Python thread {name!r}:")
        lines += _stack(frame)
    return "\n".join(lines)
