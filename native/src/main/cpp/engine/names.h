// Names as Python's parser reads them.
#pragma once

#include "python.h"

namespace ophion {

// A name in the form that the parser makes of it, NFKC: `µ` (U+00B5) in source is the variable `μ`
// (U+03BC).
Ref as_parsed(PyObject* name);

}  // namespace ophion
