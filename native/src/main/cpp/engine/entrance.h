// Threads of C that come to Python by themselves (PyGILState_Ensure), in callbacks of ctypes too.
//
// CPython lets such a thread make a thread state in its main interpreter while that ends, and after
// it has ended, which crashes; in plain Python the process is gone soon. Here it goes on, so there
// is an entrance: once it is shut, who comes waits for ever, as CPython has threads wait that come
// back while it finalizes.
#pragma once

#include "python.h"

namespace ophion {

// Has libpython ask here; before CPython starts, which opens the entrance.
void open_entrance();

// Shuts it for good, without the GIL's being needed: who is in it has a thread state when this
// returns.
void shut_entrance();

// Has callbacks of ctypes keep their code from then on, which C may call whenever it likes.
// `function` is one of the module _ctypes.
void guard_callbacks(PyObject* function);

// Whether threads of C wait at the entrance, or have a callback to come by.
bool is_entrance_in_use();

}  // namespace ophion
