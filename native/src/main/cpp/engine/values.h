// Values between wire form and Python objects. The table stands in api/guide/values.md.
#pragma once

#include "interpreter.h"
#include "wire.h"

namespace ophion {

// How deep containers may be nested, on either side.
constexpr int kMaxDepth = 500;

// Reads one value. Throws PythonError, NotTransferable or WireError.
Ref read_value(Interpreter& interpreter, Reader& reader);

// Reads a str as a Python str.
Ref read_str(Reader& reader);

// Writes one value; what has no counterpart becomes a handle. On an exception the writer holds a
// part of the value, a refusal's path begins with "result", and the handles and pins made for it
// have been given back.
void write_value(Interpreter& interpreter, Writer& writer, PyObject* object);

// Writes a Python str. Throws NotTransferable for lone surrogates.
void write_str(Writer& writer, PyObject* text);

// Writes an object as a handle, whatever it is.
void write_handle(Interpreter& interpreter, Writer& writer, PyObject* object);

}  // namespace ophion
