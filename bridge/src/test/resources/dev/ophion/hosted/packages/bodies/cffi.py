"""C by its ABI, in line and out of line, callbacks, and a compiled API module of cryptography."""

import contextlib
import io
import types

import cffi
from cryptography.hazmat.bindings._rust import _openssl

from bodies import refusal

LIBC = """
typedef struct { int quot; int rem; } div_t;
div_t div(int, int);
size_t strlen(const char *);
int snprintf(char *, size_t, const char *, ...);
void qsort(void *, size_t, size_t, int (*)(const void *, const void *));
"""


def in_line():
    ffi = cffi.FFI()
    ffi.cdef(LIBC)
    libc = ffi.dlopen(None)
    text = ffi.new("char[40]")
    half = ffi.cast("double", 2.5)
    libc.snprintf(text, 40, b"%d-%s-%.2f", ffi.cast("int", 7), ffi.new("char[]", b"x"), half)
    numbers = ffi.new("int[]", [5, 3, 9, -1, 7])

    @ffi.callback("int(const void *, const void *)")
    def compare(a, b):
        return ffi.cast("int *", a)[0] - ffi.cast("int *", b)[0]

    libc.qsort(numbers, len(numbers), ffi.sizeof("int"), compare)
    halves = libc.div(17, 5)
    return {
        "text": ffi.string(text).decode(),
        "sorted": list(numbers),
        "div": [halves.quot, halves.rem],
        "outside": refusal(IndexError, lambda: numbers[5]),
        "type": refusal(TypeError, libc.strlen, 3),
        "missing": refusal(AttributeError, getattr, libc, "nothing"),
    }


def memory():
    ffi = cffi.FFI()
    ffi.cdef("struct node { struct node *next; double value; union { int i; char c[4]; } u; };")
    first, second = ffi.new("struct node *"), ffi.new("struct node *")
    first.next, second.value, second.u.i = second, 2.5, 0x01020304
    data = bytearray(8)
    ffi.from_buffer("int[]", data, require_writable=True)[1] = -1
    freed = []
    handle = ffi.gc(ffi.new("int *", 3), lambda _: freed.append("freed"))
    ffi.release(handle)
    kept = ffi.new_handle(freed)
    return {
        "chain": [first.next.value, [ord(c) for c in first.next.u.c]],
        "layout": [ffi.sizeof("struct node"), ffi.offsetof("struct node", "u")],
        "buffer": list(data),
        "bytes": bytes(ffi.buffer(second)[8:16]).hex(),
        "freed": ffi.from_handle(kept),
        "syntax": refusal(cffi.CDefError, ffi.cdef, "int f(;")[0],
    }


def out_of_line():
    builder = cffi.FFI()
    builder.set_source("_bodies_libc", None)
    builder.cdef(LIBC)
    source = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()):
        builder.emit_python_code(source)
    module = types.ModuleType("_bodies_libc")
    exec(source.getvalue(), module.__dict__)
    libc = module.ffi.dlopen(None)
    return [libc.strlen(b"twelve chars"), libc.div(-7, 2).rem]


def compiled():
    ffi, lib = _openssl.ffi, _openssl.lib
    number = ffi.gc(lib.BN_new(), lib.BN_free)
    assert lib.BN_set_word(number, 2026) == 1
    text = ffi.gc(lib.BN_bn2hex(number), lib.OPENSSL_free)
    return ffi.string(text).decode()


def run():
    return {
        "in line": in_line(),
        "memory": memory(),
        "out of line": out_of_line(),
        "compiled": compiled(),
    }
