// Memory between interpreters: exporters over foreign memory, pins over Python's own.
#pragma once

#include "interpreter.h"
#include "wire.h"

namespace ophion {

// Reads the body of a kBuffer and returns a memoryview over that memory. The exporter behind it
// holds one lease (HostTable::lease_acquire) until Python lets go of the last view.
Ref read_buffer(Interpreter& interpreter, Reader& reader);

// Pins the object's buffer and writes it as a kBuffer, tag included.
void write_buffer(Interpreter& interpreter, Writer& writer, PyObject* exporter);

// Adds the exporter type to the module _ophion.
void add_exporter_type(PyObject* module);

}  // namespace ophion
