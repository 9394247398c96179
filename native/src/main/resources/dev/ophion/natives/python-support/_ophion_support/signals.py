"""Signals go to a process, and this process is the JVM's."""

import _operator
import _signal
import _thread
import os

import _ophion
from _ophion_support.stand_ins import put, refuse, refuse_end

# Synchronous ones; HotSpot uses them in all its threads and dies where they are blocked.
_FAULTS = frozenset({_signal.SIGBUS, _signal.SIGFPE, _signal.SIGILL, _signal.SIGSEGV})

# Those whose handlers in the JVM end it, or take them for an error or for a request of HotSpot's.
OF_THE_JVM = _FAULTS | {
    _signal.SIGABRT,
    _signal.SIGHUP,
    _signal.SIGINT,
    _signal.SIGSYS,
    _signal.SIGTERM,
    _signal.SIGTRAP,
    _signal.SIGUSR2,
}

# What they do to a process that has no handler for them is nothing.
_WITHOUT_EFFECT = frozenset(
    {0, _signal.SIGCHLD, _signal.SIGCONT, _signal.SIGURG, _signal.SIGWINCH}
)

_STOPPING = frozenset({_signal.SIGSTOP, _signal.SIGTSTP, _signal.SIGTTIN, _signal.SIGTTOU})
_ASKS_TO_EXIT = frozenset({_signal.SIGHUP, _signal.SIGINT, _signal.SIGTERM})

_EVERYBODY = -1
_GROUP_OF_EVERYBODY = 1
_OWN_GROUP = 0

# Taken now: user code may replace them.
_exists = os.stat
_getpgid = os.getpgid
_getpid = os.getpid
_index = _operator.index
_open = open
_readlink = os.readlink

# The thread whose Python code is this interpreter's main one; None in nested interpreters, where
# every call may come on another thread.
_main_thread = _thread.get_ident()


def _is_harmless(number):
    if number in _WITHOUT_EFFECT:
        return True
    if _is_in("SigIgn:", number):
        return True
    return number not in OF_THE_JVM and _is_in("SigCgt:", number)


def _is_in(field, number):
    """Whether the signal is in that set of the process's status."""
    try:
        with _open("/proc/self/status") as status:
            found = next(line for line in status if line.startswith(field))
    except (OSError, StopIteration):
        return False
    return 0 < number < _signal.NSIG and int(found.split()[1], 16) >> (number - 1) & 1 != 0


def _name_of(number):
    names = (
        name
        for name, value in vars(_signal).items()
        if value == number and name.startswith("SIG") and name[3].isalpha()
    )
    return min(names, default=f"the signal {number}")  # not SIGIOT, SIGCLD, SIGPOLL


def refuse_deadly(number):
    """Raises if the signal, sent to this process, would end or stop it."""
    if _is_harmless(number):
        return
    what = "stop" if number in _STOPPING else "end"
    remedy = (
        "raise KeyboardInterrupt or SystemExit, or let Java call System.exit"
        if number in _ASKS_TO_EXIT
        else "raise an exception instead"
    )
    raise RuntimeError(
        f"{_name_of(number)} to this process would {what} the whole JVM and is refused: {remedy}"
    )


def is_own_process(pid):
    """Whether kill(2) with this number reaches the JVM's process."""
    if pid in (_EVERYBODY, _OWN_GROUP, _getpid()):
        return True
    if pid < 0:
        return is_own_group(-pid)
    try:
        _exists(f"/proc/self/task/{pid}")  # the kernel takes a thread's number too
    except OSError:
        return False
    return True


def is_own_group(group):
    """Whether killpg(3) with this number reaches the JVM's process."""
    return group in (_OWN_GROUP, _GROUP_OF_EVERYBODY) or group == _getpgid(0)


def _is_own_descriptor(descriptor, flags):
    try:
        folder = _readlink(f"/proc/self/fd/{descriptor}").split("/")
        if folder[1:2] == ["proc"] and folder[2].isdecimal():
            pid = int(folder[2])
        else:
            with _open(f"/proc/self/fdinfo/{descriptor}") as known:
                pid = next((int(line[4:]) for line in known if line.startswith("Pid:")), -2)
        # With flags it may be the process's whole group.
        return pid > 0 and (is_own_process(pid) or (flags != 0 and is_own_group(_getpgid(pid))))
    except (OSError, ValueError):
        return False  # the system call says what is wrong


