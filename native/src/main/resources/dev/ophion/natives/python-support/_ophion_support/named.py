"""What pickle sends by its name alone, where no module of the receiver has that name."""

import functools
import typing

from _ophion_support import cloudpickle

_Cached = type(functools.lru_cache(len))
_VARIABLES = (typing.TypeVar, typing.ParamSpec, typing.TypeVarTuple)

KINDS = (_Cached, typing.NewType, typing.TypeAliasType, *_VARIABLES)


def reduce(value, name):
    """The reduction by value, of what is known to have one."""
    if isinstance(value, _Cached):
        return _cached(value)
    if isinstance(value, typing.NewType):
        return typing.NewType, (value.__name__, value.__supertype__), vars(value)
    if isinstance(value, typing.TypeAliasType):
        return _alias(value)
    if isinstance(value, _VARIABLES):
        return _variable(value)
    return name  # as its own __reduce__ says


def _cached(function):
    ours = {"__wrapped__", "cache_parameters"}
    wrapped = function.__wrapped__
    attributes = {
        name: value
        for name, value in vars(function).items()
        if name not in ours and name not in vars(wrapped)
    }
    parameters = function.cache_parameters()
    made = _make_cached, (parameters["maxsize"], parameters["typed"], wrapped)
    return (*made, attributes) if attributes else made


def _make_cached(maxsize, typed, function):
    return functools.lru_cache(maxsize, typed)(function)


def _alias(alias):
    if alias.__type_params__:
        return _make_generic_alias, (alias.__name__, alias.__value__, alias.__type_params__)
    # Its value may name the alias itself.
    return _make_alias, (alias.__name__,), alias.__value__, None, None, _fill_alias


def _make_generic_alias(name, value, variables):
    return typing.TypeAliasType(name, value, type_params=variables)


def _make_alias(name):
    names = {"__name__": "__main__"}
    exec(f"type {name} = _ophion_value", names)
    return names[name]


def _fill_alias(alias, value):
    alias.evaluate_value.__globals__["_ophion_value"] = value


def _variable(variable):
    token = cloudpickle._get_or_create_tracker_id(variable)
    return _make_variable, (token, *_parts_of_variable(variable))


def _parts_of_variable(variable):
    keywords = {}
    if variable.has_default():
        keywords["default"] = variable.__default__
    constraints = ()
    if not isinstance(variable, typing.TypeVarTuple):
        for name in ("bound", "covariant", "contravariant", "infer_variance"):
            keywords[name] = getattr(variable, f"__{name}__")
        constraints = getattr(variable, "__constraints__", ())
    return type(variable), variable.__name__, constraints, keywords


def _make_variable(token, kind, name, constraints, keywords):
    made = kind(name, *constraints, **keywords)
    return cloudpickle._lookup_class_or_track(token, made)
