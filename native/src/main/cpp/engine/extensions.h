// Importing extension modules in interpreters other than the image's main one.
#pragma once

#include "python.h"

namespace ophion {

// Like _imp.create_dynamic for a module that supports multi-phase initialization (PEP 489), from
// the file at `path`. CPython 3.14.3 hands an exception of PyInit_*, which it runs in the main
// interpreter, to the importing one, and both free it
// (https://github.com/python/cpython/issues/144601); here only its text crosses.
Ref create_extension(PyObject* spec, PyObject* path, int flags);

}  // namespace ophion