def _kill(send, pid, number):
    if is_own_process(pid):
        refuse_deadly(number)
    return send(pid, number)


def _killpg(send, group, number):
    if is_own_group(group):
        refuse_deadly(number)
    return send(group, number)


def _raise_signal(send, number):
    refuse_deadly(number)
    return send(number)


def _pthread_kill(send, thread, number):
    refuse_deadly(number)
    return send(thread, number)


def _pidfd_send_signal(send, descriptor, number, info=None, flags=0):
    descriptor, flags = _index(descriptor), _index(flags)
    if _is_own_descriptor(descriptor, flags):
        refuse_deadly(number)
    return send(descriptor, number, info, flags)


def _of_numbers(guard, count):
    """Turns the arguments into numbers once: an object could say another one the next time."""

    def guarded(send, *args, **kwargs):
        if len(args) < count or kwargs:
            return send(*args, **kwargs)  # which refuses it
        return guard(send, *map(_index, args[:count]), *args[count:])

    return guarded


def _pthread_sigmask(set_mask, how, mask, /):
    if how != _signal.SIG_UNBLOCK:
        mask = set(mask) - _FAULTS
    return set_mask(how, mask)


def _interrupt_main(_, number=_signal.SIGINT, /):
    number = _index(number)
    if not 0 < number < _signal.NSIG:
        raise ValueError("signal number out of range")
    if number != _signal.SIGINT:
        return  # as where Python has no handler for it
    if _main_thread is None:
        raise RuntimeError(
            "a nested interpreter has no main thread of its own and cannot be interrupted:"
            " have its code look at a flag"
        )
    if _main_thread not in _ophion.current_frames():
        raise RuntimeError(
            "the interpreter's main thread runs no Python code that could be interrupted"
        )
    _ophion.raise_in_thread(_main_thread, KeyboardInterrupt)


class SignalsRefused(NotImplementedError, ValueError, OSError):
    """No handler can be set: a ValueError in CPython where Python has not the process's signals.

    Event loops take an OSError for a handler that cannot be set, and tidy up; programs go on
    without signals where a loop has none (NotImplementedError), as on Windows.
    """


def _refuse_handler(name):
    message = (
        f"signal.{name} is refused: signals are the JVM's, and Python code can set no handler for"
        " them. Have Java stop it (a shutdown hook that closes the interpreter, or that stops the"
        " loop by call_soon_threadsafe), and use threading.Timer or asyncio for deadlines"
    )
    refuse([_signal], name, message, SignalsRefused)


_wakeup_descriptor = -1


def _set_wakeup_fd(set_descriptor, descriptor, /, *, warn_on_full_buffer=True):
    """Keeps the descriptor, to which nothing is written: no signal has a handler of Python."""
    global _wakeup_descriptor
    if _thread.get_ident() != _main_thread:
        return set_descriptor(descriptor, warn_on_full_buffer=warn_on_full_buffer)
    descriptor = _index(descriptor)
    if descriptor >= 0:
        _exists(descriptor)
    before, _wakeup_descriptor = _wakeup_descriptor, max(descriptor, -1)
    return before


def guard(os_modules):
    """Wraps what sends and handles signals; before `signal` takes it over from _signal."""
    _refuse_handler("signal")
    _refuse_handler("siginterrupt")
    put([_signal], "set_wakeup_fd", _set_wakeup_fd)
    reason = "no handler can be set for its signal; use threading.Timer"
    refuse_end([_signal], "alarm", reason)
    refuse_end([_signal], "setitimer", reason)
    put([_signal], "raise_signal", _of_numbers(_raise_signal, 1))
    put([_signal], "pthread_kill", _of_numbers(_pthread_kill, 2))
    put([_signal], "pidfd_send_signal", _of_numbers(_pidfd_send_signal, 2))
    put([_signal], "pthread_sigmask", _pthread_sigmask)
    put(os_modules, "kill", _of_numbers(_kill, 2))
    put(os_modules, "killpg", _of_numbers(_killpg, 2))
    put([_thread], "interrupt_main", _interrupt_main)


def is_nested():
    """Run in interpreters that Python code makes for itself."""
    global _main_thread
    _main_thread = None
