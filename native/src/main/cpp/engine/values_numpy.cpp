// NumPy's classes by their own attributes, so that the engine needs none of its headers.
#include <string>
#include <string_view>

#include "buffers.h"
#include "values_parts.h"

namespace ophion {
namespace {

// Of the class itself, since a subclass may say another one. Null if it has none.
Ref dtype_of(Interpreter& interpreter, KnownClass known, PyObject* object) {
  return interpreter.types.own_attribute(known, object, Name::kDtype);
}

// dtype.kind: one letter; 0 without a dtype.
char kind_of(Interpreter& interpreter, const Ref& dtype) {
  if (!dtype) return 0;
  Ref kind = Ref::steal(PyObject_GetAttr(dtype.get(), interpreter.types.name(Name::kKind)));
  const char* letter = PyUnicode_AsUTF8(kind.get());
  if (letter == nullptr) throw PythonError();
  return letter[0];
}

bool contains(std::string_view letters, char letter) {
  return letter != 0 && letters.find(letter) != std::string_view::npos;
}

// Whether the elements are all that instances of the class hold. Other subclasses have a mask, a
// unit or whatever else beside them.
bool is_memory_only(PyTypeObject* type) {
  if (PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE)) {
    Ref name = Ref::steal(PyType_GetFullyQualifiedName(type));
    for (const char* known : {"numpy.memmap", "numpy.matrix", "numpy.recarray",
                              "numpy.rec.recarray", "numpy.char.chararray"}) {
      if (PyUnicode_EqualToUTF8(name.get(), known) != 0) return true;
    }
    return false;
  }
  return true;
}

bool holds_objects(Interpreter& interpreter, const Ref& dtype) {
  Ref objects = Ref::steal(PyObject_GetAttr(dtype.get(), interpreter.types.name(Name::kHasObject)));
  return checked(PyObject_IsTrue(objects.get())) != 0;
}

}  // namespace

bool is_array_of_dates(Interpreter& interpreter, PyObject* array) {
  return contains("mM",
                  kind_of(interpreter, dtype_of(interpreter, KnownClass::kNumpyArray, array)));
}

Described describe_array(Interpreter& interpreter, PyObject* array) {
  Ref dtype = dtype_of(interpreter, KnownClass::kNumpyArray, array);
  char kind = kind_of(interpreter, dtype);
  if (!contains("biufcSUVmM", kind) || holds_objects(interpreter, dtype)) return {};
  Described described{Ref::borrow(array), ""};
  if (!contains("VmM", kind)) return described;
  Ref module = support_module(interpreter, "arrays");
  Ref found = Ref::steal(PyObject_CallMethod(module.get(), "described", "O", array));
  if (found.get() == Py_None) return described;
  const char* format = nullptr;
  Py_ssize_t size = 0;
  PyObject* subject = nullptr;
  if (PyArg_ParseTuple(found.get(), "Oy#", &subject, &format, &size) == 0) throw PythonError();
  return {Ref::borrow(subject), std::string(format, static_cast<size_t>(size))};
}

bool write_array(Interpreter& interpreter, Writer& writer, PyObject* array) {
  if (!is_memory_only(Py_TYPE(array))) return false;
  Described described = describe_array(interpreter, array);
  if (!described.memory) return false;
  try {
    write_buffer_as(interpreter, writer, described.memory.get(), described.format);
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

Ref plain_number(Interpreter& interpreter, PyObject* scalar) {
  Ref dtype = dtype_of(interpreter, KnownClass::kNumpyScalar, scalar);
  if (!contains("biufc", kind_of(interpreter, dtype))) return Ref();
  Ref item = interpreter.types.own_attribute(KnownClass::kNumpyScalar, scalar, Name::kItem);
  if (!item) return Ref();
  return Ref::steal(PyObject_CallNoArgs(item.get()));
}

}  // namespace ophion
