"""Puts guards before built-in functions, in such a way that the functions look the same."""

import _ophion


def put(modules, name, guard):
    """Has the modules' function of that name call `guard(original, *args)` instead."""
    original = getattr(modules[0], name, None)
    if original is None:
        return  # not on this system

    def guarded(*args, **kwargs):
        return guard(original, *args, **kwargs)

    stand_in = _ophion.stand_in(original, guarded)
    for module in modules:
        setattr(module, name, stand_in)


def refuse(modules, name, message, kind=RuntimeError):
    """Has the modules' function of that name raise."""

    def refused(original, *args, **kwargs):
        raise kind(message)

    put(modules, name, refused)


def refuse_end(modules, name, remedy):
    """Refuses what would end the JVM."""
    shown = f"{modules[0].__name__.removeprefix('_')}.{name}"
    refuse(modules, name, f"{shown} would end the whole JVM and is refused: {remedy}")
