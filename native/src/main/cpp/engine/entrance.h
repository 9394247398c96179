// Threads of C that come to Python by themselves: by PyGILState_Ensure, or by a thread state that
// they make (PyThreadState_New), as those of pybind11 do.
//
// CPython lets such a thread make a thread state in its main interpreter while that ends, and after
// it has ended, which crashes; in plain Python the process is gone soon. Here it goes on, so there
// is an entrance: while it is shut, who comes waits for ever, as CPython has threads wait that come
// back while it finalizes.
#pragma once

#include "python.h"

namespace ophion {

// Has libpython ask here; before CPython starts. The entrance is shut.
void make_entrance();

// Once CPython has started: what comes earlier finds no interpreter.
void open_entrance();

// Shuts it until CPython starts again, without the GIL's being needed: who is in it has a thread
// state when this returns.
void shut_entrance();

[[noreturn]] void wait_for_ever();

// Whether a thread has come by itself since the image started. It runs a few instructions of
// libpython yet when its state is gone, or waits for ever, and nobody can join it.
void note_entry();
bool has_been_entered();

// A thread state for a thread that the host has brought, which never waits.
PyThreadState* make_visitor(PyInterpreterState* interpreter);

}  // namespace ophion
