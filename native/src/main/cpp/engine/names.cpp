#include "names.h"

namespace ophion {

Ref as_parsed(PyObject* name) {
  if (PyUnicode_IS_ASCII(name)) return Ref::borrow(name);
  Ref data = Ref::steal(PyImport_ImportModule("unicodedata"));
  Ref normal = Ref::steal(PyObject_CallMethod(data.get(), "normalize", "sO", "NFKC", name));
  if (!PyUnicode_Check(normal.get())) {
    PyErr_SetString(PyExc_TypeError, "unicodedata.normalize gave no str");
    throw PythonError();
  }
  return normal;
}

Ref get_attribute(PyObject* object, PyObject* name) {
  return Ref::steal(PyObject_GetAttr(object, as_parsed(name).get()));
}

Ref split_dotted(PyObject* name) {
  Ref dot = Ref::steal(PyUnicode_FromString("."));
  return Ref::steal(PyUnicode_Split(name, dot.get(), -1));
}

Ref get_dotted(Ref object, PyObject* parts, Py_ssize_t from) {
  for (Py_ssize_t i = from; i < PyList_GET_SIZE(parts); ++i) {
    object = get_attribute(object.get(), PyList_GET_ITEM(parts, i));
  }
  return object;
}

Ref find_qualified(Ref object, PyObject* qualname) {
  Ref parts = split_dotted(qualname);
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(parts.get()); ++i) {
    PyObject* next = nullptr;
    checked(PyObject_GetOptionalAttr(object.get(), PyList_GET_ITEM(parts.get(), i), &next));
    if (next == nullptr) return Ref();
    object = Ref::steal(next);
  }
  return object;
}

}  // namespace ophion
