// Built-in functions that stand in for others, of which nobody sees that a guard comes first.
#pragma once

#include "python.h"

namespace ophion {

// stand_in(original, guard): a built-in function that calls the guard and is, to whoever looks, the
// original: its name, module, documentation, signature and pickle. As an attribute of a class it
// binds nothing, which a function of Python would. Anything but a built-in function has no such
// twin: then it is the guard itself.
PyObject* stand_in(PyObject* module, PyObject* args);

// Adds the type that holds the guards to the module _ophion.
void add_stand_in_type(PyObject* module);

}  // namespace ophion
