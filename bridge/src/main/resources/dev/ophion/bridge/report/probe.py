"""Imports modules and writes down what happened; that may crash the process.

Run in an interpreter of Ophion's, or by a plain Python, which then follows the same rules.
"""

import _imp
import importlib
import mmap
import os
import struct
import sys

SINGLE_PHASE = (
    "it uses single-phase initialization, which aborts the process in a subinterpreter of CPython"
    " 3.14"
)
MULTI_PHASE = "it does not declare support for interpreters with their own GIL (PEP 684)"

KINDS = ("module", "submodule", "extension")

PT_LOAD, PT_DYNAMIC = 1, 2
PF_W = 2
DT_NULL, DT_STRTAB, DT_STRSZ = 0, 5, 10
# Py_mod_multiple_interpreters and Py_MOD_PER_INTERPRETER_GIL_SUPPORTED
SLOT = struct.pack("<QQ", 3, 2)


def refusal(path):
    """Why Ophion refuses a file in a subinterpreter, or None; as elf_probe.cpp finds out."""
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[:6] != b"\x7fELF\x02\x01":
            return None
        (table,) = struct.unpack_from("<Q", data, 32)
        size, count = struct.unpack_from("<HH", data, 54)
        segments = [struct.unpack_from("<IIQQQQ", data, table + i * size) for i in range(count)]
        if b"\0PyModuleDef_Init\0" not in strings(data, segments):
            return SINGLE_PHASE
        return None if has_slot(data, segments) else MULTI_PHASE


def strings(data, segments):
    address = length = 0
    for kind, _, offset, _, _, size in segments:
        if kind == PT_DYNAMIC:
            for tag, value in struct.iter_unpack("<QQ", data[offset : offset + size // 16 * 16]):
                if tag == DT_NULL:
                    break
                if tag == DT_STRTAB:
                    address = value
                elif tag == DT_STRSZ:
                    length = value
    for kind, _, offset, start, _, size in segments:
        if kind == PT_LOAD and start <= address < start + size:
            return data[offset + address - start : offset + address - start + length]
    return b""


def has_slot(data, segments):
    for kind, flags, offset, start, _, size in segments:
        if kind == PT_LOAD and flags & PF_W:
            at = data.find(SLOT, offset, offset + size)
            while at >= 0:
                if (at - offset + start) % 8 == 0:
                    return True
                at = data.find(SLOT, at + 1, offset + size)
    return False


class Probe:
    def __init__(self, result):
        self._result = result
        self._refused = False

    def note(self, *fields):
        # At once: the next import may be the end.
        line = "\t".join(" ".join(str(field).split()) for field in fields)
        with open(self._result, "a", encoding="utf-8", errors="replace") as file:
            file.write(line + "\n")

    def watch(self):
        """Notes what the interpreter refuses by itself."""
        create = _imp.create_dynamic

        def create_dynamic(spec, file=None):
            try:
                return create(spec, file)
            except ImportError as error:
                if reason := getattr(error, "reason", None):
                    self._refused = True
                    self.note("refused", spec.name, reason)
                raise

        _imp.create_dynamic = create_dynamic

    def guard(self):
        create = _imp.create_dynamic

        def create_dynamic(spec, file=None):
            reason = refusal(spec.origin)
            if reason is None:
                try:
                    return create(spec) if file is None else create(spec, file)
                except ImportError as error:
                    if "does not support loading in subinterpreters" not in str(error):
                        raise
                    reason = MULTI_PHASE
            self._refused = True
            self.note("refused", spec.name, reason)
            raise ImportError(f"{spec.name}: {reason}", name=spec.name, path=spec.origin)

        _imp.create_dynamic = create_dynamic

    def load(self, modules):
        for name in modules:
            try:
                importlib.import_module(name)
            except BaseException as error:  # SystemExit and pyo3's panics too
                self.note("failed", f"{type(error).__name__}: {error}")
                return
        self.note("imported")

    def load_parts(self, submodules, extensions):
        """Tells whether anything goes on without what is refused, and what each extension does."""
        for name in submodules:
            self._refused = False
            if self._try(name) and self._refused:
                self.note("survived", name)
        for name in extensions:
            self.note("trying", name)
            if self._try(name):
                self.note("loaded", name)

    def _try(self, name):
        try:
            importlib.import_module(name)
            return True
        except BaseException:
            return False


def read(task):
    with open(task, encoding="utf-8", errors="surrogateescape") as file:
        lines = [line.rstrip("\n").split("\t", 1) for line in file]
    return [[text for kind, text in lines if kind == wanted] for wanted in KINDS]


def in_subinterpreter(program, task, result):
    import _interpreters

    interpreter = _interpreters.create("isolated")
    attributes = {"PROGRAM": program, "TASK": task, "RESULT": result}
    _interpreters.set___main___attrs(interpreter, attributes)
    with open(program, encoding="utf-8") as file:
        failure = _interpreters.exec(interpreter, file.read())
    if failure is not None:
        Probe(result).note("failed", failure.formatted)


def in_main(task, result):
    modules, submodules, extensions = read(task)
    probe = Probe(result)
    probe.load(modules)
    probe.load_parts(submodules, extensions)


if "PROGRAM" in globals():
    modules, submodules, extensions = read(TASK)  # noqa: F821
    probe = Probe(RESULT)  # noqa: F821
    if "_ophion" in sys.modules:
        probe.watch()
    else:
        probe.guard()
    probe.load(modules)
    probe.load_parts(submodules, extensions)
elif __name__ == "__main__":
    mode, task, result = sys.argv[1:]
    if mode == "SUBINTERPRETER":
        in_subinterpreter(__file__, task, result)
    else:
        in_main(task, result)
    # Ending is no part of the question, and threads of the package's might keep it up.
    os._exit(0)
