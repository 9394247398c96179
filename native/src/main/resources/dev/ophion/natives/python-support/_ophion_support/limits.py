"""Limits of the process, and files that send signals to it."""

import _operator

from _ophion_support import signals
from _ophion_support.stand_ins import put

# Values of Linux: at the time of the guard the modules have no constants yet.
# The first two end who comes to them; without memory HotSpot gives up.
_DEADLY_LIMITS = {0: "RLIMIT_CPU", 15: "RLIMIT_RTTIME", 2: "RLIMIT_DATA", 9: "RLIMIT_AS"}
_INFINITY = -1
_F_SETFL = 4
_F_SETOWN = 8
_F_SETSIG = 10
_F_SETOWN_EX = 15
_F_SETLEASE = 1024
_F_NOTIFY = 1026
_F_UNLCK = 2
_O_ASYNC = 0o20000
_FIOASYNC = 0x5452
_FIOSETOWN = 0x8901
_SIOCSPGRP = 0x8902

_index = _operator.index


def _is_lower(new, old):
    return new != _INFINITY and (old == _INFINITY or new < old)


def guard(resource):
    """Wraps the functions of the module resource that set limits."""

    def refuse_deadly(which, limits):
        name = _DEADLY_LIMITS.get(which)
        if name is not None and any(map(_is_lower, limits, resource.getrlimit(which))):
            raise RuntimeError(
                f"a lower {name} would end the whole JVM when it is reached, and is refused: set it"
                " for a child process, by resource.prlimit or by the shell's ulimit"
            )

    def numbers_of(limits):
        # As the function itself does; what has no two is for it to refuse.
        return tuple(map(_index, limits))

    def setrlimit(set_limits, which, limits, /):
        which, limits = _index(which), numbers_of(limits)
        refuse_deadly(which, limits)
        return set_limits(which, limits)

    def prlimit(set_limits, pid, which, *limits):
        if not limits or limits[0] is None:
            return set_limits(pid, which, *limits)
        pid, which, limits = _index(pid), _index(which), numbers_of(*limits)
        if signals.is_own_process(pid):
            refuse_deadly(which, limits)
        return set_limits(pid, which, limits)

    put([resource], "setrlimit", setrlimit)
    put([resource], "prlimit", prlimit)


def _refuse_signals_of(shown):
    raise RuntimeError(
        f"{shown} has the kernel send SIGIO, which would end the whole JVM, and is refused:"
        " use select, asyncio or a thread"
    )


def _fcntl(fcntl, file, command, *arg):
    command = _index(command)
    if command in _DEADLY_COMMANDS:
        # Bytes name an owner by a structure.
        arg = tuple(value if isinstance(value, (str, bytes)) else _index(value) for value in arg)
        _DEADLY_COMMANDS[command](*(arg or (0,)))
    return fcntl(file, command, *arg)


def _refuse_flags(flags):
    if isinstance(flags, int) and flags & _O_ASYNC:
        _refuse_signals_of("O_ASYNC")


def _refuse_owner(owner):
    if not isinstance(owner, int) or (owner != 0 and signals.is_own_process(owner)):
        _refuse_signals_of("F_SETOWN")


def _refuse_lease(lease):
    if lease != _F_UNLCK:
        _refuse_signals_of("F_SETLEASE")


def _refuse_notice(events):
    if events != 0:
        _refuse_signals_of("F_NOTIFY")


def _refuse_number(number):
    if number != 0:
        _refuse_signals_of("F_SETSIG")


_DEADLY_COMMANDS = {
    _F_SETFL: _refuse_flags,
    _F_SETOWN: _refuse_owner,
    _F_SETOWN_EX: _refuse_owner,
    _F_SETSIG: _refuse_number,
    _F_SETLEASE: _refuse_lease,
    _F_NOTIFY: _refuse_notice,
}


def _ioctl(ioctl, file, request, *arg, **more):
    request = _index(request)
    if request in (_FIOASYNC, _FIOSETOWN, _SIOCSPGRP):
        _refuse_signals_of(f"the request {request:#x}")
    return ioctl(file, request, *arg, **more)


def guard_files(fcntl):
    """Wraps the functions of the module fcntl that may have signals sent."""
    put([fcntl], "fcntl", _fcntl)
    put([fcntl], "ioctl", _ioctl)
