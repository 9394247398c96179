// Memory between interpreters: exporters over foreign memory, pins over Python's own.
#pragma once

#include "interpreter.h"
#include "wire.h"

namespace ophion {

// Reads the body of a kBuffer and returns a memoryview over that memory. The exporter behind it
// holds one lease (HostTable::lease_acquire) until Python lets go of the last view. Throws
// WireError if shape and strides reach beyond the memory. Memory of this interpreter itself needs
// no lease: the view is over the pinned object, or holds a view of it.
Ref read_buffer(Interpreter& interpreter, Reader& reader);

// The same as the array that the interpreter's NumPy makes of it, where it can be imported.
Ref read_array(Interpreter& interpreter, Reader& reader);

// The same as the ndarray that an ndarray of numbers was, see plain.h.
Ref read_numbers(Interpreter& interpreter, Reader& reader);

// The same for plain bytes.
Ref view_of_memory(Interpreter& interpreter, uint64_t lease, uint64_t address, uint64_t size);

// Pins the object's buffer and writes it as a kBuffer, tag included. Throws as pin_buffer does, and
// NotTransferable for elements of 2 GiB and more.
void write_buffer(Interpreter& interpreter, Writer& writer, PyObject* exporter);

// The same under another format of the same size.
void write_buffer_as(Interpreter& interpreter, Writer& writer, PyObject* exporter,
                     std::string_view format);

// Adds a pin that the reply refers to, see journal.h.
uint64_t note_pin(Interpreter& interpreter, Writer& writer, std::unique_ptr<BufferPin> pin);

// Writes the body of a kBuffer for memory that is pinned already, under its own format or another
// one of the same size.
void write_buffer_body(Writer& writer, const Py_buffer& view, uint64_t pin,
                       std::string_view format = {});

// Adds the exporter type to the module _ophion.
void add_exporter_type(PyObject* module);

}  // namespace ophion
