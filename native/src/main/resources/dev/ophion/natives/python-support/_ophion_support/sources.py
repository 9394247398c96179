"""What Java has run as source: compiled once, and known to `linecache` for tracebacks and `inspect`.

Bounded: sources that define functions or classes are kept apart from those that only run, so that
many small statements do not push out the definitions that they use.
"""

import _imp
from _collections import OrderedDict

from _ophion_support import inspecting

_compile = compile
_code_type = type(_compile("0", "", "eval"))

_UNNAMED = {"<exec ", "<eval "}
_HASH_DIGITS = 16


class _Kept:
    """Sources by what was asked for, the one that was not used for longest first."""

    # What a line costs beside its characters.
    _LINE_BYTES = 64

    def __init__(self, most, most_bytes):
        self._most = most
        self._room = most_bytes
        self._sources = OrderedDict()

    def find(self, asked):
        found = self._sources.get(asked)
        if found is None:
            return None
        self._sources.move_to_end(asked)
        name, entry, code, _ = found
        _lines()[name] = entry
        return code

    def add(self, asked, name, text, code):
        lines = [line + "\n" for line in text.splitlines()]
        size = len(text) + self._LINE_BYTES * len(lines)
        entry = len(text), None, lines, name
        self._sources[asked] = name, entry, code, size
        _lines()[name] = entry
        self._room -= size
        while self._room < 0 or len(self._sources) > self._most:
            self._drop_oldest()

    def newest_first(self):
        return [(name, code) for name, _, code, _ in reversed(self._sources.values())]

    def _drop_oldest(self):
        name, entry, _, size = self._sources.popitem(last=False)[1]
        self._room += size
        known = _lines()
        # Another source may have come under the same name.
        if known.get(name) is entry:
            del known[name]


_definitions = _Kept(500, 8 << 20)
_statements = _Kept(100, 1 << 20)
_known_lines = None


def _lines():
    global _known_lines
    if _known_lines is None:
        import linecache

        _known_lines = linecache.cache
    return _known_lines


def compiled(source, name, mode):
    """The code of a str, under a name or one of its own; or of a file's bytes, which linecache
    finds by itself."""
    if isinstance(source, bytes):
        return _compile(source, name, mode, dont_inherit=True)
    asked = source, name, mode
    code = _definitions.find(asked) or _statements.find(asked)
    if code is not None:
        return code
    if mode == "eval":
        # As eval() allows it.
        source = source.lstrip(" \t")
    name = name or _name_of(source, mode)
    code = _compile(source, name, mode, dont_inherit=True)
    defines = any(type(constant) is _code_type for constant in code.co_consts)
    (_definitions if defines else _statements).add(asked, name, source, code)
    if defines:
        inspecting.teach(_definitions.newest_first)
    return code


def _name_of(source, mode):
    # The same in all interpreters, and so that no other source has it.
    digest = _imp.source_hash(0, source.encode("utf-8", "surrogatepass"))
    return f"<{mode} {digest.hex()}>"


def shown(name):
    """Without what tells apart sources that have no name."""
    if name[:6] in _UNNAMED and len(name) == 7 + _HASH_DIGITS and name[-1] == ">":
        return name[:5] + ">"
    return name
