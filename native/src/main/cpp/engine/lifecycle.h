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

// Py_FinalizeEx for an image that may be unmapped afterwards, on the thread that started it,
// attached: waits for the very end of Python's threads, or keeps the image mapped for them.
void image_finalize();

// Has the image stay mapped after its end, since something may come back to its code.
void keep_mapped();
bool is_kept_mapped();

// The image's number; constant after image_start.
uint64_t image_slot();

// Makes an interpreter on the calling thread, its carrier, which stays attached. Null on failure.
Interpreter* interpreter_new(const InterpreterConfig& config, Failure* failure);

// Ends it on its carrier, attached; afterwards the thread is detached and the record gone. If that
// fails, handles and names are gone: only support_module's functions can be called, and this again.
// While it runs nothing else may be asked of the interpreter.
bool interpreter_end(Interpreter* interpreter, Failure* failure);

}  // namespace ophion
