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

}  // namespace ophion
