// Callbacks of ctypes, which C may call whenever it likes, also when their interpreter has ended.
#pragma once

#include "python.h"

namespace ophion {

// Has callbacks run in the interpreter that made them, on whatever thread they are called, and what
// C runs of one stay as it is if it goes after shut_callbacks, so that a thread that calls it gets
// as far as that. `function` is one of the module _ctypes.
void guard_callbacks(PyObject* function);

// Has those of the interpreter that the thread is attached to run on its own threads alone, for
// good. From then on a thread of C that calls one waits for ever; a thread that Java has made, or
// that is in another interpreter of the image, cannot wait and gets zero. Who came before has a
// thread state when this returns. Throws if there is no memory for it.
void shut_callbacks();

// Whether any of that interpreter runs on a thread from elsewhere.
bool are_callbacks_running();

// Whether there are any that C may call.
bool are_callbacks_left();

}  // namespace ophion
