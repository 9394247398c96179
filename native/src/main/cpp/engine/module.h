// The built-in module _ophion: what Ophion's own Python code asks of the engine.
#pragma once

#include "interpreter.h"

namespace ophion {

// Per interpreter. `owner` is null in an interpreter that Ophion did not make (for example one of
// concurrent.interpreters), where every function of the module raises.
struct ModuleState {
  Interpreter* owner;
  PyTypeObject* exporter_type;      // strong
  PyTypeObject* pickle_hooks_type;  // strong
  PyTypeObject* stand_in_type;      // strong
};

ModuleState& module_state(PyObject* module);

// Throws PythonError where there is none.
Interpreter& owner_of(PyObject* module);

// Makes `import _ophion` work in every interpreter of this image. Before Py_Initialize.
void register_module();

}  // namespace ophion
