"""Real work of compiled packages; each module is named after its package and has a run().

What a run returns is the same in every process, so that interpreters can be compared with one.
"""

import hashlib
import importlib
import json


def result(name):
    """Runs the body of a package and returns what it returned as JSON."""
    values = importlib.import_module(f"{__name__}.{name}").run()
    return json.dumps(values, sort_keys=True, allow_nan=False)


def digest(data):
    """A short name for bytes, or for what has their buffer."""
    return hashlib.sha256(data).hexdigest()[:16]


def rounded(values):
    """One number, or any nesting of numbers, with nine digits: the rest may depend on the CPU."""
    if isinstance(values, dict):
        return {str(key): rounded(value) for key, value in values.items()}
    if hasattr(values, "tolist"):
        values = values.tolist()
    if isinstance(values, (list, tuple)):
        return [rounded(value) for value in values]
    if isinstance(values, complex):
        return [rounded(values.real), rounded(values.imag)]
    if isinstance(values, float):
        return float(f"{values:.9g}")
    return values


def refusal(kinds, action, *args, **kwargs):
    """What an action raises that has to fail: the class and the first line of its message."""
    try:
        action(*args, **kwargs)
    except kinds as error:
        lines = str(error).splitlines()
        return [type(error).__name__, lines[0] if lines else ""]
    raise AssertionError(f"{action} raised nothing, expected {kinds}")
