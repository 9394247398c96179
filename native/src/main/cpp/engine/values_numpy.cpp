// NumPy's classes by their own attributes, so that the engine needs none of its headers.
#include <string_view>

#include "buffers.h"
#include "values_parts.h"

namespace ophion {
namespace {

// dtype.kind: one letter.
char kind_of(PyObject* dtype) {
  Ref kind = Ref::steal(PyObject_GetAttrString(dtype, "kind"));
  const char* letter = PyUnicode_AsUTF8(kind.get());
  if (letter == nullptr) throw PythonError();
  return letter[0];
}

Ref dtype_of(PyObject* object) { return Ref::steal(PyObject_GetAttrString(object, "dtype")); }

bool contains(std::string_view letters, char letter) {
  return letters.find(letter) != std::string_view::npos;
}

bool holds_objects(PyObject* dtype) {
  Ref objects = Ref::steal(PyObject_GetAttrString(dtype, "hasobject"));
  return checked(PyObject_IsTrue(objects.get())) != 0;
}

// Writes the memory of an array whose type NumPy's buffers cannot name. False if they can, or if
// no format does.
bool write_described(Interpreter& interpreter, Writer& writer, PyObject* array) {
  Ref module = support_module(interpreter, "arrays");
  Ref found = Ref::steal(PyObject_CallMethod(module.get(), "described", "O", array));
  if (found.get() == Py_None) return false;
  PyObject* format = PyTuple_GetItem(found.get(), 1);
  if (format == nullptr || !PyBytes_Check(format)) throw PythonError();
  write_buffer_as(
      interpreter, writer, PyTuple_GetItem(found.get(), 0),
      std::string_view(PyBytes_AS_STRING(format), static_cast<size_t>(PyBytes_GET_SIZE(format))));
  return true;
}

}  // namespace

bool is_array_of_dates(PyObject* array) { return contains("mM", kind_of(dtype_of(array).get())); }

bool write_array(Interpreter& interpreter, Writer& writer, PyObject* array) {
  Ref dtype = dtype_of(array);
  char kind = kind_of(dtype.get());
  if (!contains("biufcSUVmM", kind) || holds_objects(dtype.get())) return false;
  if (contains("VmM", kind) && write_described(interpreter, writer, array)) return true;
  try {
    write_buffer(interpreter, writer, array);
    return true;
  } catch (const PythonError&) {
    // Records whose fields overlap have no format.
    if (!PyErr_ExceptionMatches(PyExc_ValueError) && !PyErr_ExceptionMatches(PyExc_BufferError)) {
      throw;
    }
    PyErr_Clear();
    return false;
  }
}

Ref plain_number(PyObject* scalar) {
  Ref dtype = dtype_of(scalar);
  if (!contains("biufc", kind_of(dtype.get()))) return Ref();
  return Ref::steal(PyObject_CallMethod(scalar, "item", nullptr));
}

}  // namespace ophion
