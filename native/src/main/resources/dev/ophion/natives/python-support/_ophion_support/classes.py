"""Classes in parts, and made of them again, without running the code that makes classes."""

import _thread
import abc
import enum
import types
import weakref

from _ophion_support.annotations import annotations_of

_IMMUTABLE = 1 << 8
_HEAP_TYPE = 1 << 9
_INIT = "__init_subclass__"
_REGISTRY = "_abc_impl"
_MEMBERS = "_member_map_"
# Of one class object alone; pickling an instance adds __slotnames__.
_OWN = frozenset(
    "__dict__ __weakref__ __module__ __qualname__ __slots__ __slotnames__ __abstractmethods__"
    " __annotate__ __annotate_func__ __annotations__ __annotations_cache__ _abc_impl".split()
)
_IMPLIED_SLOTS = ("__dict__", "__weakref__")
_MAPS_OF_ENUMS = frozenset({"_member_map_", "_value2member_map_"})

# Those that were made here, by the names that they were given. No others are changed.
_made = weakref.WeakKeyDictionary()

_lock = _thread.RLock()


def parts_of(cls):
    """Returns the arguments of `make`, and the state for `fill`."""
    members = vars(cls)
    names = {"__module__": cls.__module__, "__qualname__": cls.__qualname__}
    slots = [
        name
        for name, member in members.items()
        if isinstance(member, types.MemberDescriptorType) and member.__objclass__ is cls
    ]
    if "__slots__" in members:
        names["__slots__"] = (*slots, *(name for name in _IMPLIED_SLOTS if name in members))
    skipped = _OWN.union(slots)
    if isinstance(cls, enum.EnumType):
        skipped |= _MAPS_OF_ENUMS.union(cls._member_map_)
    state = {
        name: member
        for name, member in members.items()
        if name not in skipped and not _is_own_descriptor(member)
    }
    annotations = annotations_of(cls)
    if annotations:
        state["__annotations__"] = annotations
    shown_slots = members.get("__slots__")
    if isinstance(shown_slots, (str, tuple, list, dict)):
        state["__slots__"] = shown_slots
    if isinstance(cls, abc.ABCMeta):
        state[_REGISTRY] = [found for ref in abc._get_dump(cls)[0] if (found := ref()) is not None]
    if isinstance(cls, enum.EnumType):
        state[_MEMBERS] = _members_of(cls)
    # Metaclasses of C code, as ctypes has them, have no names; the bases know them.
    metaclass = None if type(cls) is not type and is_of_c(type(cls)) else type(cls)
    return (metaclass, cls.__name__, cls.__bases__, names), state


def _is_own_descriptor(member):
    kind = type(member)
    return kind is types.GetSetDescriptorType or (
        kind.__module__ in ("ctypes", "_ctypes") and kind.__name__ == "CField"
    )


def make(metaclass, name, bases, names):
    """Makes the class, still without members."""
    if metaclass is None:
        metaclass = types.prepare_class(name, bases)[0]
    with _lock, _Silence(bases):
        creator = _creator(metaclass)
        if creator is type:
            made = type.__new__(metaclass, name, bases, names)
        else:
            made = creator(name, bases, names)  # which initializes it, too
    if issubclass(metaclass, abc.ABCMeta):
        abc._abc_init(made)
    _made[made] = set()
    return made


def _creator(metaclass):
    """The type of C code that makes the classes of a metaclass; `type`, but for ctypes."""
    return next(kind for kind in metaclass.__mro__ if is_of_c(kind))


def is_of_c(kind):
    """Whether C code has made a class; types of C may be on the heap, but nobody changes them."""
    return not kind.__flags__ & _HEAP_TYPE or bool(kind.__flags__ & _IMMUTABLE)


class _Silence:
    """Keeps __init_subclass__ of bases from being called in this thread; only under the lock."""

    def __init__(self, bases):
        kinds = dict.fromkeys(kind for base in bases for kind in base.__mro__)
        self._originals = [
            (kind, vars(kind)[_INIT])
            for kind in kinds
                if _INIT in vars(kind) and not is_of_c(kind)
        ]

    def __enter__(self):
        for kind, original in self._originals:
            type.__setattr__(kind, _INIT, classmethod(_silent(original, _thread.get_ident())))

    def __exit__(self, *failure):
        for kind, original in self._originals:
            type.__setattr__(kind, _INIT, original)


def _silent(original, thread):
    def __init_subclass__(cls, **keywords):
        if _thread.get_ident() != thread:
            original.__get__(None, cls)(**keywords)

    return __init_subclass__


def fill(cls, state):
    """Gives the class its members; again with what the sender has added and taken since."""
    before = _made.get(cls)
    if before is None:
        return  # the receiver's own, or where it came from
    registry = state.pop(_REGISTRY, ())
    enum_members = state.pop(_MEMBERS, None)
    for name in before - state.keys():
        if name in vars(cls):
            type.__delattr__(cls, name)
    put = setattr if _creator(type(cls)) is not type else type.__setattr__
    for name, member in state.items():
        put(cls, name, member)
    if enum_members is not None and not before:
        _add_members(cls, *enum_members)
    _made[cls] = {*state, _REGISTRY}
    if isinstance(cls, abc.ABCMeta):
        abc.update_abstractmethods(cls)
        for subclass in registry:
            cls.register(subclass)


def _members_of(cls):
    """Returns (members, values): members as (name, arguments, attributes), or (alias, name)."""
    members = []
    for name, member in cls._member_map_.items():
        if member._name_ != name:
            members.append((name, member._name_))
            continue
        attributes = {key: value for key, value in vars(member).items() if key != "__objclass__"}
        if "_inverted_" in attributes:
            attributes["_inverted_"] = None  # found again when it is asked for
        members.append((name, _arguments_of(member), attributes))
    values = [
        (value, member._name_)
        for value, member in cls._value2member_map_.items()
        if member._name_ in cls._member_map_
    ]
    return members, values


def _arguments_of(member):
    """What the type that the enum's members are of, such as int, makes them of."""
    if member._member_type_ is object:
        return ()
    make, arguments = object.__reduce_ex__(member, 4)[:2]
    return arguments[1:] if make.__name__ == "__newobj__" else arguments


def _add_members(cls, members, values):
    type.__setattr__(cls, "_member_map_", {})
    type.__setattr__(cls, "_value2member_map_", {})
    for name, *parts in members:
        if len(parts) == 1:
            member = cls._member_map_[parts[0]]
        else:
            arguments, attributes = parts
            member = cls._member_type_.__new__(cls, *arguments)
            vars(member).update(attributes, __objclass__=cls)
        cls._add_member_(name, member)
    for value, name in values:
        cls._value2member_map_[value] = cls._member_map_[name]
