// Callbacks of ctypes, which C may call whenever it likes, also when their interpreter has ended.
#pragma once

#include "python.h"

namespace ophion {

// Has what C runs of a callback stay as it is if the callback goes after the entrance has been
// shut, so that a thread that calls it gets as far as the entrance. `function` is one of the module
// _ctypes.
void guard_callbacks(PyObject* function);

// Whether there are any that C may call.
bool are_callbacks_left();

}  // namespace ophion
