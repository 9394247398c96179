// An extension module that depends on a library that uses Python, and on one that does not.
#include <Python.h>

extern "C" PyObject* slot_helper_float();
extern "C" int slot_helper_count();
extern "C" int slot_shared_count();

namespace {

PyObject* helper_float(PyObject*, PyObject*) { return slot_helper_float(); }
PyObject* helper_count(PyObject*, PyObject*) { return PyLong_FromLong(slot_helper_count()); }
PyObject* shared_count(PyObject*, PyObject*) { return PyLong_FromLong(slot_shared_count()); }

PyMethodDef methods[] = {{"helper_float", helper_float, METH_NOARGS, nullptr},
                         {"helper_count", helper_count, METH_NOARGS, nullptr},
                         {"shared_count", shared_count, METH_NOARGS, nullptr},
                         {nullptr, nullptr, 0, nullptr}};

PyModuleDef definition = {PyModuleDef_HEAD_INIT, "slot_module", nullptr, 0, methods,
                          nullptr, nullptr, nullptr, nullptr};

}  // namespace

extern "C" PyObject* PyInit_slot_module() { return PyModuleDef_Init(&definition); }
