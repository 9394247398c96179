// An extension module that says of itself that it supports interpreters with their own GIL, and
// whose init function does what HOW says.
#include <Python.h>

#define RAISES_IMPORT_ERROR 0
#define RAISES_TYPE_ERROR 1
#define RAISES_OF_OWN_CLASS 2
#define RAISES_THE_SECOND_TIME 3
#define RETURNS_NOTHING 4
#define RETURNS_AND_RAISES 5
#define IS_OF_ONE_PHASE 6
#define WORKS 7

#define JOINED_AGAIN(a, b) a##b
#define JOINED(a, b) JOINED_AGAIN(a, b)
#define TEXT_AGAIN(a) #a
#define TEXT(a) TEXT_AGAIN(a)

namespace {

int execute(PyObject* module) { return PyModule_AddIntConstant(module, "answer", 42); }

PyModuleDef_Slot slots[] = {
    {Py_mod_exec, reinterpret_cast<void*>(execute)},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {0, nullptr},
};

PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, TEXT(NAME), nullptr, 0, nullptr, slots, nullptr, nullptr, nullptr};

PyModuleDef of_one_phase = {
    PyModuleDef_HEAD_INIT, TEXT(NAME), nullptr, -1, nullptr, nullptr, nullptr, nullptr, nullptr};

int how = HOW;
int calls = 0;

}  // namespace

PyMODINIT_FUNC JOINED(PyInit_, NAME)() {
  ++calls;
  if (how == RAISES_IMPORT_ERROR) {
    PyErr_SetString(PyExc_ImportError, "libfoo is too old");
    return nullptr;
  }
  if (how == RAISES_TYPE_ERROR) {
    PyErr_SetString(PyExc_TypeError, "whatever");
    return nullptr;
  }
  if (how == RAISES_OF_OWN_CLASS) {
    PyErr_SetString(PyErr_NewException("own.Error", nullptr, nullptr), "of its own");
    return nullptr;
  }
  if (how == RAISES_THE_SECOND_TIME && calls == 2) {
    PyErr_SetString(PyExc_ImportError, "only once");
    return nullptr;
  }
  if (how == RETURNS_NOTHING) return nullptr;
  if (how == RETURNS_AND_RAISES) PyErr_SetString(PyExc_ValueError, "and yet");
  if (how == IS_OF_ONE_PHASE) return PyModule_Create(&of_one_phase);
  return PyModuleDef_Init(&definition);
}
