// Names as Python's parser reads them, and what they lead to.
#pragma once

#include "python.h"

namespace ophion {

// A name in the form that the parser makes of it, NFKC: `µ` (U+00B5) in source is the variable `μ`
// (U+03BC).
Ref as_parsed(PyObject* name);

// As `object.name` in source does it.
Ref get_attribute(PyObject* object, PyObject* name);

// The parts of a dotted name, as a list.
Ref split_dotted(PyObject* name);

// Follows the parts from an index on, as source does it.
Ref get_dotted(Ref object, PyObject* parts, Py_ssize_t from);

// Follows a `__qualname__`, whose parts are taken as they are. Null if there is no such attribute.
Ref find_qualified(Ref object, PyObject* qualname);

}  // namespace ophion
