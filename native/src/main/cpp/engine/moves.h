// Functions that take memory away from under a buffer, although its users are known.
#pragma once

#include "owners.h"

namespace ophion {

// Makes sure that what can move the memory of these owners asks the pins first: ctypes.resize and
// ndarray.__setstate__. Their C functions are replaced in the table that the module itself made
// them of, so that nothing in Python looks different; this image's modules have tables of their
// own. Once for each module, and nothing happens if a later version defines them otherwise.
void guard_moves(Interpreter& interpreter, const Owners& owners);

}  // namespace ophion
