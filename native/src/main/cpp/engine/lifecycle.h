// The beginning and end of an image's CPython and of its interpreters.
#pragma once

#include "interpreter.h"

namespace ophion {

// Py_InitializeFromConfig on the calling thread, which becomes CPython's main thread and is left
// detached.
bool image_start(const StartConfig& config, Failure* failure);

// Py_FinalizeEx on the same thread, after every interpreter has ended.
bool image_stop(Failure* failure);

// Attaches the thread that started the image to the main interpreter, for good: image_stop is not
// called then.
PyThreadState* image_enter();

// The image's number; constant after image_start.
uint64_t image_slot();

// Makes an interpreter on the calling thread, its carrier, which stays attached. Null on failure.
Interpreter* interpreter_new(const InterpreterConfig& config, Failure* failure);

// Ends it on its carrier, attached; afterwards the thread is detached and the record gone. If that
// fails, handles and names are gone: only support_module's functions can be called, and this again.
// While it runs nothing else may be asked of the interpreter.
bool interpreter_end(Interpreter* interpreter, Failure* failure);

}  // namespace ophion
