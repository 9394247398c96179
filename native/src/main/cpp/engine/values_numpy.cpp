// NumPy's classes by their own attributes, so that the engine needs none of its headers.
#include <string_view>

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

}  // namespace

bool is_array_of_dates(PyObject* array) {
  char kind = kind_of(dtype_of(array).get());
  return kind == 'm' || kind == 'M';
}

bool is_plain_array(PyObject* array) {
  if (is_array_of_dates(array)) return false;  // without a format in the buffer protocol
  Ref dtype = dtype_of(array);
  Ref objects = Ref::steal(PyObject_GetAttrString(dtype.get(), "hasobject"));
  return checked(PyObject_IsTrue(objects.get())) == 0;
}

Ref plain_number(PyObject* scalar) {
  constexpr std::string_view kNumbers = "biufc";
  Ref dtype = dtype_of(scalar);
  if (kNumbers.find(kind_of(dtype.get())) == std::string_view::npos) return Ref();
  return Ref::steal(PyObject_CallMethod(scalar, "item", nullptr));
}

Ref array_over(Interpreter& interpreter, Ref view) {
  PyObject* asarray = interpreter.types.numpy_asarray(interpreter.is_main);
  if (asarray == nullptr) return view;
  PyObject* array = PyObject_CallOneArg(asarray, view.get());
  if (array != nullptr) return Ref::steal(array);
  if (!PyErr_ExceptionMatches(PyExc_Exception)) throw PythonError();
  PyErr_Clear();  // a format that NumPy does not know
  return view;
}

}  // namespace ophion
