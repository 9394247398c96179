"""C functions that end their process are refused where ctypes calls them by name."""

from _ophion_support import signals

_ENDING = frozenset(
    "abort exit _exit _Exit quick_exit Py_BytesMain Py_Exit Py_FatalError Py_Finalize Py_FinalizeEx"
    " Py_Main Py_RunMain _Py_FatalErrorFunc execl execle execlp execv execve execveat execvp"
    " execvpe fexecve alarm ualarm setitimer setrlimit setrlimit64".split()
)

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22

# Numbers of Linux on x86-64.
_SYS_EXIT = 60
_SYS_KILL = 62
_SYS_TKILL = 200
_SYS_EXIT_GROUP = 231
_SYS_TGKILL = 234


def _refuse(name):
    raise RuntimeError(
        f"the C function {name} would end the whole JVM and is refused: raise an exception, or"
        " start a child process by subprocess"
    )


def _kill(pid, number, *_):
    if signals.is_own_process(pid):
        signals.refuse_deadly(number)


def _killpg(group, number):
    if signals.is_own_group(group):
        signals.refuse_deadly(number)


def _tgkill(group, thread, number):
    _kill(thread, number)


def _pthread_kill(thread, number, *_):
    signals.refuse_deadly(number)


def _handle(number, *_):
    if number in signals.OF_THE_JVM:
        raise RuntimeError(
            f"the signal {number} is the JVM's, which would end by it, and no handler can be set"
        )


def _prctl(option, value=0, *_):
    if option == _PR_SET_SECCOMP or (option == _PR_SET_PDEATHSIG and value != 0):
        _refuse("prctl with this option")


def _syscall(number, *arguments):
    if number in (_SYS_EXIT, _SYS_EXIT_GROUP):
        _refuse("syscall with this number")
    send = {_SYS_KILL: _kill, _SYS_TKILL: _kill, _SYS_TGKILL: _tgkill}.get(number)
    if send is not None:
        send(*arguments)


_LOOKED_AT = {
    "kill": _kill,
    "sigqueue": _kill,
    "killpg": _killpg,
    "raise": signals.refuse_deadly,
    "gsignal": signals.refuse_deadly,
    "pthread_kill": _pthread_kill,
    "pthread_sigqueue": _pthread_kill,
    "tgkill": _tgkill,
    "signal": _handle,
    "sigaction": _handle,
    "prctl": _prctl,
    "syscall": _syscall,
}


def _plain(argument):
    value = getattr(argument, "value", argument)
    return int(value) if isinstance(value, int) else value


def _look(name, arguments):
    if name in _ENDING:
        _refuse(name)
    try:
        _LOOKED_AT[name](*map(_plain, arguments))
    except TypeError:
        pass  # ctypes says what is wrong with them, or C takes them for something else


def guard(module):
    """Wraps the class of the module _ctypes, once executed, that stands for C functions."""
    original = module.CFuncPtr
    if isinstance(vars(original)["__new__"], staticmethod):
        return  # done already: the module is executed again

    class CFuncPtr(original):
        _flags_ = module.FUNCFLAG_CDECL

        def __new__(cls, *args, **kwargs):
            name = args[0][0] if args and isinstance(args[0], tuple) and args[0] else None
            if isinstance(name, bytes):
                name = name.decode("utf-8", "replace")
            if isinstance(name, str) and (name in _ENDING or name in _LOOKED_AT):
                cls = _guarded(cls, name)
            return original.__new__(cls, *args, **kwargs)

    CFuncPtr.__module__ = original.__module__
    CFuncPtr.__qualname__ = original.__qualname__
    module.CFuncPtr = CFuncPtr


def _guarded(cls, name):
    def __call__(self, *args, **kwargs):
        _look(name, args)
        return cls.__call__(self, *args, **kwargs)

    # ctypes inherits none of these.
    of_ctypes = ("_argtypes_", "_flags_", "_restype_")
    body = {key: getattr(cls, key) for key in of_ctypes if hasattr(cls, key)}
    body |= {"__call__": __call__, "__module__": cls.__module__, "__qualname__": cls.__qualname__}
    return type(cls)(cls.__name__, (cls,), body)
