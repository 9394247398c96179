// Who owns the memory of a buffer, as far as it can be followed.
#pragma once

#include <vector>

#include "interpreter.h"

namespace ophion {

// What is found on the way from a buffer's object to the owners of its memory.
struct Owners {
  std::vector<Ref> arrays;  // numpy.ndarray, and what derives from it
  std::vector<Ref> ctypes;
  std::vector<Ref> exporters;  // behind an array, which holds none of their buffers
};

Owners owners_of(Interpreter& interpreter, PyObject* object);

}  // namespace ophion
